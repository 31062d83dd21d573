/** The size of the model of all speakers: memory and time are in proportion to the pairs of a Service and a node. */
import type { Raw } from '../base/json.ts';
import { plural } from '../base/text.ts';
import { specOf } from '../objects/metadata.ts';

/** Pairs that a command computes. So many take about a gigabyte, and 15 s of CPU time. */
export const COMMAND_PAIRS_MAX = 500_000;

/** Pairs that an overview computes, which is on the screen in seconds, and is computed again and again. */
export const OVERVIEW_PAIRS_MAX = 50_000;

/** Why the model of these objects is not computed: the end of a sentence. Null where it is. */
export function modelSizeError(objects: readonly Raw[], pairsMax: number): string | null {
  const services = objects.filter(
    (raw) => raw['kind'] === 'Service' && specOf(raw)['type'] === 'LoadBalancer',
  ).length;
  const nodes = objects.filter((raw) => raw['kind'] === 'Node').length;
  if (services * nodes <= pairsMax) return null;
  return `${plural(services, 'Service')} on ${plural(nodes, 'node')} are more than ${pairsMax} pairs, too many for the model of the speakers`;
}

/** Finds nodes that may answer for a Service, and whose speakers run and do not answer by layer 2. */
import { listSome } from '../../base/text.ts';
import type { ServiceKey } from '../../objects/service.ts';
import type { Layer2State } from '../election/layer2-state.ts';
import type { ElectionNode } from '../election/standing.ts';
import { nodeStanding } from '../election/standing.ts';

/** Nodes that are named in one sentence. */
const NAMED_MAX = 8;

/** Nodes whose speakers have published that they run, and no interfaces. */
export type SilentSpeakers = {
  readonly nodes: readonly Omit<ElectionNode, 'interfaces'>[];
  /** See `SpeakerFlags`. */
  readonly ignoreExcludeLabel: boolean;
};

/** One sentence without a full stop; null where no such node may answer. */
export function silentHint(
  { byService }: Layer2State,
  { nodes, ignoreExcludeLabel }: SilentSpeakers,
  key: ServiceKey,
): string | null {
  const wanted = byService.get(key)?.group.find(({ service }) => service.key === key);
  if (wanted === undefined) return null;
  const { service, addresses, advertisements, endpoints } = wanted;
  const able = nodes.filter((node) => {
    const hasEndpoint = service.externalTrafficPolicy !== 'Local' || endpoints.nodes.has(node.name);
    const subject = { families: addresses.map(({ family }) => family), advertisements, hasEndpoint };
    return nodeStanding(subject, { ...node, interfaces: null }, { ignoreExcludeLabel }).kind === 'eligible';
  });
  if (able.length === 0) return null;
  const names = able.map(({ name }) => name).sort();
  return `the speakers of ${listSome(names, NAMED_MAX)} may answer, and run without layer 2. Their logs say why: they may lack the capability NET_RAW (kubectl apply -k deploy/layer2), or run with --layer2=off`;
}

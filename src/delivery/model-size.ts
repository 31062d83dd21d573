/**
 * The size of the model of all speakers. By BGP it is in proportion to the pairs of a Service and a class of nodes, by layer 2 to
 * those of a Service and a node, which are cheap.
 */
import type { Raw } from '../base/json.ts';
import { plural } from '../base/text.ts';
import { readNodeSelectors, selectsNode } from '../config/node-selectors.ts';
import { labelsOf, specOf } from '../objects/metadata.ts';
import { isOfKind } from '../objects/object-id.ts';
import { objectsOfKind } from '../objects/resource-kind.ts';
import { METALLB_GROUP } from './speaker-cluster.ts';

/** Pairs of a Service and a class of nodes. So many take about a gigabyte, and 15 s of CPU time. */
export const CLASS_PAIRS_MAX = 500_000;

/** Pairs of a Service and a node. So many take about a gigabyte, and 25 s of CPU time. */
export const NODE_PAIRS_MAX = 20_000_000;

export type ModelLimits = { readonly classPairsMax: number; readonly nodePairsMax: number };

const LIMITS: ModelLimits = { classPairsMax: CLASS_PAIRS_MAX, nodePairsMax: NODE_PAIRS_MAX };

/** Why the model of these objects is not computed: the end of a sentence. Null where it is. */
export function modelSizeError(objects: readonly Raw[], limits: ModelLimits = LIMITS): string | null {
  const { classPairsMax, nodePairsMax } = limits;
  const count = objectsOfKind(objects, 'Service').filter(
    (raw) => specOf(raw)['type'] === 'LoadBalancer',
  ).length;
  const nodes = objectsOfKind(objects, 'Node');
  const services = plural(count, 'Service');
  if (count * nodes.length > nodePairsMax)
    return `${services} on ${plural(nodes.length, 'node')} are more than ${nodePairsMax} pairs, too many for the model of the speakers`;
  // Only what selects nodes makes classes, and most clusters have few.
  const classes = count * nodes.length > classPairsMax ? countClasses(nodes, objects) : 0;
  if (count * classes <= classPairsMax) return null;
  return `${services} on ${plural(classes, 'class', 'classes')} of nodes that selectors tell apart are more than ${classPairsMax} pairs, too many for the model of the speakers`;
}

/** Nodes that the same peers and advertisements select. */
function countClasses(nodes: readonly Raw[], objects: readonly Raw[]): number {
  const selectors = objects
    .filter((raw) => ['BGPPeer', 'BGPAdvertisement'].some((kind) => isOfKind(raw, kind, METALLB_GROUP)))
    .map(readNodeSelectors);
  const selections = nodes
    .map(labelsOf)
    .map((labels) => selectors.map((one) => (selectsNode(one, labels) ? '1' : '0')).join(''));
  return new Set(selections).size;
}

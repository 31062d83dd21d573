/**
 * What a node's BIRD sends to a peer, in the order in which Calico's filters ask (confd, `bird_ipam.cfg`): the peer's
 * BGPFilters first, whose Accept ends it; then pools that are not exported, tags, blocks of the node's own, what lies in
 * its own static routes, what a reflector passes on, what lies in a pool.
 */
import type { Prefix } from '../net/prefix.ts';
import type { Tagging } from './communities.ts';
import type { Containment } from './containment.ts';
import { applyRules, withAll } from './filterrules.ts';
import type { FilterRule } from './objects/peers.ts';
import type { CalicoPool } from './objects/pools.ts';
import { covers } from './objects/prefixes.ts';
import type { Path } from './path.ts';

export type ExportPolicy = {
  readonly rules: readonly FilterRule[];
  readonly taggings: readonly Tagging[];
  readonly pools: readonly CalicoPool[];
  /** Blocks of pools that the node owns. */
  readonly blocks: readonly Prefix[];
  /** Its static routes for Services, ranges and single addresses; none for an excluded node. */
  readonly serviceRoutes: Pick<Containment, 'has'>;
  /** Of load balancers and externalIPs, where the node is a route reflector. */
  readonly passedOn: readonly Prefix[];
};

/** Null where it is not sent. What BGP itself does to it comes after. */
export function exported(path: Path, policy: ExportPolicy, ebgp: boolean): Path | null {
  const answer = applyRules(policy.rules, path, { ebgp });
  if (answer.verdict === 'reject') return null;
  if (answer.verdict === 'accept') return answer.path;
  const { prefix } = path;
  const isIn = (outer: Prefix | null): boolean => outer !== null && covers(outer, prefix);
  if (policy.pools.some(({ exported: sent, range }) => !sent && isIn(range.prefix))) return null;
  const own = policy.blocks.find(isIn);
  const fits =
    own === undefined
      ? policy.serviceRoutes.has(prefix) ||
        policy.passedOn.some(isIn) ||
        policy.pools.some(({ range }) => isIn(range.prefix))
      : own.length === prefix.length; // the block stands for all that lies in it
  if (!fits) return null;
  const tags = policy.taggings.filter((one) => isIn(one.prefix)).flatMap(({ values }) => values);
  return tags.length === 0 ? path : { ...path, communities: withAll(path.communities, tags) };
}

/**
 * What a node's BIRD sends to a peer, in the order in which Calico's filters ask (confd, `bird_ipam.cfg`): the peer's
 * BGPFilters first, whose Accept ends it; then pools that are not exported, tags, blocks of the node's own, what lies in
 * its own static routes, what a reflector passes on, what lies in a pool.
 */
import type { Prefix } from '../../net/prefix.ts';
import type { CommunityTag } from '../confd/communities.ts';
import type { FilterRule } from '../objects/peers.ts';
import type { CalicoPool } from '../objects/pools.ts';
import { coversPrefix } from '../objects/prefixes.ts';
import { addCommunities, applyRules } from './bgp-filter.ts';
import type { PrefixPartition } from './prefix-partition.ts';
import type { RibPath } from './rib-path.ts';

export type ExportPolicy = {
  readonly rules: readonly FilterRule[];
  readonly communityTags: readonly CommunityTag[];
  readonly pools: readonly CalicoPool[];
  /** Blocks of pools that the node owns. */
  readonly blocks: readonly Prefix[];
  /** Its static routes for Services, ranges and single addresses; none for an excluded node. */
  readonly serviceRoutes: Pick<PrefixPartition, 'has'>;
  /** Of load balancers and externalIPs, where the node is a route reflector. */
  readonly reflectedRanges: readonly Prefix[];
};

/** Null where it is not sent. What BGP itself does to it comes after. */
export function applyExportPolicy(path: RibPath, policy: ExportPolicy, ebgp: boolean): RibPath | null {
  const result = applyRules(policy.rules, path, { ebgp });
  if (result.action === 'reject') return null;
  if (result.action === 'accept') return result.path;
  const { prefix } = path;
  const isIn = (outer: Prefix | null): boolean => outer !== null && coversPrefix(outer, prefix);
  if (policy.pools.some(({ exported: isExported, range }) => !isExported && isIn(range.prefix))) return null;
  const own = policy.blocks.find(isIn);
  const isAllowed =
    own === undefined
      ? policy.serviceRoutes.has(prefix) ||
        policy.reflectedRanges.some(isIn) ||
        policy.pools.some(({ range }) => isIn(range.prefix))
      : own.length === prefix.length; // the block stands for all that lies in it
  if (!isAllowed) return null;
  const tags = policy.communityTags.filter((one) => isIn(one.prefix)).flatMap(({ values }) => values);
  return tags.length === 0 ? path : { ...path, communities: addCommunities(path.communities, tags) };
}

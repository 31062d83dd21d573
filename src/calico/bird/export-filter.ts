/**
 * Export policy of a node's BIRD towards a peer, in the order of Calico's filters (confd, `bird_ipam.cfg`). The peer's
 * BGPFilters come first, and their Accept is final. Then come pools that are not exported, community tags, the node's own
 * blocks, its static routes for Services, ranges that a reflector exports, and pools.
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
  /** IPAM blocks that the node owns. */
  readonly blocks: readonly Prefix[];
  /** The node's static routes for Services, ranges and single addresses; none on an excluded node. */
  readonly serviceRoutes: Pick<PrefixPartition, 'has'>;
  /** The listed ranges of load balancers and externalIPs, where the node is a route reflector. */
  readonly reflectedRanges: readonly Prefix[];
};

/** The path to advertise, null where the policy rejects it. BGP's own changes (next hop, AS path) come after. */
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
      : own.length === prefix.length; // the node advertises its block, and nothing inside of it
  if (!isAllowed) return null;
  const tags = policy.communityTags.filter((one) => isIn(one.prefix)).flatMap(({ values }) => values);
  return tags.length === 0 ? path : { ...path, communities: addCommunities(path.communities, tags) };
}

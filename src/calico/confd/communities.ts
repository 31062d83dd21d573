/** What Calico tags routes with: `prefixAdvertisements`, of the node's own configuration or of `default`. */
import type { Family } from '../../net/address.ts';
import type { Prefix } from '../../net/prefix.ts';
import type { CalicoCluster } from '../objects/cluster.ts';
import type { BGPConfiguration } from '../objects/configuration.ts';

/** Routes inside `prefix` get all of `values`; two parts are a standard community, three a large one. */
export type CommunityTag = { readonly prefix: Prefix; readonly values: readonly string[] };

const VALUE = /^\d+:\d+(:\d+)?$/;

/** Which object speaks for the node; an empty list in its own counts as said. */
export function communityConfiguration(cluster: CalicoCluster, node: string): BGPConfiguration {
  const own = cluster.nodeConfigurations.get(node);
  return own?.prefixAdvertisements != null ? own : cluster.configuration;
}

/** Names that nobody defined are dropped, as Calico does without a word. */
export function communityTags(cluster: CalicoCluster, node: string, family: Family): readonly CommunityTag[] {
  const { communities, prefixAdvertisements } = communityConfiguration(cluster, node);
  return (prefixAdvertisements ?? []).flatMap(({ range: { prefix }, communities: wanted }) => {
    if (prefix?.family !== family) return [];
    const values = wanted.map((one) => communities.get(one) ?? one).filter((one) => VALUE.test(one));
    return [{ prefix, values }];
  });
}

const STANDARD_PART_MAX = 65_535;
const LARGE_PART_MAX = 4_294_967_295;

/** BIRD refuses its whole configuration over a part that does not fit. */
export function isValidCommunity(value: string): boolean {
  const parts = value.split(':').map(Number);
  const max = parts.length === 2 ? STANDARD_PART_MAX : LARGE_PART_MAX;
  return parts.every((part) => part <= max);
}

export const isLargeCommunity = (value: string): boolean => value.split(':').length === 3;

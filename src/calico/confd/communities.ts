/** Community tags that Calico adds to routes: `prefixAdvertisements` of the node's own BGPConfiguration or of `default`. */
import type { Family } from '../../net/address.ts';
import type { Prefix } from '../../net/prefix.ts';
import type { CalicoCluster } from '../objects/cluster.ts';
import type { BGPConfiguration } from '../objects/configuration.ts';

/** Routes inside `prefix` get all of `values`: standard communities (two parts) and large ones (three). */
export type CommunityTag = { readonly prefix: Prefix; readonly values: readonly string[] };

const COMMUNITY_VALUE = /^\d+:\d+(:\d+)?$/;

/** Whether the text has the form of a community rather than of a name; its parts may still be too large. */
export const isCommunityValue = (text: string): boolean => COMMUNITY_VALUE.test(text);

/** The object that decides for the node: its own if it has the list, even an empty one, else `default`. */
export function communityConfiguration(cluster: CalicoCluster, node: string): BGPConfiguration {
  const own = cluster.nodeConfigurations.get(node);
  return own?.prefixAdvertisements != null ? own : cluster.configuration;
}

/** Undefined names are dropped, as Calico silently does. */
export function communityTags(cluster: CalicoCluster, node: string, family: Family): readonly CommunityTag[] {
  const { communities, prefixAdvertisements } = communityConfiguration(cluster, node);
  return (prefixAdvertisements ?? []).flatMap(({ range: { prefix }, communities: wanted }) => {
    if (prefix?.family !== family) return [];
    const values = wanted.map((one) => communities.get(one) ?? one).filter(isCommunityValue);
    return [{ prefix, values }];
  });
}

const STANDARD_PART_MAX = 65_535;
const LARGE_PART_MAX = 4_294_967_295;

/** Whether every part fits. BIRD rejects its whole configuration for one that does not. */
export function isValidCommunity(value: string): boolean {
  const parts = value.split(':').map(Number);
  const max = parts.length === 2 ? STANDARD_PART_MAX : LARGE_PART_MAX;
  return parts.every((part) => part <= max);
}

export const isLargeCommunity = (value: string): boolean => value.split(':').length === 3;

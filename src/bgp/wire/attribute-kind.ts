/** Names of path attributes, and the flags that each of them must have (RFC 7606 3 c). */
import { ATTRIBUTE, FLAG } from './codes.ts';

export const WELL_KNOWN = FLAG.transitive;
export const OPTIONAL_TRANSITIVE = FLAG.optional | FLAG.transitive;
export const OPTIONAL = FLAG.optional;

const ATTRIBUTE_KINDS: ReadonlyMap<number, readonly [name: string, flags: number]> = new Map([
  [ATTRIBUTE.origin, ['ORIGIN', WELL_KNOWN]],
  [ATTRIBUTE.asPath, ['AS_PATH', WELL_KNOWN]],
  [ATTRIBUTE.nextHop, ['NEXT_HOP', WELL_KNOWN]],
  [ATTRIBUTE.med, ['MULTI_EXIT_DISC', OPTIONAL]],
  [ATTRIBUTE.localPref, ['LOCAL_PREF', WELL_KNOWN]],
  [ATTRIBUTE.atomicAggregate, ['ATOMIC_AGGREGATE', WELL_KNOWN]],
  [ATTRIBUTE.aggregator, ['AGGREGATOR', OPTIONAL_TRANSITIVE]],
  [ATTRIBUTE.communities, ['COMMUNITIES', OPTIONAL_TRANSITIVE]],
  [ATTRIBUTE.originatorId, ['ORIGINATOR_ID', OPTIONAL]],
  [ATTRIBUTE.clusterList, ['CLUSTER_LIST', OPTIONAL]],
  [ATTRIBUTE.mpReach, ['MP_REACH_NLRI', OPTIONAL]],
  [ATTRIBUTE.mpUnreach, ['MP_UNREACH_NLRI', OPTIONAL]],
  [ATTRIBUTE.extendedCommunities, ['EXTENDED COMMUNITIES', OPTIONAL_TRANSITIVE]],
  [ATTRIBUTE.as4Path, ['AS4_PATH', OPTIONAL_TRANSITIVE]],
  [ATTRIBUTE.as4Aggregator, ['AS4_AGGREGATOR', OPTIONAL_TRANSITIVE]],
  [ATTRIBUTE.ipv6ExtendedCommunities, ['IPv6 EXTENDED COMMUNITIES', OPTIONAL_TRANSITIVE]],
  [ATTRIBUTE.largeCommunities, ['LARGE_COMMUNITY', OPTIONAL_TRANSITIVE]],
]);

export const attributeName = (type: number): string => ATTRIBUTE_KINDS.get(type)?.[0] ?? `attribute ${type}`;

/** Null for an unknown type. */
export const attributeFlags = (type: number): number | null => ATTRIBUTE_KINDS.get(type)?.[1] ?? null;

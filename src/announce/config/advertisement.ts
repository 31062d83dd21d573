/** A BGPAdvertisement with its references resolved: values for community aliases, and the pools that it covers. */

import {
  type Community,
  compareLargeCommunities,
  type LargeCommunity,
  parseCommunity,
  type StandardCommunity,
} from '../../bgp/attributes/community.ts';
import { type BgpAdvertisement, unknownAliasError } from '../../config/advertisement.ts';
import { aggregationError, largestBlockLength, shortestAggregation } from '../../config/pool/aggregation.ts';
import { coversPool } from '../../config/pool/coverage.ts';
import type { AddressRange } from '../../net/range.ts';
import { formatRange } from '../../net/range.ts';
import type { LabelSelector } from '../../objects/selector.ts';
import type { AdvertisementExtensions } from './advertisement-extensions.ts';
import type { AnnounceIssue } from './object-issue.ts';
import type { AnnouncedPool } from './pools.ts';

export type ResolvedAdvertisement = {
  readonly name: string;
  readonly lengths: { readonly 4: number; readonly 6: number };
  readonly localPref: number;
  /** Sorted by value, without duplicates. */
  readonly communities: readonly StandardCommunity[];
  readonly largeCommunities: readonly LargeCommunity[];
  /** Names of peers; null selects every peer. */
  readonly peers: ReadonlySet<string> | null;
  readonly serviceSelectors: readonly LabelSelector[];
  readonly extensions: AdvertisementExtensions;
  /**
   * The covered pools as they were when the advertisement was valid. A last good version keeps announcing the addresses
   * of those pools, and announces no others.
   */
  readonly coveredPools: ReadonlyMap<string, AnnouncedPool>;
  readonly spec: BgpAdvertisement;
};

export type AdvertisementResolution = {
  readonly advertisement: ResolvedAdvertisement | null;
  readonly issues: readonly AnnounceIssue[];
};

export function resolveAdvertisement(
  { spec, extensions }: Pick<ResolvedAdvertisement, 'spec' | 'extensions'>,
  aliases: ReadonlyMap<string, Community>,
  pools: Iterable<AnnouncedPool>,
): AdvertisementResolution {
  const issues: AnnounceIssue[] = [];
  const communities = spec.communities.flatMap((text): Community[] => {
    const value = resolveCommunity(text, aliases);
    if (typeof value !== 'string') return [value];
    issues.push({ path: 'spec.communities', message: value, metallbText: value });
    return [];
  });
  const covered = [...pools].filter((pool) => coversPool(spec, pool));
  for (const { ranges } of covered) {
    const wrong = coverageAggregationError(spec, ranges);
    if (wrong !== null) issues.push({ path: 'spec', message: wrong, metallbText: wrong });
  }
  if (issues.length > 0) return { advertisement: null, issues };
  const { name, lengths, localPref, peers, serviceSelectors } = spec;
  const standard = communities.flatMap((one) => (one.kind === 'standard' ? [one.value] : []));
  const large = communities.flatMap((one) => (one.kind === 'large' ? [one.value] : []));
  const advertisement = {
    ...{ name, lengths, localPref, serviceSelectors, extensions, spec },
    communities: mergeStandardCommunities(standard),
    largeCommunities: mergeLargeCommunities(large),
    peers: peers.length === 0 ? null : new Set(peers),
    coveredPools: new Map(covered.map((pool) => [pool.name, pool])),
  };
  return { advertisement, issues };
}

/** MetalLB: a text in the form of a value is a value, even an invalid one; every other text is an alias. */
function resolveCommunity(text: string, aliases: ReadonlyMap<string, Community>): Community | string {
  const parts = text.split(':');
  const isValue = parts.length === 2 || (parts.length === 4 && parts[0] === 'large');
  if (!isValue) return aliases.get(text) ?? unknownAliasError(text);
  const value = parseCommunity(text);
  return value.ok ? value.value : value.error;
}

/** MetalLB's error for an aggregate that is larger than an entry of the pool; null where there is none. */
export function coverageAggregationError(
  { lengths }: BgpAdvertisement,
  ranges: readonly AddressRange[],
): string | null {
  const shortest = shortestAggregation(ranges);
  if (lengths[4] >= shortest[4] && lengths[6] >= shortest[6]) return null;
  const wrong = ranges.find((range) => lengths[range.family] < largestBlockLength(range));
  return wrong === undefined ? null : aggregationError([{ text: formatRange(wrong), range: wrong }], lengths);
}

export const mergeStandardCommunities = (
  values: readonly StandardCommunity[],
): readonly StandardCommunity[] => [...new Set(values)].sort((a, b) => a - b);

export const mergeLargeCommunities = (values: readonly LargeCommunity[]): readonly LargeCommunity[] =>
  [...values]
    .sort(compareLargeCommunities)
    .filter((one, index, all) => index === 0 || compareLargeCommunities(one, all[index - 1] ?? one) !== 0);

/** A BGPAdvertisement together with what it names: communities instead of aliases, and the pools that it covers. */
import { type LabelSelector, selectorMatches } from '../cluster/selector.ts';
import { aggregationFault } from '../config/aggregation.ts';
import { type BgpAdvertisement, unknownAlias } from '../config/bgpadvertisement.ts';
import type { AddressRange } from '../net/range.ts';
import { formatRange } from '../net/range.ts';
import {
  type Community,
  compareLarge,
  type LargeCommunity,
  parseCommunity,
  type StandardCommunity,
} from '../routes/community.ts';
import type { Fault } from './complaint.ts';
import type { Extras } from './extras.ts';
import type { PoolView } from './pools.ts';

export type Advertisement = {
  readonly name: string;
  readonly lengths: { readonly 4: number; readonly 6: number };
  readonly localPref: number;
  /** By number, each once. */
  readonly communities: readonly StandardCommunity[];
  readonly large: readonly LargeCommunity[];
  /** By name; null is every peer. */
  readonly peers: ReadonlySet<string> | null;
  readonly serviceSelectors: readonly LabelSelector[];
  readonly extras: Extras;
  /**
   * The pools as they were when this was good. A last good advertisement goes on for the addresses that it was
   * good for, and takes on no others.
   */
  readonly coverage: ReadonlyMap<string, PoolView>;
  readonly wish: BgpAdvertisement;
};

export type Resolved = { readonly advertisement: Advertisement | null; readonly faults: readonly Fault[] };

export function resolveAdvertisement(
  { wish, extras }: Pick<Advertisement, 'wish' | 'extras'>,
  aliases: ReadonlyMap<string, Community>,
  pools: Iterable<PoolView>,
): Resolved {
  const faults: Fault[] = [];
  const found = wish.communities.flatMap((text): Community[] => {
    const value = communityOf(text, aliases);
    if (typeof value !== 'string') return [value];
    faults.push({ path: 'spec.communities', message: value, text: value });
    return [];
  });
  const covered = [...pools].filter((pool) => coversPool(wish, pool));
  for (const { ranges } of covered) {
    const wrong = reachFault(wish, ranges);
    if (wrong !== null) faults.push({ path: 'spec', message: wrong, text: wrong });
  }
  if (faults.length > 0) return { advertisement: null, faults };
  const { name, lengths, localPref, peers, serviceSelectors } = wish;
  const standard = found.flatMap((one) => (one.kind === 'standard' ? [one.value] : []));
  const large = found.flatMap((one) => (one.kind === 'large' ? [one.value] : []));
  const advertisement = {
    ...{ name, lengths, localPref, serviceSelectors, extras, wish },
    communities: uniteStandard(standard),
    large: uniteLarge(large),
    peers: peers.length === 0 ? null : new Set(peers),
    coverage: new Map(covered.map((pool) => [pool.name, pool])),
  };
  return { advertisement, faults };
}

/** MetalLB: what has the shape of a value is one, also a bad one; everything else is an alias. */
function communityOf(text: string, aliases: ReadonlyMap<string, Community>): Community | string {
  const parts = text.split(':');
  const isValue = parts.length === 2 || (parts.length === 4 && parts[0] === 'large');
  if (!isValue) return aliases.get(text) ?? unknownAlias(text);
  const value = parseCommunity(text);
  return value.ok ? value.value : value.error;
}

export const coversPool = ({ pools, poolSelectors }: BgpAdvertisement, { name, labels }: PoolView): boolean =>
  (pools.length === 0 && poolSelectors.length === 0) ||
  pools.includes(name) ||
  poolSelectors.some((selector) => selectorMatches(selector, labels));

/** MetalLB's sentence for an aggregate that is wider than what a pool lists; null where it fits. */
export const reachFault = ({ lengths }: BgpAdvertisement, ranges: readonly AddressRange[]): string | null =>
  aggregationFault(
    ranges.map((range) => ({ path: '', text: formatRange(range), range })),
    lengths,
  );

export const uniteStandard = (values: readonly StandardCommunity[]): readonly StandardCommunity[] =>
  [...new Set(values)].sort((a, b) => a - b);

export const uniteLarge = (values: readonly LargeCommunity[]): readonly LargeCommunity[] =>
  [...values]
    .sort(compareLarge)
    .filter((one, index, all) => index === 0 || compareLarge(one, all[index - 1] ?? one) !== 0);

/**
 * Ranges as Calico's lists want them: prefixes. An entry for one address makes the nodes that announce it drop what their
 * own processes send there, so the pair around it is listed instead, unless its other half is a router.
 */
import { isSingle } from '../../../calico/objects/prefixes.ts';
import { formatPrefix, type Prefix, prefixContains } from '../../../net/prefix.ts';
import { type AddressRange, rangePrefixes } from '../../../net/range.ts';
import type { RouterPeer } from './addresses.ts';

export type AdvertisedPrefixes = {
  readonly prefixes: readonly Prefix[];
  /** What stands in for single addresses. */
  readonly pairs: readonly Prefix[];
  /** Single addresses that have to stay alone. */
  readonly singles: readonly Prefix[];
};

export function advertisedPrefixes(
  ranges: readonly AddressRange[],
  routers: readonly RouterPeer[],
): AdvertisedPrefixes {
  const prefixes = new Map<string, Prefix>();
  const [pairs, singles] = [new Map<string, Prefix>(), new Map<string, Prefix>()];
  for (const prefix of ranges.flatMap(rangePrefixes)) {
    const pair = { ...prefix, bits: prefix.bits & ~1n, length: prefix.length - 1 };
    const isWidened = isSingle(prefix) && !routers.some(({ address }) => prefixContains(pair, address));
    const advertised = isWidened ? pair : prefix;
    const text = formatPrefix(advertised);
    prefixes.set(text, advertised);
    if (isWidened) pairs.set(text, advertised);
    else if (isSingle(prefix)) singles.set(text, advertised);
  }
  return { prefixes: [...prefixes.values()], pairs: [...pairs.values()], singles: [...singles.values()] };
}

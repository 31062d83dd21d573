/**
 * Ranges as prefixes for Calico's lists. A node that advertises an entry of one address drops what its own processes send to
 * it. So the /31 or /127 around the address is listed instead, unless the other address in it is a router's.
 */
import { isSingle } from '../../../calico/objects/prefixes.ts';
import { formatPrefix, type Prefix, prefixContains } from '../../../net/prefix.ts';
import { type AddressRange, rangePrefixes } from '../../../net/range.ts';
import type { RouterPeer } from './addresses.ts';

export type AdvertisedPrefixes = {
  readonly prefixes: readonly Prefix[];
  /** Pairs that replace single addresses. */
  readonly pairs: readonly Prefix[];
  /** Single addresses that cannot be widened. */
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

/** Addresses that BIRD does not take, as runs of 1.6.8 show: neighbours that it rejects, and routes that it ignores as bogus. */
import { invariant } from '../../base/invariant.ts';
import type { Address } from '../../net/address.ts';
import { type Prefix, parsePrefix, prefixContains } from '../../net/prefix.ts';
import { coversPrefix } from '../objects/prefixes.ts';

const prefixOf = (text: string): Prefix => {
  const read = parsePrefix(text);
  invariant(read.ok, `${text} is a prefix`);
  return read.value;
};

const LINK_LOCAL = prefixOf('fe80::/10');

/**
 * What a neighbour is with which the whole configuration is rejected; null for any other. Calico gives BIRD no interface for a
 * link-local one.
 */
export const refusedNeighbour = (address: Address): 'unspecified' | 'link-local' | null => {
  if (address.bits === 0n) return 'unspecified';
  return prefixContains(LINK_LOCAL, address) ? 'link-local' : null;
};

/** Prefixes whose routes are ignored, with the reason for a sentence. */
const BOGUS: readonly { readonly what: string; readonly prefix: Prefix }[] = [
  { what: 'loopback addresses', prefix: prefixOf('127.0.0.0/8') },
  { what: 'multicast addresses', prefix: prefixOf('224.0.0.0/4') },
  { what: 'reserved addresses', prefix: prefixOf('240.0.0.0/4') },
  { what: 'the loopback address', prefix: prefixOf('::1/128') },
  { what: 'link-local addresses', prefix: LINK_LOCAL },
  { what: 'multicast addresses', prefix: prefixOf('ff00::/8') },
];

/** What a prefix holds whose route BIRD ignores; null for any other prefix. */
export const bogusRoute = (prefix: Prefix): string | null =>
  BOGUS.find((one) => coversPrefix(one.prefix, prefix))?.what ?? null;

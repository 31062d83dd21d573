/** What a speaker publishes of an interface. */
import { type Address, formatAddress, isIpv6LinkLocal } from '../../net/address.ts';
import { formatPrefix, networkMask, type Prefix } from '../../net/prefix.ts';
import type { WireInterface } from '../packets/layer2-wire.ts';
import type { PublishedInterface } from './speaker-presence.ts';

/** Subnets of an interface that are published at most. Of one with more, none is: then they are not known. */
export const SUBNETS_MAX = 16;

/** The same, of addresses. */
export const ADDRESSES_MAX = 64;

export const toPublished = ({ name, mac, families, addresses }: WireInterface): PublishedInterface => ({
  ...{ name, mac, families, subnets: subnetsOf(addresses), addresses: addressesOf(addresses) },
});

/** Sorted as text, each once. An address without other hosts in its subnet (`/32`, `/128`) is none. */
function subnetsOf(addresses: WireInterface['addresses']): PublishedInterface['subnets'] {
  const prefixes = addresses.flatMap(({ address: { family, bits }, prefixLength: length }): Prefix[] =>
    length === (family === 4 ? 32 : 128)
      ? []
      : [{ family, bits: bits & networkMask(family, length), length }],
  );
  return fewSorted(prefixes.map(formatPrefix), SUBNETS_MAX);
}

const addressesOf = (addresses: WireInterface['addresses']): PublishedInterface['addresses'] =>
  fewSorted(
    addresses
      .map(({ address }): Address => address)
      .filter((one) => !isIpv6LinkLocal(one))
      .map(formatAddress),
    ADDRESSES_MAX,
  );

/** Each once; null for more than `max`. */
function fewSorted(texts: readonly string[], max: number): readonly string[] | null {
  const distinct = [...new Set(texts)].sort();
  return distinct.length > max ? null : distinct;
}

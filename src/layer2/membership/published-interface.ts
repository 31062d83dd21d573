/** What a speaker publishes of an interface. */
import { formatPrefix, networkMask, type Prefix } from '../../net/prefix.ts';
import type { WireInterface } from '../packets/layer2-wire.ts';
import type { PublishedInterface } from './speaker-presence.ts';

/** Subnets of an interface that are published at most. Of one with more, none is: then they are not known. */
export const SUBNETS_MAX = 16;

export const toPublished = ({ name, mac, families, addresses }: WireInterface): PublishedInterface => ({
  ...{ name, mac, families, subnets: subnetsOf(addresses) },
});

/** Sorted as text, each once. An address without other hosts in its subnet (`/32`, `/128`) is none. */
function subnetsOf(addresses: WireInterface['addresses']): PublishedInterface['subnets'] {
  const prefixes = addresses.flatMap(({ address: { family, bits }, prefixLength: length }): Prefix[] =>
    length === (family === 4 ? 32 : 128)
      ? []
      : [{ family, bits: bits & networkMask(family, length), length }],
  );
  const texts = [...new Set(prefixes.map(formatPrefix))].sort();
  return texts.length > SUBNETS_MAX ? null : texts;
}

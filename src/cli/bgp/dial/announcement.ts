/** The UPDATEs that `berth bgp dial` sends for `--announce`. */
import { plural } from '../../../base/text.ts';
import { prependAsn } from '../../../bgp/attributes/as-path.ts';
import { DEFAULT_ATTRIBUTES, type PathAttributes, toNextHop } from '../../../bgp/attributes/path.ts';
import type { NegotiatedTerms } from '../../../bgp/wire/negotiated.ts';
import { encodeEndOfRib, packAnnouncements } from '../../../bgp/wire/write/pack.ts';
import { type Address, formatAddress } from '../../../net/address.ts';
import type { DialOptions } from './options.ts';

export type DialAnnouncement = {
  readonly messages: readonly Uint8Array[];
  /** What is advertised, and what is not and why. */
  readonly sentences: readonly string[];
  /** Prefixes that are advertised. */
  readonly prefixCount: number;
};

/** Required on internal sessions (RFC 4271 5.1.5); 100 is the usual default of routers. */
const LOCAL_PREF = 100;

export function buildAnnouncement(
  options: DialOptions,
  negotiated: NegotiatedTerms,
  local: Address | null,
): DialAnnouncement {
  const messages: Uint8Array[] = [];
  const sentences: string[] = [];
  let prefixCount = 0;
  for (const family of [4, 6] as const) {
    const prefixes = options.announced.filter((prefix) => prefix.family === family);
    const isNegotiated = negotiated.families.includes(family);
    const nextHop = options.nextHops[family] ?? (local?.family === family ? local : null);
    if (prefixes.length > 0) {
      const path = nextHop && { nextHop: toNextHop(nextHop), attributes: attributesFor(options, negotiated) };
      const packed = isNegotiated && path ? packAnnouncements({ family, path, prefixes }, negotiated) : null;
      if (packed?.ok && nextHop) {
        messages.push(...packed.value);
        prefixCount += prefixes.length;
        sentences.push(
          `advertising ${plural(prefixes.length, `IPv${family} prefix`, `IPv${family} prefixes`)}, next hop ${formatAddress(nextHop)}`,
        );
      } else {
        const reason = isNegotiated
          ? `there is no IPv${family} next hop`
          : 'the router does not offer this family';
        sentences.push(`IPv${family} prefixes are not advertised: ${reason}`);
      }
    }
    if (isNegotiated) messages.push(encodeEndOfRib(family));
  }
  return { messages, sentences, prefixCount };
}

const attributesFor = ({ settings }: DialOptions, { internal }: NegotiatedTerms): PathAttributes =>
  internal
    ? { ...DEFAULT_ATTRIBUTES, localPref: LOCAL_PREF }
    : { ...DEFAULT_ATTRIBUTES, asPath: prependAsn([], settings.asn) };

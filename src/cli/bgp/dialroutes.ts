/** What `berth bgp dial` announces, as messages. */
import { plural } from '../../base/text.ts';
import type { Agreement } from '../../bgp/wire/agreement.ts';
import { endOfRib, packAnnouncements } from '../../bgp/wire/pack.ts';
import { type Address, formatAddress } from '../../net/address.ts';
import { prepend } from '../../routes/aspath.ts';
import { type PathAttributes, PLAIN_ATTRIBUTES, toNextHop } from '../../routes/path.ts';
import type { DialOrder } from './dialorder.ts';

export type Announcing = {
  readonly messages: readonly Uint8Array[];
  /** What is announced, and what is not and why. */
  readonly sentences: readonly string[];
};

/** Inside of the AS every route has one (RFC 4271 5.1.5); 100 is what routers take where it is left to them. */
const LOCAL_PREF = 100;

export function announcing(order: DialOrder, agreement: Agreement, local: Address | null): Announcing {
  const messages: Uint8Array[] = [];
  const sentences: string[] = [];
  for (const family of [4, 6] as const) {
    const prefixes = order.announced.filter((prefix) => prefix.family === family);
    const agreed = agreement.families.includes(family);
    const hop = order.nextHops[family] ?? (local?.family === family ? local : null);
    if (prefixes.length > 0) {
      const path = hop && { nextHop: toNextHop(hop), attributes: attributesFor(order, agreement) };
      const packed = agreed && path ? packAnnouncements({ family, path, prefixes }, agreement) : null;
      if (packed?.ok && hop) {
        messages.push(...packed.value);
        sentences.push(
          `announcing ${plural(prefixes.length, `IPv${family} prefix`, `IPv${family} prefixes`)} by ${formatAddress(hop)}`,
        );
      } else {
        const why = agreed ? 'there is no next hop for them' : 'the router does not take that family';
        sentences.push(`IPv${family} prefixes are not announced: ${why}`);
      }
    }
    if (agreed) messages.push(endOfRib(family));
  }
  return { messages, sentences };
}

const attributesFor = ({ settings }: DialOrder, { internal }: Agreement): PathAttributes =>
  internal
    ? { ...PLAIN_ATTRIBUTES, localPref: LOCAL_PREF }
    : { ...PLAIN_ATTRIBUTES, asPath: prepend([], settings.asn) };

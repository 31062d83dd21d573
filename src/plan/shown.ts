/** What a Service's status shows at the moment, whoever wrote it. */
import type { Service } from '../cluster/service.ts';
import { type Address, formatAddress, parseAddress, sameAddress } from '../net/address.ts';

export type Shown = {
  readonly addresses: readonly Address[];
  /** Entries without an address that we can read: host names above all. */
  readonly odd: readonly string[];
};

const NOTHING: Shown = { addresses: [], odd: [] };

export function readShown(service: Service): Shown {
  if (service.ingress.length === 0) return NOTHING;
  const addresses: Address[] = [];
  const odd: string[] = [];
  for (const { ip, hostname } of service.ingress) {
    const parsed = ip === null ? null : parseLoosely(ip);
    if (parsed === null) odd.push(ip ?? hostname ?? '');
    else if (!addresses.some((known) => sameAddress(known, parsed))) addresses.push(parsed);
  }
  return { addresses, odd };
}

/**
 * The API server stores an ingress address as it was spelled and accepts leading zeros (read as decimal, as
 * its own parser does). Such an address is in use like any other, so it has to be read here.
 */
function parseLoosely(text: string): Address | null {
  const strict = parseAddress(text);
  if (strict.ok) return strict.value;
  const loose = parseAddress(text.replace(/(^|[.:])0+(?=\d)/g, '$1'));
  return loose.ok ? loose.value : null;
}

export const sameAddresses = (a: readonly Address[], b: readonly Address[]): boolean =>
  a.length === b.length && a.every((one) => b.some((other) => sameAddress(one, other)));

export const listAddresses = (addresses: readonly Address[]): string =>
  addresses.map(formatAddress).join(' and ');

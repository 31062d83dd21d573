/** Reads `status.loadBalancer.ingress` of a Service, whoever wrote it. */

import { type Address, formatAddress, parseAddress, sameAddress } from '../net/address.ts';
import type { Service } from '../objects/service.ts';

export type IngressStatus = {
  /** Each once, in the order of the entries. */
  readonly addresses: readonly Address[];
  /** Entries without a valid address, such as host names. */
  readonly unreadable: readonly string[];
};

const EMPTY_STATUS: IngressStatus = { addresses: [], unreadable: [] };

/**
 * Entries that are read. A Service has one or two, but the API server sets no limit, and comparing them takes the square
 * of their number.
 */
export const ENTRIES_READ_MAX = 1000;

export function readIngressStatus(service: Service): IngressStatus {
  if (service.ingress.length === 0) return EMPTY_STATUS;
  const addresses: Address[] = [];
  const unreadable: string[] = [];
  for (const { ip, hostname } of service.ingress.slice(0, ENTRIES_READ_MAX)) {
    const parsed = ip === null ? null : parseLenient(ip);
    if (parsed === null) unreadable.push(ip ?? hostname ?? '');
    else if (!includesAddress(addresses, parsed)) addresses.push(parsed);
  }
  return { addresses, unreadable };
}

/**
 * The API server accepts leading zeros in an ingress address (its parser reads them as decimal), and stores the address
 * as it was spelled. Such an address is in use like any other.
 */
function parseLenient(text: string): Address | null {
  const strict = parseAddress(text);
  if (strict.ok) return strict.value;
  const lenient = parseAddress(text.replace(/(^|[.:])0+(?=\d)/g, '$1'));
  return lenient.ok ? lenient.value : null;
}

export const includesAddress = (addresses: readonly Address[], address: Address): boolean =>
  addresses.some((one) => sameAddress(one, address));

/** Equal as sets; neither has an address twice. */
export const sameAddresses = (a: readonly Address[], b: readonly Address[]): boolean =>
  a.length === b.length && a.every((one) => includesAddress(b, one));

/** Whether the status has exactly these addresses and no other entry, in any order or spelling. */
export const hasExactly = ({ addresses, unreadable }: IngressStatus, desired: readonly Address[]): boolean =>
  unreadable.length === 0 && sameAddresses(addresses, desired);

export const formatAddresses = (addresses: readonly Address[]): string =>
  addresses.map(formatAddress).join(' and ');

/** Addresses of the two ends of a BGP session. */
import { type Address, formatAddress } from '../net/address.ts';
import { formatRange } from '../net/range.ts';
import { unusableInSession } from '../net/special-ranges.ts';

/** Why no end of a session can have the address, as the predicate of a sentence; null where one can. */
export function sessionAddressError(address: Address): string | null {
  const part = unusableInSession(address);
  if (part === null) return null;
  const description = `is ${part.one} (${formatRange(part.range)})`;
  return part.one.includes('link-local')
    ? `${description}, which is ambiguous without an interface: use a global or unique local address`
    : `${description}, which no router or node can have`;
}

/** The same for our end, where an unspecified address means the one that the kernel chooses. */
export const sourceAddressError = (address: Address): string | null =>
  address.bits === 0n ? null : sessionAddressError(address);

/** BGP identifiers: 32 bits, not zero (RFC 6286 2.1), written like an IPv4 address. Null for a valid one. */
export function routerIdError(id: Address): string | null {
  if (id.family !== 4) return 'must be written like an IPv4 address';
  return id.bits === 0n ? `must not be ${formatAddress(id)}, which is no BGP identifier (RFC 6286)` : null;
}

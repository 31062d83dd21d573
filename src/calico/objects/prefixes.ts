/** Reads addresses and prefixes in Calico's objects, which may be invalid. */
import { type Address, FAMILY_BITS, formatAddress, parseAddress } from '../../net/address.ts';
import { networkMask, type Prefix, parsePrefix } from '../../net/prefix.ts';

/** One entry of a list of ranges. */
export type RangeEntry = {
  readonly text: string;
  /** Null where it cannot be read. */
  readonly prefix: Prefix | null;
  /** The prefix has host bits; BIRD rejects it wherever confd writes it. */
  readonly hostBits: boolean;
};

export function readRangeEntry(text: string): RangeEntry {
  const read = parsePrefix(text);
  if (!read.ok) return { text, prefix: null, hostBits: false };
  const { hostBits, ...prefix } = read.value;
  return { text, prefix, hostBits };
}

export const readAddress = (text: string): Address | null => {
  const read = parseAddress(text);
  return read.ok ? read.value : null;
};

/** `10.10.0.11/24` or `10.10.0.11`, as nodes' annotations have it; the subnet is null without a length. */
export function readInterfaceAddress(
  text: string,
): { readonly address: Address; readonly subnet: Prefix | null } | null {
  const slash = text.indexOf('/');
  const address = readAddress(slash < 0 ? text : text.slice(0, slash));
  if (address === null) return null;
  const subnet = slash < 0 ? null : readRangeEntry(text).prefix;
  return { address, subnet };
}

/** The /32 or /128 of an address. */
export const hostPrefix = ({ family, bits }: Address): Prefix => ({
  family,
  bits,
  length: FAMILY_BITS[family],
});

export const isSingle = ({ family, length }: Prefix): boolean => length === FAMILY_BITS[family];

/** Whether `outer` contains all of `inner`. */
export const coversPrefix = (outer: Prefix, inner: Prefix): boolean =>
  outer.family === inner.family &&
  outer.length <= inner.length &&
  (inner.bits & networkMask(inner.family, outer.length)) === outer.bits;

/** `10.10.0.1`, `10.10.0.1:1790`, `fd00::1` or `[fd00::1]:1790`; null for anything else. */
export function readPeerAddress(
  text: string,
): { readonly address: Address; readonly port: number | null } | null {
  const bare = readAddress(text);
  if (bare !== null) return { address: bare, port: null };
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text);
  const address = readAddress(match?.[1] ?? match?.[2] ?? '');
  const port = Number(match?.[3] ?? 0);
  const bracketed = match?.[1] !== undefined;
  if (address === null || bracketed !== (address.family === 6) || port < 1 || port > 65_535) return null;
  return { address, port };
}

export const addressText = (address: Address | null): string =>
  address === null ? '' : formatAddress(address);

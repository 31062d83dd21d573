/** IPv6 packets with ICMPv6 messages (RFC 8200, RFC 4443), and the multicast groups of neighbour discovery. */
import {
  ETHERNET_HEADER_BYTES,
  ETHERTYPE,
  ethernetFrame,
  readUint16,
  writeUint16,
} from './ethernet-frame.ts';

export const IPV6_HEADER_BYTES = 40;
export const NEXT_HEADER_ICMPV6 = 58;

/** Neighbour discovery sends with it, and discards what arrives with less: a router would have lowered it (RFC 4861 7.1.1). */
export const HOP_LIMIT_ON_LINK = 255;

const [SOURCE_OFFSET, ADDRESSES_BYTES, CHECKSUM_OFFSET] = [8, 32, 2];
const LOW_64 = (1n << 64n) - 1n;

/** The group of all nodes on the link. */
export const ALL_NODES = 0xff02_0000_0000_0000_0000_0000_0000_0001n;

const SOLICITED_NODE_PREFIX = 0xff02_0000_0000_0000_0000_0001_ff00_0000n;
const SOLICITED_NODE_MASK = 0xff_ffffn;

/** The group of all addresses that end in the same 24 bits (RFC 4291 2.7.1). */
export const solicitedNodeGroup = (bits: bigint): bigint =>
  SOLICITED_NODE_PREFIX | (bits & SOLICITED_NODE_MASK);

export const isSolicitedNodeGroup = (bits: bigint): boolean =>
  (bits & ~SOLICITED_NODE_MASK) === SOLICITED_NODE_PREFIX;

export const isMulticast = (bits: bigint): boolean => bits >> 120n === 0xffn;

/** The MAC address that packets to a multicast group go to (RFC 2464 7). */
export function groupMac(group: bigint): Uint8Array {
  const low = Number(group & 0xffff_ffffn);
  return Uint8Array.of(0x33, 0x33, low >>> 24, low >>> 16, low >>> 8, low);
}

/** The 128 bits of an address. */
export function readAddressBits(bytes: Uint8Array, at: number): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, 16);
  return (view.getBigUint64(0) << 64n) | view.getBigUint64(8);
}

export function writeAddressBits(bytes: Uint8Array, at: number, bits: bigint): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, 16);
  view.setBigUint64(0, bits >> 64n);
  view.setBigUint64(8, bits & LOW_64);
}

/**
 * Internet checksum over the pseudo-header and the message of `length` octets, behind the IPv6 header at `at` (RFC 8200 8.1).
 * It is 0 if the message carries the right one.
 */
export function icmpChecksum(bytes: Uint8Array, at: number, length: number): number {
  const message = at + IPV6_HEADER_BYTES;
  let sum = length + NEXT_HEADER_ICMPV6;
  for (let offset = 0; offset < ADDRESSES_BYTES; offset += 2)
    sum += readUint16(bytes, at + SOURCE_OFFSET + offset);
  for (let offset = 0; offset + 1 < length; offset += 2) sum += readUint16(bytes, message + offset);
  if (length % 2 === 1) sum += (bytes[message + length - 1] ?? 0) << 8;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

export type IcmpAddressing = {
  readonly sourceMac: Uint8Array;
  readonly destinationMac: Uint8Array;
  readonly source: bigint;
  readonly destination: bigint;
};

/** Frame with this ICMPv6 message, whose checksum is filled in. */
export function icmpFrame(addressing: IcmpAddressing, message: Uint8Array): Uint8Array {
  const { sourceMac, destinationMac, source, destination } = addressing;
  const bytes = IPV6_HEADER_BYTES + message.length;
  const frame = ethernetFrame(destinationMac, sourceMac, ETHERTYPE.ipv6, bytes);
  const at = ETHERNET_HEADER_BYTES;
  frame[at] = 6 << 4;
  writeUint16(frame, at + 4, message.length);
  frame[at + 6] = NEXT_HEADER_ICMPV6;
  frame[at + 7] = HOP_LIMIT_ON_LINK;
  writeAddressBits(frame, at + 8, source);
  writeAddressBits(frame, at + 24, destination);
  frame.set(message, at + IPV6_HEADER_BYTES);
  writeUint16(frame, at + IPV6_HEADER_BYTES + CHECKSUM_OFFSET, icmpChecksum(frame, at, message.length));
  return frame;
}

/** Neighbour discovery (RFC 4861): validating solicitations and advertisements, and writing them. */
import type { Address } from '../../net/address.ts';
import { macAt, readUint16, writeMac } from './ethernet-frame.ts';
import type { IgnoredFrameReason } from './frame-verdict.ts';
import {
  ALL_NODES,
  groupMac,
  HOP_LIMIT_ON_LINK,
  IPV6_HEADER_BYTES,
  icmpChecksum,
  icmpFrame,
  isMulticast,
  isSolicitedNodeGroup,
  NEXT_HEADER_ICMPV6,
  readAddressBits,
  solicitedNodeGroup,
  writeAddressBits,
} from './ipv6-packet.ts';

/** A valid solicitation or advertisement. IPv6 addresses are their 128 bits. */
export type NeighbourPacket = {
  readonly isSolicitation: boolean;
  readonly source: bigint;
  readonly destination: bigint;
  readonly target: bigint;
  /** The link-layer address of its option: the source's in a solicitation, the target's in an advertisement. */
  readonly linkLayer: Uint8Array | null;
  /** Whether an advertisement answers a solicitation. */
  readonly isSolicited: boolean;
};

/** Length of both messages without their options. */
const MESSAGE_BYTES = 24;
const [TARGET_OFFSET, OPTION_BYTES] = [8, 8];
const [SOLICITATION, ADVERTISEMENT] = [135, 136];
const [SOURCE_LINK_LAYER, TARGET_LINK_LAYER] = [1, 2];
const [FLAG_SOLICITED, FLAG_OVERRIDE] = [0x40, 0x20];

/** Reads a packet whose IPv6 header begins at `at`; a text is the reason why it is discarded (RFC 4861 7.1.1, 7.1.2). */
export function readNeighbourPacket(bytes: Uint8Array, at: number): NeighbourPacket | IgnoredFrameReason {
  const icmp = at + IPV6_HEADER_BYTES;
  if (bytes.length < icmp + MESSAGE_BYTES) return 'too short';
  if ((bytes[at] ?? 0) >>> 4 !== 6) return 'IP version';
  if (bytes[at + 6] !== NEXT_HEADER_ICMPV6) return 'next header';
  const length = readUint16(bytes, at + 4);
  if (length < MESSAGE_BYTES || icmp + length > bytes.length) return 'payload length';
  const type = bytes[icmp];
  if (type !== SOLICITATION && type !== ADVERTISEMENT) return 'ICMP type';
  if (bytes[at + 7] !== HOP_LIMIT_ON_LINK) return 'hop limit';
  if (bytes[icmp + 1] !== 0) return 'ICMP code';
  if (icmpChecksum(bytes, at, length) !== 0) return 'checksum';
  const isSolicitation = type === SOLICITATION;
  const option = isSolicitation ? SOURCE_LINK_LAYER : TARGET_LINK_LAYER;
  const linkLayer = readLinkLayer(bytes, { from: icmp + MESSAGE_BYTES, to: icmp + length }, option);
  if (linkLayer === 'option') return linkLayer;
  const packet = {
    isSolicitation,
    source: readAddressBits(bytes, at + 8),
    destination: readAddressBits(bytes, at + 24),
    target: readAddressBits(bytes, icmp + TARGET_OFFSET),
    linkLayer,
    isSolicited: ((bytes[icmp + 4] ?? 0) & FLAG_SOLICITED) !== 0,
  };
  return addressFault(packet) ?? packet;
}

function addressFault(packet: NeighbourPacket): IgnoredFrameReason | null {
  const { isSolicitation, source, destination, target, linkLayer, isSolicited } = packet;
  if (isMulticast(target)) return 'group target';
  if (isMulticast(source)) return 'group source';
  if (!isSolicitation) return isMulticast(destination) && isSolicited ? 'solicited to a group' : null;
  const isDetection = source === 0n; // of duplicate addresses (RFC 4862 5.4.2)
  return isDetection && (!isSolicitedNodeGroup(destination) || linkLayer !== null)
    ? 'unspecified source'
    : null;
}

/** Checks all options in this part of the frame, known or not. The first link-layer address counts. */
function readLinkLayer(
  bytes: Uint8Array,
  { from, to }: { readonly from: number; readonly to: number },
  type: number,
): Uint8Array | null | 'option' {
  let found: Uint8Array | null = null;
  for (let at = from; at < to; ) {
    const length = (at + 1 < to ? (bytes[at + 1] ?? 0) : 0) * 8;
    if (length === 0 || at + length > to) return 'option';
    if (bytes[at] === type) {
      if (length !== OPTION_BYTES) return 'option'; // an Ethernet address fills one unit of eight octets (RFC 2464 6)
      found ??= macAt(bytes, at + 2);
    }
    at += length;
  }
  return found;
}

/**
 * The answer to a solicitation (RFC 4861 7.2.4), from the target itself. It overrides what the asker knew: the address may
 * have been on another node. Who asked from `::` is answered by way of all nodes.
 */
export function neighbourAnswer(
  { source, target }: NeighbourPacket,
  mac: Uint8Array,
  askerMac: Uint8Array,
): Uint8Array {
  if (source === 0n) return unsolicitedAdvertisement({ family: 6, bits: target }, mac);
  const addressing = { sourceMac: mac, destinationMac: askerMac, source: target, destination: source };
  return icmpFrame(addressing, advertisement(target, mac, FLAG_SOLICITED | FLAG_OVERRIDE));
}

/** To all nodes, which includes routers (RFC 4861 7.2.6, RFC 9131). */
export const unsolicitedAdvertisement = ({ bits }: Address, mac: Uint8Array): Uint8Array =>
  icmpFrame(
    { sourceMac: mac, destinationMac: groupMac(ALL_NODES), source: bits, destination: ALL_NODES },
    advertisement(bits, mac, FLAG_OVERRIDE),
  );

/** The router flag is clear: a Service is no router. */
function advertisement(target: bigint, mac: Uint8Array, flags: number): Uint8Array {
  const message = new Uint8Array(MESSAGE_BYTES + OPTION_BYTES);
  message[0] = ADVERTISEMENT;
  message[4] = flags;
  writeAddressBits(message, TARGET_OFFSET, target);
  message[MESSAGE_BYTES] = TARGET_LINK_LAYER;
  message[MESSAGE_BYTES + 1] = OPTION_BYTES / 8;
  writeMac(message, MESSAGE_BYTES + 2, mac);
  return message;
}

/** Asks for the MAC address of the target (RFC 4861 4.3). `mac` is the asker's, at `source`. */
export function neighbourSolicitation(question: {
  readonly source: bigint;
  readonly target: bigint;
  readonly mac: Uint8Array;
}): Uint8Array {
  const { source, target, mac } = question;
  const group = solicitedNodeGroup(target);
  const message = new Uint8Array(MESSAGE_BYTES + OPTION_BYTES);
  message[0] = SOLICITATION;
  writeAddressBits(message, TARGET_OFFSET, target);
  message[MESSAGE_BYTES] = SOURCE_LINK_LAYER;
  message[MESSAGE_BYTES + 1] = OPTION_BYTES / 8;
  writeMac(message, MESSAGE_BYTES + 2, mac);
  const addressing = { sourceMac: mac, destinationMac: groupMac(group), source, destination: group };
  return icmpFrame(addressing, message);
}

/** Asks who uses the address, as duplicate address detection does: from `::`, without options (RFC 4862 5.4.2). */
export function neighbourProbe({ bits }: Address, mac: Uint8Array): Uint8Array {
  const group = solicitedNodeGroup(bits);
  const message = new Uint8Array(MESSAGE_BYTES);
  message[0] = SOLICITATION;
  writeAddressBits(message, TARGET_OFFSET, bits);
  const addressing = { sourceMac: mac, destinationMac: groupMac(group), source: 0n, destination: group };
  return icmpFrame(addressing, message);
}

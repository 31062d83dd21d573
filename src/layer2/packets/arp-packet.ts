/** ARP for IPv4 over Ethernet (RFC 826): reading packets, and writing replies, probes and announcements. */
import type { Address } from '../../net/address.ts';
import {
  BROADCAST_MAC,
  ETHERTYPE,
  ethernetFrame,
  MAC_BYTES,
  readUint16,
  writeUint16,
} from './ethernet-frame.ts';
import type { IgnoredFrameReason } from './frame-verdict.ts';

/** An ARP packet without its constant fields. IPv4 addresses are numbers from 0 to 2^32−1. */
export type ArpPacket = {
  readonly isRequest: boolean;
  readonly senderMac: Uint8Array;
  readonly senderIp: number;
  readonly targetMac: Uint8Array;
  readonly targetIp: number;
};

export const ARP_BYTES = 28;

/** Ethernet, and IEEE 802 networks: Linux takes both for Ethernet, too. */
const HARDWARE_TYPES: readonly number[] = [1, 6];
const [HARDWARE_ETHERNET, PROTOCOL_IPV4, IPV4_BYTES] = [1, 0x0800, 4];
const [OPERATION_REQUEST, OPERATION_REPLY] = [1, 2];
const NO_MAC = new Uint8Array(MAC_BYTES);

/** Reads a packet that begins at `at`; a text is the reason why it is left alone. */
export function readArp(bytes: Uint8Array, at: number): ArpPacket | IgnoredFrameReason {
  if (bytes.length < at + ARP_BYTES) return 'too short';
  if (!HARDWARE_TYPES.includes(readUint16(bytes, at))) return 'hardware type';
  if (readUint16(bytes, at + 2) !== PROTOCOL_IPV4) return 'protocol type';
  if (bytes[at + 4] !== MAC_BYTES || bytes[at + 5] !== IPV4_BYTES) return 'address length';
  const operation = readUint16(bytes, at + 6);
  if (operation !== OPERATION_REQUEST && operation !== OPERATION_REPLY) return 'operation';
  return {
    isRequest: operation === OPERATION_REQUEST,
    senderMac: bytes.subarray(at + 8, at + 14),
    senderIp: readUint32(bytes, at + 14),
    targetMac: bytes.subarray(at + 18, at + 24),
    targetIp: readUint32(bytes, at + 24),
  };
}

/** Frame to one host, or to all, with an ARP packet. */
export function arpFrame(destination: Uint8Array, packet: ArpPacket): Uint8Array {
  const frame = ethernetFrame(destination, packet.senderMac, ETHERTYPE.arp, ARP_BYTES);
  const at = 14;
  writeUint16(frame, at, HARDWARE_ETHERNET);
  writeUint16(frame, at + 2, PROTOCOL_IPV4);
  frame[at + 4] = MAC_BYTES;
  frame[at + 5] = IPV4_BYTES;
  writeUint16(frame, at + 6, packet.isRequest ? OPERATION_REQUEST : OPERATION_REPLY);
  frame.set(packet.senderMac, at + 8);
  writeUint32(frame, at + 14, packet.senderIp);
  frame.set(packet.targetMac, at + 18);
  writeUint32(frame, at + 24, packet.targetIp);
  return frame;
}

/**
 * The reply: sender and target change places (RFC 826). It goes to the host that the packet names, which may differ from the
 * one that sent the frame. A probe is answered as well, with its own sender address 0.0.0.0 (RFC 5227 2.1.1).
 */
export const arpReply = ({ senderMac, senderIp, targetIp }: ArpPacket, mac: Uint8Array): Uint8Array =>
  arpFrame(senderMac, {
    isRequest: false,
    senderMac: mac,
    senderIp: targetIp,
    targetMac: senderMac,
    targetIp: senderIp,
  });

/**
 * Gratuitous packets in both forms, since some stacks learn from requests only, others from replies only (RFC 5944 4.6): a
 * request with target MAC 0 (RFC 5227 2.3), and a reply that repeats the MAC.
 */
export function arpAnnouncements({ bits }: Address, mac: Uint8Array): readonly Uint8Array[] {
  const ip = Number(bits);
  const packet = { senderMac: mac, senderIp: ip, targetIp: ip };
  return [
    arpFrame(BROADCAST_MAC, { ...packet, isRequest: true, targetMac: NO_MAC }),
    arpFrame(BROADCAST_MAC, { ...packet, isRequest: false, targetMac: mac }),
  ];
}

/** Asks who uses the address, without changing the tables of other hosts: sender 0.0.0.0 (RFC 5227 2.1.1). */
export const arpProbe = ({ bits }: Address, mac: Uint8Array): Uint8Array =>
  arpFrame(BROADCAST_MAC, {
    isRequest: true,
    senderMac: mac,
    senderIp: 0,
    targetMac: NO_MAC,
    targetIp: Number(bits),
  });

const readUint32 = (bytes: Uint8Array, at: number): number =>
  readUint16(bytes, at) * 0x1_0000 + readUint16(bytes, at + 2);

function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  writeUint16(bytes, at, value >>> 16);
  writeUint16(bytes, at + 2, value & 0xffff);
}

/** ARP for IPv4 over Ethernet (RFC 826): reading packets, and writing replies, probes and announcements. */
import type { Address } from '../../net/address.ts';
import {
  BROADCAST_MAC,
  ETHERNET_HEADER_BYTES,
  ETHERTYPE,
  ethernetFrame,
  MAC_BYTES,
  readUint16,
  writeMac,
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

/** A packet that was received. Its MAC addresses stay where they are in the frame. */
export type ReceivedArp = Pick<ArpPacket, 'isRequest' | 'senderIp' | 'targetIp'> & {
  readonly senderMacAt: number;
  readonly targetMacAt: number;
};

export const ARP_BYTES = 28;

const [SENDER_MAC_AT, TARGET_MAC_AT] = [8, 18];

/** Ethernet, and IEEE 802 networks: Linux takes both for Ethernet, too. */
const [HARDWARE_ETHERNET, HARDWARE_IEEE_802] = [1, 6];
const [PROTOCOL_IPV4, IPV4_BYTES] = [0x0800, 4];
const [OPERATION_REQUEST, OPERATION_REPLY] = [1, 2];
const NO_MAC = new Uint8Array(MAC_BYTES);

/** Reads a packet that begins at `at`; a text is the reason why it is left alone. */
export function readArp(bytes: Uint8Array, at: number): ReceivedArp | IgnoredFrameReason {
  if (bytes.length < at + ARP_BYTES) return 'too short';
  const hardware = readUint16(bytes, at);
  if (hardware !== HARDWARE_ETHERNET && hardware !== HARDWARE_IEEE_802) return 'hardware type';
  if (readUint16(bytes, at + 2) !== PROTOCOL_IPV4) return 'protocol type';
  if (bytes[at + 4] !== MAC_BYTES || bytes[at + 5] !== IPV4_BYTES) return 'address length';
  const operation = readUint16(bytes, at + 6);
  if (operation !== OPERATION_REQUEST && operation !== OPERATION_REPLY) return 'operation';
  return {
    isRequest: operation === OPERATION_REQUEST,
    senderIp: readUint32(bytes, at + 14),
    targetIp: readUint32(bytes, at + 24),
    senderMacAt: at + SENDER_MAC_AT,
    targetMacAt: at + TARGET_MAC_AT,
  };
}

/** Frame to one host, or to all, with an ARP packet. */
export function arpFrame(destination: Uint8Array, packet: ArpPacket): Uint8Array {
  const frame = ethernetFrame(destination, packet.senderMac, ETHERTYPE.arp, ARP_BYTES);
  const at = ETHERNET_HEADER_BYTES;
  writeUint16(frame, at, HARDWARE_ETHERNET);
  writeUint16(frame, at + 2, PROTOCOL_IPV4);
  frame[at + 4] = MAC_BYTES;
  frame[at + 5] = IPV4_BYTES;
  writeUint16(frame, at + 6, packet.isRequest ? OPERATION_REQUEST : OPERATION_REPLY);
  writeMac(frame, at + SENDER_MAC_AT, packet.senderMac);
  writeUint32(frame, at + 14, packet.senderIp);
  writeMac(frame, at + TARGET_MAC_AT, packet.targetMac);
  writeUint32(frame, at + 24, packet.targetIp);
  return frame;
}

/**
 * The reply: sender and target change places (RFC 826). It goes to the host that the packet names, which may differ from the
 * one that sent the frame. A probe is answered as well, with its own sender address 0.0.0.0 (RFC 5227 2.1.1).
 */
export function arpReply(bytes: Uint8Array, request: ReceivedArp, mac: Uint8Array): Uint8Array {
  const { senderIp, targetIp, senderMacAt } = request;
  const frame = arpFrame(NO_MAC, {
    isRequest: false,
    senderMac: mac,
    senderIp: targetIp,
    targetMac: NO_MAC,
    targetIp: senderIp,
  });
  writeMac(frame, 0, bytes, senderMacAt);
  writeMac(frame, ETHERNET_HEADER_BYTES + TARGET_MAC_AT, bytes, senderMacAt);
  return frame;
}

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

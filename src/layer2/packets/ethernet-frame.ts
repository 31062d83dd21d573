/** Ethernet frames: addresses, the type, and tags of IEEE 802.1Q. */
import type { MacAddress } from './layer2-wire.ts';

export const MAC_BYTES = 6;
export const ETHERNET_HEADER_BYTES = 14;

/** Shortest frame without its check sequence; the sender pads to it (IEEE 802.3). */
export const FRAME_BYTES_MIN = 60;

export const ETHERTYPE = { arp: 0x0806, ipv6: 0x86dd, vlan: 0x8100, serviceVlan: 0x88a8 } as const;

const [TYPE_OFFSET, TAG_BYTES] = [12, 4];
const VLAN_ID_MASK = 0xfff;

export const BROADCAST_MAC: Uint8Array = new Uint8Array(MAC_BYTES).fill(0xff);

/** A frame as a packet socket receives it. */
export type ReceivedFrame = {
  readonly bytes: Uint8Array;
  /** Tag that the kernel took off the frame (`tp_vlan_tci` of `PACKET_AUXDATA`); null if there was none. */
  readonly vlanTag: number | null;
  /** Whether the kernel considers it addressed to another host (`PACKET_OTHERHOST`), also because of its VLAN. */
  readonly isForAnotherHost: boolean;
};

export type EthernetHeader = {
  readonly type: number;
  /** Where the payload begins. */
  readonly payload: number;
  /** ID of the VLAN; 0 for frames without one, and for those that only have a priority (IEEE 802.1Q 9.6). */
  readonly vlan: number;
};

/** Reads type and tags; null if the frame is too short. */
export function readEthernetHeader({ bytes, vlanTag }: ReceivedFrame): EthernetHeader | null {
  let vlan = (vlanTag ?? 0) & VLAN_ID_MASK;
  let at = TYPE_OFFSET;
  for (;;) {
    if (at + 2 > bytes.length) return null;
    const type = readUint16(bytes, at);
    if (type !== ETHERTYPE.vlan && type !== ETHERTYPE.serviceVlan) return { type, payload: at + 2, vlan };
    if (at + TAG_BYTES > bytes.length) return null;
    vlan ||= readUint16(bytes, at + 2) & VLAN_ID_MASK;
    at += TAG_BYTES;
  }
}

/** Writes the header; the rest of the frame is zero, and at least as long as Ethernet asks for. */
export function ethernetFrame(
  destination: Uint8Array,
  source: Uint8Array,
  type: number,
  payloadBytes: number,
): Uint8Array {
  const frame = new Uint8Array(Math.max(FRAME_BYTES_MIN, ETHERNET_HEADER_BYTES + payloadBytes));
  writeMac(frame, 0, destination);
  writeMac(frame, SOURCE_MAC_AT, source);
  writeUint16(frame, TYPE_OFFSET, type);
  return frame;
}

/** Where the source of a frame begins; its destination begins at 0. */
export const SOURCE_MAC_AT = 6;

/** A copy of the MAC address at `at`. The functions below look at it where it is: they run for each frame. */
export const macAt = (bytes: Uint8Array, at: number): Uint8Array => bytes.slice(at, at + MAC_BYTES);

/** Whether the MAC address at `at` is multicast or broadcast: no host has such an address. */
export const isGroupMac = (bytes: Uint8Array, at: number): boolean => ((bytes[at] ?? 0) & 1) === 1;

export function isZeroMac(bytes: Uint8Array, at: number): boolean {
  for (let offset = 0; offset < MAC_BYTES; offset++) if (bytes[at + offset] !== 0) return false;
  return true;
}

export function isSameMac(bytes: Uint8Array, at: number, mac: Uint8Array): boolean {
  for (let offset = 0; offset < MAC_BYTES; offset++) if (bytes[at + offset] !== mac[offset]) return false;
  return true;
}

/** Copies a MAC address. */
export function writeMac(bytes: Uint8Array, at: number, mac: Uint8Array, macOffset = 0): void {
  for (let offset = 0; offset < MAC_BYTES; offset++) bytes[at + offset] = mac[macOffset + offset] ?? 0;
}

export const formatMac = (mac: Uint8Array): MacAddress =>
  Array.from(mac, (byte) => byte.toString(16).padStart(2, '0')).join(':');

/** Null if the text is no MAC address. Upper case is accepted. */
export function parseMac(text: string): Uint8Array | null {
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(text)) return null;
  return Uint8Array.from(text.split(':'), (digits) => Number.parseInt(digits, 16));
}

export const readUint16 = (bytes: Uint8Array, at: number): number =>
  ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);

export function writeUint16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value & 0xff;
}

/** Frames of a test's own making, octet by octet as the RFCs draw them, and what they say in words. */
import { type Family, formatAddress, parseAddress } from '../../../../src/net/address.ts';

export const US = '02:00:00:00:00:aa';
export const ASKER = '02:00:00:00:00:01';
export const OTHER = '02:00:00:00:00:02';
export const BROADCAST = 'ff:ff:ff:ff:ff:ff';
export const ZERO_MAC = '00:00:00:00:00:00';

export function bitsOf(text: string): bigint {
  const address = parseAddress(text);
  if (!address.ok) throw new Error(`${text} ${address.error}`);
  return address.value.bits;
}

export const macBytes = (text: string): readonly number[] =>
  text.split(':').map((digits) => Number.parseInt(digits, 16));

const ipBytes = (text: string): readonly number[] => {
  const size = text.includes(':') ? 16 : 4;
  const bits = bitsOf(text);
  return Array.from({ length: size }, (_, index) => Number((bits >> BigInt(8 * (size - 1 - index))) & 0xffn));
};

const half = (value: number): readonly number[] => [value >>> 8, value & 0xff];

export type EthernetFields = {
  readonly to?: string;
  readonly from?: string;
  readonly type?: number;
  /** Tags in the frame: their types, and priority with VLAN ID. */
  readonly tags?: readonly (readonly [type: number, tci: number])[];
  readonly padTo?: number;
  readonly cutTo?: number;
};

function ethernet(fields: EthernetFields, payload: readonly number[]): Uint8Array {
  const { to = BROADCAST, from = ASKER, type = 0x0806, tags = [], padTo = 60 } = fields;
  const tagBytes = tags.flatMap(([tagType, tci]) => [...half(tagType), ...half(tci)]);
  const bytes = [...macBytes(to), ...macBytes(from), ...tagBytes, ...half(type), ...payload];
  while (bytes.length < padTo) bytes.push(0);
  return Uint8Array.from(bytes.slice(0, fields.cutTo ?? bytes.length));
}

export type ArpFields = EthernetFields & {
  readonly hardware?: number;
  readonly protocol?: number;
  readonly lengths?: readonly [hardware: number, protocol: number];
  readonly operation?: number;
  readonly senderMac?: string;
  readonly sender?: string;
  readonly targetMac?: string;
  readonly target?: string;
};

/** A request for 192.0.2.10 by 192.0.2.1, unless the fields say otherwise. */
export function arp(fields: ArpFields = {}): Uint8Array {
  const { hardware = 1, protocol = 0x0800, lengths = [6, 4], operation = 1 } = fields;
  const { sender = '192.0.2.1', target = '192.0.2.10', targetMac = ZERO_MAC } = fields;
  const { senderMac = fields.from ?? ASKER } = fields;
  return ethernet(fields, [
    ...half(hardware),
    ...half(protocol),
    ...lengths,
    ...half(operation),
    ...macBytes(senderMac),
    ...ipBytes(sender),
    ...macBytes(targetMac),
    ...ipBytes(target),
  ]);
}

export type NdpFields = EthernetFields & {
  readonly source?: string;
  readonly destination?: string;
  readonly target?: string;
  readonly hopLimit?: number;
  readonly icmpType?: number;
  readonly code?: number;
  /** R, S and O, from the highest bit. */
  readonly flags?: number;
  /** Octets after the target; by default the link-layer address of `from`. */
  readonly options?: readonly number[];
  readonly version?: number;
  readonly nextHeader?: number;
  /** Added to the payload length. */
  readonly lengthError?: number;
  readonly checksumError?: number;
};

export const linkLayerOption = (type: number, mac: string): readonly number[] => [type, 1, ...macBytes(mac)];

export const solicitedNode = (target: string): string =>
  formatAddress({
    family: 6,
    bits: (0xff02_0000_0000_0000_0000_0001_ffn << 24n) | (bitsOf(target) & 0xff_ffffn),
  });

/** A solicitation for 2001:db8::10 to its group, unless the fields say otherwise. */
export function solicitation(fields: NdpFields = {}): Uint8Array {
  const { target = '2001:db8::10', from = ASKER } = fields;
  return ndp({
    destination: solicitedNode(target),
    target,
    icmpType: 135,
    options: linkLayerOption(1, from),
    ...fields,
  });
}

/** An unsolicited advertisement of 2001:db8::10 to all nodes, unless the fields say otherwise. */
export const advertisement = (fields: NdpFields = {}): Uint8Array =>
  ndp({
    source: 'fe80::1',
    destination: 'ff02::1',
    icmpType: 136,
    flags: 0x20,
    options: linkLayerOption(2, fields.from ?? ASKER),
    ...fields,
  });

function ndp(fields: NdpFields): Uint8Array {
  const { source = 'fe80::1', destination = '', target = '2001:db8::10', hopLimit = 255 } = fields;
  const { icmpType = 135, code = 0, flags = 0, options = [], version = 6, nextHeader = 58 } = fields;
  const message = [icmpType, code, 0, 0, flags, 0, 0, 0, ...ipBytes(target), ...options];
  const addresses = [...ipBytes(source), ...ipBytes(destination)];
  const pseudo = [...addresses, 0, 0, ...half(message.length), 0, 0, 0, 58, ...message];
  const checksum = (onesComplement(pseudo) + (fields.checksumError ?? 0)) & 0xffff;
  message.splice(2, 2, ...half(checksum));
  const header = [
    version << 4,
    0,
    0,
    0,
    ...half(message.length + (fields.lengthError ?? 0)),
    nextHeader,
    hopLimit,
  ];
  const group = Number(bitsOf(destination) & 0xffff_ffffn);
  const groupTo = `33:33:${[24, 16, 8, 0].map((shift) => ((group >>> shift) & 0xff).toString(16).padStart(2, '0')).join(':')}`;
  const to = fields.to ?? (destination.startsWith('ff') ? groupTo : US);
  return ethernet({ type: 0x86dd, ...fields, to }, [...header, ...addresses, ...message]);
}

/** RFC 1071, the slow way. */
function onesComplement(bytes: readonly number[]): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) {
    sum += ((bytes[at] ?? 0) << 8) + (bytes[at + 1] ?? 0);
    if (sum > 0xffff) sum -= 0xffff;
  }
  return 0xffff - sum;
}

const macText = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':');

const ipText = (family: Family, bytes: Uint8Array): string =>
  formatAddress({ family, bits: BigInt(`0x${Buffer.from(bytes).toString('hex')}`) });

/**
 * What a frame says: `to`, then `reply`, `request`, `NA` or `NS` with all that varies. A frame with a wrong length, checksum or
 * constant field says so.
 */
export function describeFrame(frame: Uint8Array): string {
  const part = (at: number, size: number): Uint8Array => frame.subarray(at, at + size);
  const ends = `${macText(part(6, 6))} > ${macText(part(0, 6))}`;
  const type = Buffer.from(part(12, 2)).toString('hex');
  if (type === '0806') {
    if (Buffer.from(part(14, 6)).toString('hex') !== '000108000604') return `${ends} ARP of another kind`;
    const form = ['', 'request', 'reply'][frame[21] ?? 0] ?? 'other';
    const ip = (at: number): string => ipText(4, part(at, 4));
    return `${ends} ${form} ${ip(28)} is ${macText(part(22, 6))}, to ${ip(38)} at ${macText(part(32, 6))}, ${frame.length} octets`;
  }
  if (type !== '86dd') return `${ends} type ${type}`;
  const length = ((frame[18] ?? 0) << 8) + (frame[19] ?? 0);
  const message = part(54, length);
  const pseudo = [...part(22, 32), 0, 0, ...part(18, 2), 0, 0, 0, 58, ...message];
  if (message.length !== length || onesComplement(pseudo) !== 0) return `${ends} broken ICMPv6`;
  const flags = ['R', 'S', 'O'].filter((_, bit) => ((message[4] ?? 0) & (0x80 >> bit)) !== 0).join('');
  const options = Buffer.from(message.subarray(24)).toString('hex');
  const kind = message[0] === 136 ? 'NA' : message[0] === 135 ? 'NS' : `ICMPv6 ${message[0]}`;
  const target = ipText(6, message.subarray(8, 24));
  return `${ends} ${kind} ${ipText(6, part(22, 16))} > ${ipText(6, part(38, 16))} hop ${frame[21]} ${target} [${flags}] ${options}`;
}

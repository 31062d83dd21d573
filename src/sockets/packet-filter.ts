/**
 * Filters that the kernel runs on each packet of a socket before the program sees it: classic BPF, which needs no capability
 * (`SO_ATTACH_FILTER`).
 */
import type { Family } from '../net/address.ts';
import type { Descriptor, Libc } from './libc.ts';
import { IS_LITTLE_ENDIAN } from './socket-address.ts';

/** `struct sock_filter`. Jumps count the instructions that they skip. */
export type FilterInstruction = {
  readonly code: number;
  readonly onTrue: number;
  readonly onFalse: number;
  readonly operand: number;
};

/** What the kernel knows about the packet: addressed to another host is 3 (`SKF_AD_PKTTYPE`). */
export const PACKET_TYPE = -0x1000 + 4;

/** Offsets from here on count from the header of the network layer (`SKF_NET_OFF`), on every kind of socket. */
export const NETWORK_HEADER = -0x10_0000;

/** Takes the packet in its whole length. */
const WHOLE_PACKET = 0xffff;

const INSTRUCTION_BYTES = 8;

const instruction = (code: number, operand: number, onTrue = 0, onFalse = 0): FilterInstruction => ({
  code,
  onTrue,
  onFalse,
  operand,
});

/** Loads one octet. A packet that is too short is rejected, as by every load. */
export const loadByte = (offset: number): FilterInstruction => instruction(0x30, offset);

/** Loads 32 bits, in network order. */
export const loadWord = (offset: number): FilterInstruction => instruction(0x20, offset);

/** Loads 16 bits, in network order. */
export const loadHalfword = (offset: number): FilterInstruction => instruction(0x28, offset);

/** Continues after `onTrue` further instructions if what was loaded equals `value`, else after `onFalse`. */
export const jumpIfEqual = (value: number, onTrue: number, onFalse: number): FilterInstruction =>
  instruction(0x15, value, onTrue, onFalse);

/** The same if what was loaded is at least `value`. */
export const jumpIfAtLeast = (value: number, onTrue: number, onFalse: number): FilterInstruction =>
  instruction(0x35, value, onTrue, onFalse);

/** The same if what was loaded is greater than `value`. */
export const jumpIfGreater = (value: number, onTrue: number, onFalse: number): FilterInstruction =>
  instruction(0x25, value, onTrue, onFalse);

export const acceptPacket: FilterInstruction = instruction(0x06, WHOLE_PACKET);
export const rejectPacket: FilterInstruction = instruction(0x06, 0);

/** Position of the TTL or hop limit in the IP header. */
const TTL_OFFSET: Readonly<Record<Family, number>> = { 4: 8, 6: 7 };

/** Accepts packets that arrived with at least that TTL or hop limit: 255 for who is on the link (RFC 5082 3, RFC 5881 5). */
export const ttlFilter = (family: Family, least: number): readonly FilterInstruction[] => [
  loadByte(NETWORK_HEADER + TTL_OFFSET[family]),
  jumpIfAtLeast(least, 0, 1),
  acceptPacket,
  rejectPacket,
];

const [SOL_SOCKET, SO_ATTACH_FILTER] = [1, 26];
/** `struct sock_fprog`: a length, padding, and a pointer. */
const PROGRAM_BYTES = 16;

/** Packets that arrive from now on pass through the filter. False: `libc.failure` says why not. */
export function attachFilter(libc: Libc, fd: Descriptor, program: readonly FilterInstruction[]): boolean {
  const value = { len: program.length, filter: encodeFilter(program) };
  return libc.attachFilter(fd, SOL_SOCKET, SO_ATTACH_FILTER, value, PROGRAM_BYTES) === 0;
}

/** The program as the kernel reads it. */
function encodeFilter(program: readonly FilterInstruction[]): Uint8Array {
  const bytes = new Uint8Array(program.length * INSTRUCTION_BYTES);
  const view = new DataView(bytes.buffer);
  for (const [index, { code, onTrue, onFalse, operand }] of program.entries()) {
    const at = index * INSTRUCTION_BYTES;
    view.setUint16(at, code, IS_LITTLE_ENDIAN);
    view.setUint8(at + 2, onTrue);
    view.setUint8(at + 3, onFalse);
    view.setInt32(at + 4, operand, IS_LITTLE_ENDIAN);
  }
  return bytes;
}

/**
 * Packet sockets of Linux (packet(7)): whole frames of one EtherType from and to one interface. They need the capability
 * NET_RAW, and neither an address nor a setting of the interface.
 */
import { err, ok, type Result } from '../base/result.ts';
import { type Descriptor, failureOf, type Libc } from './libc.ts';
import { attachFilter, type FilterInstruction } from './packet-filter.ts';
import { IS_LITTLE_ENDIAN } from './socket-address.ts';

/** A received frame. All of it is valid until the next call of `receive`. */
export type PacketArrival = {
  readonly bytes: Uint8Array;
  /** Tag that the kernel took off (`tp_vlan_tci`), or null. */
  readonly vlanTag: number | null;
  readonly isForAnotherHost: boolean;
};

/** Octets of a frame that are read or sent; the rest of a longer one is cut off. */
const FRAME_BYTES_MAX = 1024;
/** Frames that one call reads. */
export const FRAMES_AT_ONCE = 32;

const [AF_PACKET, SOCK_RAW, SOCK_NONBLOCK, SOCK_CLOEXEC] = [17, 3, 0o4000, 0o2000000];
const [SOL_PACKET, PACKET_ADD_MEMBERSHIP, PACKET_AUXDATA] = [263, 1, 8];
const [PACKET_MR_ALLMULTI, PACKET_OTHERHOST] = [2, 3];
const MSG_DONTWAIT = 0x40;
const TP_STATUS_VLAN_VALID = 0x10;

/** `struct sockaddr_ll`. */
const LINK_ADDRESS_BYTES = 20;

/** The error is the name of the system's error, such as `EPERM`. */
export function openPacketSocket(
  libc: Libc,
  interfaceIndex: number,
  etherType: number,
  filter: readonly FilterInstruction[],
): Result<Descriptor, string> {
  const type = SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC;
  const fd = libc.socket(AF_PACKET, type, 0); // protocol 0: nothing arrives before the filter is there
  if (fd < 0) return err(libc.failure());
  const one = int32(1);
  const address = new Uint8Array(LINK_ADDRESS_BYTES);
  const view = new DataView(address.buffer);
  view.setUint16(0, AF_PACKET, IS_LITTLE_ENDIAN);
  view.setUint16(2, etherType);
  view.setInt32(4, interfaceIndex, IS_LITTLE_ENDIAN);
  if (
    attachFilter(libc, fd, filter) &&
    libc.setsockopt(fd, SOL_PACKET, PACKET_AUXDATA, one, one.length) === 0 &&
    libc.bind(fd, address, address.length) === 0
  )
    return ok(fd);
  const failure = libc.failure();
  libc.close(fd);
  return err(failure);
}

/** Has the interface receive all multicast frames, as long as the socket is open. Null, or why not. */
export function receiveAllMulticast(libc: Libc, fd: Descriptor, interfaceIndex: number): string | null {
  const request = new Uint8Array(16); // struct packet_mreq
  const view = new DataView(request.buffer);
  view.setInt32(0, interfaceIndex, IS_LITTLE_ENDIAN);
  view.setUint16(4, PACKET_MR_ALLMULTI, IS_LITTLE_ENDIAN);
  const result = libc.setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, request, request.length);
  return result === 0 ? null : failureOf(libc);
}

/** Positions in one message's memory: frame, then its address, control data, `struct iovec`. */
const [ADDRESS_AT, CONTROL_AT, VECTOR_AT] = [FRAME_BYTES_MAX, FRAME_BYTES_MAX + 32, FRAME_BYTES_MAX + 96];
const [CONTROL_BYTES, MESSAGE_BYTES] = [64, FRAME_BYTES_MAX + 112];
/** `struct mmsghdr`, and where its fields are. */
const HEADER_BYTES = 64;
const HEADER = {
  address: 0,
  addressBytes: 8,
  vector: 16,
  vectors: 24,
  control: 32,
  controlBytes: 40,
  received: 56,
};
/** In control data: `struct cmsghdr`, then `struct tpacket_auxdata`. */
const CONTROL = { level: 8, type: 12, status: 16, tag: 32 };
const PACKET_TYPE_IN_ADDRESS = 10;

/** Reads frames, many in one call, into memory that it owns. It runs for each frame, so it makes no objects. */
export class PacketReader {
  readonly #libc: Libc;
  readonly #memory = new Uint8Array(FRAMES_AT_ONCE * MESSAGE_BYTES);
  readonly #fields = new DataView(this.#memory.buffer);
  readonly #headers = new Uint8Array(FRAMES_AT_ONCE * HEADER_BYTES);
  readonly #headerFields = new DataView(this.#headers.buffer);
  readonly #arrivals = Array.from({ length: FRAMES_AT_ONCE }, () => ({
    bytes: new Uint8Array(0),
    vlanTag: null as number | null,
    isForAnotherHost: false,
  }));
  /** Messages whose lengths the kernel has overwritten. */
  #used = FRAMES_AT_ONCE;

  constructor(libc: Libc) {
    this.#libc = libc;
    const memory = libc.addressOf(this.#memory);
    for (let index = 0; index < FRAMES_AT_ONCE; index++) {
      const start = memory + BigInt(index * MESSAGE_BYTES);
      const vector = index * MESSAGE_BYTES + VECTOR_AT;
      this.#fields.setBigUint64(vector, start, IS_LITTLE_ENDIAN);
      this.#fields.setBigUint64(vector + 8, BigInt(FRAME_BYTES_MAX), IS_LITTLE_ENDIAN);
      const header = index * HEADER_BYTES;
      const setPointer = (field: number, value: bigint): void =>
        this.#headerFields.setBigUint64(header + field, value, IS_LITTLE_ENDIAN);
      setPointer(HEADER.address, start + BigInt(ADDRESS_AT));
      setPointer(HEADER.vector, start + BigInt(VECTOR_AT));
      setPointer(HEADER.vectors, 1n);
      setPointer(HEADER.control, start + BigInt(CONTROL_AT));
    }
  }

  /**
   * Hands over what waits, at most `FRAMES_AT_ONCE` frames, and does not wait itself. Returns their number; the error is the
   * name of the system's error.
   */
  receive(fd: Descriptor, handle: (arrival: PacketArrival) => void): Result<number, string> {
    for (let index = 0; index < this.#used; index++) {
      const header = index * HEADER_BYTES;
      this.#headerFields.setUint32(header + HEADER.addressBytes, LINK_ADDRESS_BYTES, IS_LITTLE_ENDIAN);
      this.#headerFields.setUint32(header + HEADER.controlBytes, CONTROL_BYTES, IS_LITTLE_ENDIAN);
    }
    const count = this.#libc.recvmmsg(fd, this.#headers, FRAMES_AT_ONCE, MSG_DONTWAIT, null);
    this.#used = Math.max(1, count); // a call that fails may have begun with the first
    if (count < 0) {
      const failure = this.#libc.failure();
      return failure === 'EAGAIN' || failure === 'EINTR' ? ok(0) : err(failure);
    }
    for (let index = 0; index < count; index++) this.#deliver(index, handle);
    return ok(count);
  }

  #deliver(index: number, handle: (arrival: PacketArrival) => void): void {
    const arrival = this.#arrivals[index];
    if (arrival === undefined) return;
    const at = index * MESSAGE_BYTES;
    const received = this.#headerFields.getUint32(index * HEADER_BYTES + HEADER.received, IS_LITTLE_ENDIAN);
    const length = Math.min(received, FRAME_BYTES_MAX);
    // Requests are equally long, so the view of the last one nearly always fits.
    if (arrival.bytes.length !== length) arrival.bytes = this.#memory.subarray(at, at + length);
    arrival.vlanTag = this.#vlanTag(index);
    arrival.isForAnotherHost = this.#memory[at + ADDRESS_AT + PACKET_TYPE_IN_ADDRESS] === PACKET_OTHERHOST;
    handle(arrival);
  }

  #vlanTag(index: number): number | null {
    const header = index * HEADER_BYTES;
    const bytes = this.#headerFields.getUint32(header + HEADER.controlBytes, IS_LITTLE_ENDIAN);
    const at = index * MESSAGE_BYTES + CONTROL_AT;
    const fields = this.#fields;
    if (bytes < CONTROL.tag + 2) return null;
    if (fields.getInt32(at + CONTROL.level, IS_LITTLE_ENDIAN) !== SOL_PACKET) return null;
    if (fields.getInt32(at + CONTROL.type, IS_LITTLE_ENDIAN) !== PACKET_AUXDATA) return null;
    const status = fields.getUint32(at + CONTROL.status, IS_LITTLE_ENDIAN);
    return (status & TP_STATUS_VLAN_VALID) === 0
      ? null
      : fields.getUint16(at + CONTROL.tag, IS_LITTLE_ENDIAN);
  }
}

/**
 * Sends frames from memory that it owns: V8 keeps a small array in its heap, and has to move it out of there before a system
 * call can read it, which takes longer than the copy.
 */
export class PacketSender {
  readonly #libc: Libc;
  readonly #memory = new Uint8Array(FRAME_BYTES_MAX);

  constructor(libc: Libc) {
    this.#libc = libc;
  }

  /** Whether the kernel took the frame, which has at most `FRAME_BYTES_MAX` octets. */
  send(fd: Descriptor, frame: Uint8Array): boolean {
    this.#memory.set(frame);
    return this.#libc.send(fd, this.#memory, frame.length, 0) === frame.length;
  }
}

const int32 = (value: number): Uint8Array => {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, value, IS_LITTLE_ENDIAN);
  return bytes;
};

/**
 * Packet sockets of the interfaces that answer: two for each, one for ARP and one for neighbour discovery, so that frames of
 * other interfaces cost nothing. The kernel drops what is neither.
 */

import { isDeepStrictEqual } from 'node:util';
import type { Family } from '../../net/address.ts';
import { type Descriptor, failureOf, type Libc } from '../../sockets/libc.ts';
import { attachFilter, type FilterInstruction } from '../../sockets/packet-filter.ts';
import {
  openPacketSocket,
  PacketReader,
  PacketSender,
  receiveAllMulticast,
} from '../../sockets/packet-socket.ts';
import type { NumberRange } from '../packets/covering-ranges.ts';
import { ETHERTYPE, type ReceivedFrame } from '../packets/ethernet-frame.ts';
import type { WireInterface } from '../packets/layer2-wire.ts';
import { arpFilter, NDP_FILTER } from './wire-filters.ts';

const ETHERTYPES: Readonly<Record<Family, number>> = { 4: ETHERTYPE.arp, 6: ETHERTYPE.ipv6 };

type OpenSocket = {
  readonly fd: Descriptor;
  readonly interfaceIndex: number;
  readonly family: Family;
  readonly deliver: (frame: ReceivedFrame) => void;
};

export class WireSockets {
  readonly #libc: Libc;
  readonly #handle: (interfaceIndex: number, frame: ReceivedFrame) => void;
  readonly #reader: PacketReader;
  readonly #sender: PacketSender;
  #sockets: readonly OpenSocket[] = [];
  /** By the index of the interface: a socket that sends there. */
  readonly #senders = new Map<number, Descriptor>();
  #ranges: readonly NumberRange[] = [];
  readonly #filters: Record<Family, readonly FilterInstruction[]> = { 4: arpFilter([]), 6: NDP_FILTER };

  /** `handle` gets the frames that `receive` reads. */
  constructor(libc: Libc, handle: (interfaceIndex: number, frame: ReceivedFrame) => void) {
    this.#libc = libc;
    this.#handle = handle;
    this.#reader = new PacketReader(libc);
    this.#sender = new PacketSender(libc);
  }

  /** Null, or the name of the error with which packet sockets are refused. */
  static check(libc: Libc): string | null {
    const fd = openPacketSocket(libc, 0, 0, NDP_FILTER);
    if (!fd.ok) return fd.error;
    libc.close(fd.value);
    return null;
  }

  get count(): number {
    return this.#sockets.length;
  }

  get descriptors(): readonly Descriptor[] {
    return this.#sockets.map(({ fd }) => fd);
  }

  /** Opens and closes sockets as the interfaces come and go. Returns a sentence for each that cannot be opened. */
  setInterfaces(interfaces: readonly WireInterface[]): readonly string[] {
    const problems: string[] = [];
    const next: OpenSocket[] = [];
    for (const { index, name, families } of interfaces)
      for (const family of [4, 6] as const) {
        if (!families[family]) continue;
        const open = this.#find(index, family);
        if (open !== undefined) {
          next.push(open);
          continue;
        }
        const fd = openPacketSocket(this.#libc, index, ETHERTYPES[family], this.#filters[family]);
        const deliver = (frame: ReceivedFrame): void => this.#handle(index, frame);
        if (fd.ok) next.push({ fd: fd.value, interfaceIndex: index, family, deliver });
        else if (fd.error !== 'ENODEV' && fd.error !== 'ENXIO')
          problems.push(`interface ${name} is not answered on for IPv${family}: ${failureOf(this.#libc)}`);
      }
    for (const socket of this.#sockets) if (!next.includes(socket)) this.#libc.close(socket.fd);
    this.#sockets = next;
    this.#senders.clear();
    for (const { interfaceIndex, fd } of next) this.#senders.set(interfaceIndex, fd);
    return problems;
  }

  /** Until the next interfaces, a socket of other origin is the only one. It is closed with them. */
  useOnly(fd: Descriptor, interfaceIndex: number): void {
    const deliver = (frame: ReceivedFrame): void => this.#handle(interfaceIndex, frame);
    this.#sockets = [{ fd, interfaceIndex, family: 4, deliver }];
    this.#senders.set(interfaceIndex, fd);
  }

  /**
   * ARP packets are received whose sender or target is in one of the ranges. Null, or a sentence about a socket whose filter
   * could not be replaced.
   */
  setRanges(ranges: readonly NumberRange[]): string | null {
    if (isDeepStrictEqual(ranges, this.#ranges)) return null;
    this.#ranges = ranges;
    this.#filters[4] = arpFilter(ranges);
    let problem: string | null = null;
    for (const { fd, family } of this.#sockets)
      if (family === 4 && !attachFilter(this.#libc, fd, this.#filters[4]))
        problem = `new addresses may not be answered for by ARP: the kernel rejects the packet filter: ${failureOf(this.#libc)}`;
    return problem;
  }

  /** Reads what waits on the socket at this place of the list, as much as one call reads. */
  receive(position: number): void {
    const socket = this.#sockets[position];
    if (socket !== undefined) this.#reader.receive(socket.fd, socket.deliver); // fails for one that went down
  }

  /** Whether the kernel took the frame. */
  send(interfaceIndex: number, frame: Uint8Array): boolean {
    const fd = this.#senders.get(interfaceIndex);
    return fd !== undefined && this.#sender.send(fd, frame);
  }

  /** For groups that could not be joined. Null, or why not. */
  receiveAllMulticast(interfaceIndex: number): string | null {
    const socket = this.#find(interfaceIndex, 6);
    return socket === undefined ? null : receiveAllMulticast(this.#libc, socket.fd, interfaceIndex);
  }

  close(): void {
    for (const { fd } of this.#sockets) this.#libc.close(fd);
    this.#sockets = [];
    this.#senders.clear();
  }

  #find(interfaceIndex: number, family: Family): OpenSocket | undefined {
    return this.#sockets.find((one) => one.interfaceIndex === interfaceIndex && one.family === family);
  }
}

/**
 * Packet sockets of the interfaces that answer: two for each, one for ARP and one for neighbour discovery, so that frames of
 * other interfaces cost nothing. The kernel drops what is neither.
 */

import type { Family } from '../../net/address.ts';
import { type Descriptor, failureOf, type Libc } from '../../sockets/libc.ts';
import {
  acceptPacket,
  type FilterInstruction,
  jumpIfEqual,
  loadByte,
  loadWord,
  PACKET_TYPE,
  rejectPacket,
} from '../../sockets/packet-filter.ts';
import { openPacketSocket, PacketReader, receiveAllMulticast } from '../../sockets/packet-socket.ts';
import { ETHERTYPE, type ReceivedFrame } from '../packets/ethernet-frame.ts';
import type { WireInterface } from '../packets/layer2-wire.ts';

/** Its packets are those of another host, or of a VLAN that the node does not have (`PACKET_OTHERHOST`). */
const OTHER_HOST = 3;
/** Positions in the frame: next header of IPv6, type of ICMPv6. */
const [NEXT_HEADER_AT, ICMP_TYPE_AT] = [20, 54];
const [ICMPV6, SOLICITATION, ADVERTISEMENT] = [58, 135, 136];

const ARP_FILTER: readonly FilterInstruction[] = [
  loadWord(PACKET_TYPE),
  jumpIfEqual(OTHER_HOST, 1, 0),
  acceptPacket,
  rejectPacket,
];

const NDP_FILTER: readonly FilterInstruction[] = [
  loadByte(NEXT_HEADER_AT),
  jumpIfEqual(ICMPV6, 0, 6),
  loadByte(ICMP_TYPE_AT),
  jumpIfEqual(SOLICITATION, 1, 0),
  jumpIfEqual(ADVERTISEMENT, 0, 3),
  loadWord(PACKET_TYPE),
  jumpIfEqual(OTHER_HOST, 1, 0),
  acceptPacket,
  rejectPacket,
];

const FILTERS: Readonly<Record<Family, readonly FilterInstruction[]>> = { 4: ARP_FILTER, 6: NDP_FILTER };
const ETHERTYPES: Readonly<Record<Family, number>> = { 4: ETHERTYPE.arp, 6: ETHERTYPE.ipv6 };

type OpenSocket = { readonly fd: Descriptor; readonly interfaceIndex: number; readonly family: Family };

export class WireSockets {
  readonly #libc: Libc;
  readonly #reader: PacketReader;
  #sockets: readonly OpenSocket[] = [];

  constructor(libc: Libc) {
    this.#libc = libc;
    this.#reader = new PacketReader(libc);
  }

  /** Null, or the name of the error with which packet sockets are refused. */
  static check(libc: Libc): string | null {
    const fd = openPacketSocket(libc, 0, 0, ARP_FILTER);
    if (!fd.ok) return fd.error;
    libc.close(fd.value);
    return null;
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
        const fd = openPacketSocket(this.#libc, index, ETHERTYPES[family], FILTERS[family]);
        if (fd.ok) next.push({ fd: fd.value, interfaceIndex: index, family });
        else if (fd.error !== 'ENODEV' && fd.error !== 'ENXIO')
          problems.push(`interface ${name} is not answered on for IPv${family}: ${failureOf(this.#libc)}`);
      }
    for (const socket of this.#sockets) if (!next.includes(socket)) this.#libc.close(socket.fd);
    this.#sockets = next;
    return problems;
  }

  /** Hands over the frames that wait on a socket, as many as one call reads. An interface that went down has none. */
  receive(fd: Descriptor, handle: (interfaceIndex: number, frame: ReceivedFrame) => void): void {
    const socket = this.#sockets.find((one) => one.fd === fd);
    if (socket === undefined) return;
    this.#reader.receive(fd, (frame) => handle(socket.interfaceIndex, frame));
  }

  /** Whether the kernel took the frame. */
  send(interfaceIndex: number, frame: Uint8Array): boolean {
    const socket = this.#find(interfaceIndex, 4) ?? this.#find(interfaceIndex, 6);
    return socket !== undefined && this.#libc.send(socket.fd, frame, frame.length, 0) === frame.length;
  }

  /** For groups that could not be joined. Null, or why not. */
  receiveAllMulticast(interfaceIndex: number): string | null {
    const socket = this.#find(interfaceIndex, 6);
    return socket === undefined ? null : receiveAllMulticast(this.#libc, socket.fd, interfaceIndex);
  }

  close(): void {
    for (const { fd } of this.#sockets) this.#libc.close(fd);
    this.#sockets = [];
  }

  #find(interfaceIndex: number, family: Family): OpenSocket | undefined {
    return this.#sockets.find((one) => one.interfaceIndex === interfaceIndex && one.family === family);
  }
}

/**
 * IPv6 multicast groups of interfaces: the kernel receives their frames, and reports them by MLD (RFC 3810), so that
 * switches forward them. One socket has memory for some hundred groups (`net.core.optmem_max`), so there are as many as needed.
 */
import { type Descriptor, failureOf, type Libc } from './libc.ts';
import { AF, IS_LITTLE_ENDIAN } from './socket-address.ts';

const [SOCK_DGRAM, SOCK_NONBLOCK, SOCK_CLOEXEC] = [2, 0o4000, 0o2000000];
const IPPROTO_IPV6 = 41;
const [IPV6_JOIN_GROUP, IPV6_LEAVE_GROUP] = [20, 21];
/** The memory of the socket is used up. */
const FULL: readonly string[] = ['ENOMEM', 'ENOBUFS'];

type GroupSocket = { readonly fd: Descriptor; isFull: boolean };

export class MulticastGroups {
  readonly #libc: Libc;
  readonly #sockets: GroupSocket[] = [];
  /** The socket that joined each group. */
  readonly #joined = new Map<string, GroupSocket>();

  constructor(libc: Libc) {
    this.#libc = libc;
  }

  get socketCount(): number {
    return this.#sockets.length;
  }

  /** Null, or why the group could not be joined. */
  join(interfaceIndex: number, group: bigint): string | null {
    const key = `${interfaceIndex} ${group}`;
    if (this.#joined.has(key)) return null;
    const request = membership(interfaceIndex, group);
    for (const socket of this.#sockets) {
      if (socket.isFull) continue;
      if (this.#set(socket, IPV6_JOIN_GROUP, request)) return this.#keep(key, socket);
      if (!FULL.includes(this.#libc.failure())) return failureOf(this.#libc);
      socket.isFull = true;
    }
    const fd = this.#libc.socket(AF[6], SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return failureOf(this.#libc);
    const socket = { fd, isFull: false };
    if (this.#set(socket, IPV6_JOIN_GROUP, request)) {
      this.#sockets.push(socket);
      return this.#keep(key, socket);
    }
    const failure = failureOf(this.#libc);
    this.#libc.close(fd);
    return failure;
  }

  /** Does nothing for a group that was not joined. */
  leave(interfaceIndex: number, group: bigint): void {
    const key = `${interfaceIndex} ${group}`;
    const socket = this.#joined.get(key);
    if (socket === undefined) return;
    this.#joined.delete(key);
    this.#set(socket, IPV6_LEAVE_GROUP, membership(interfaceIndex, group)); // fails if the interface is gone: it left, too
    socket.isFull = false;
  }

  /** Leaves all groups. */
  close(): void {
    for (const { fd } of this.#sockets.splice(0)) this.#libc.close(fd);
    this.#joined.clear();
  }

  #set({ fd }: GroupSocket, option: number, request: Uint8Array): boolean {
    return this.#libc.setsockopt(fd, IPPROTO_IPV6, option, request, request.length) === 0;
  }

  #keep(key: string, socket: GroupSocket): null {
    this.#joined.set(key, socket);
    return null;
  }
}

/** `struct ipv6_mreq`. */
function membership(interfaceIndex: number, group: bigint): Uint8Array {
  const bytes = new Uint8Array(20);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, group >> 64n);
  view.setBigUint64(8, group & 0xffff_ffff_ffff_ffffn);
  view.setInt32(16, interfaceIndex, IS_LITTLE_ENDIAN);
  return bytes;
}

/** A socket on which the kernel lists the interfaces and their addresses, and reports each change (rtnetlink(7)). */
import { err, ok, type Result } from '../base/result.ts';
import { type Descriptor, failureOf, type Libc } from './libc.ts';
import { IS_LITTLE_ENDIAN } from './socket-address.ts';

const [AF_NETLINK, SOCK_RAW, SOCK_NONBLOCK, SOCK_CLOEXEC, NETLINK_ROUTE] = [16, 3, 0o4000, 0o2000000, 0];
const [RTMGRP_LINK, RTMGRP_IPV4_IFADDR, RTMGRP_IPV6_IFADDR] = [1, 0x10, 0x100];
const NLM_F_REQUEST_DUMP = 0x301;
const HEADER_BYTES = 16;
/** `struct ifinfomsg`, which is longer than `struct ifaddrmsg`. */
const BODY_BYTES = 16;
const MSG_DONTWAIT = 0x40;
const [SOL_SOCKET, SO_RCVBUF] = [1, 8];
/** Room for changes that come together, as when thousands of addresses are added. */
const RECEIVE_BUFFER_BYTES = 1024 ** 2;
/** The kernel never sends more in one piece. */
const BUFFER_BYTES = 64 * 1024;

/** Requests of lists. */
export const LIST = { links: 18 /* RTM_GETLINK */, addresses: 22 /* RTM_GETADDR */ } as const;

/** The error is a sentence. */
export function openNetlinkSocket(libc: Libc): Result<Descriptor, string> {
  const fd = libc.socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_ROUTE);
  if (fd < 0) return err(`the kernel cannot create a netlink socket: ${failureOf(libc)}`);
  const address = new Uint8Array(12); // struct sockaddr_nl
  const view = new DataView(address.buffer);
  view.setUint16(0, AF_NETLINK, IS_LITTLE_ENDIAN);
  const room = new Uint8Array(Int32Array.of(RECEIVE_BUFFER_BYTES).buffer);
  libc.setsockopt(fd, SOL_SOCKET, SO_RCVBUF, room, room.length); // the kernel gives what it may
  view.setUint32(8, RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR, IS_LITTLE_ENDIAN);
  if (libc.bind(fd, address, address.length) === 0) return ok(fd);
  const failure = failureOf(libc);
  libc.close(fd);
  return err(`the kernel does not report changes of interfaces: ${failure}`);
}

/** Asks for a list; it arrives like the changes, and one list at a time. Null, or why it cannot be had. */
export function requestList(libc: Libc, fd: Descriptor, type: number): string | null {
  const request = new Uint8Array(HEADER_BYTES + BODY_BYTES);
  const view = new DataView(request.buffer);
  view.setUint32(0, request.length, IS_LITTLE_ENDIAN);
  view.setUint16(4, type, IS_LITTLE_ENDIAN);
  view.setUint16(6, NLM_F_REQUEST_DUMP, IS_LITTLE_ENDIAN);
  if (libc.send(fd, request, request.length, 0) === request.length) return null;
  return `the kernel does not list its interfaces: ${failureOf(libc)}`;
}

export class NetlinkReader {
  readonly #libc: Libc;
  readonly #buffer = Buffer.alloc(BUFFER_BYTES);

  constructor(libc: Libc) {
    this.#libc = libc;
  }

  /**
   * The next messages, valid until the next call; null if none wait. The error is the name of the system's error: `ENOBUFS`
   * says that changes were lost.
   */
  receive(fd: Descriptor): Result<Uint8Array | null, string> {
    const size = this.#libc.recv(fd, this.#buffer, BUFFER_BYTES, MSG_DONTWAIT);
    if (size >= 0) return ok(this.#buffer.subarray(0, size));
    const failure = this.#libc.failure();
    return failure === 'EAGAIN' || failure === 'EINTR' ? ok(null) : err(failure);
  }
}

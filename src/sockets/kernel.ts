/**
 * Sockets of TCP and UDP with options that Node does not offer. If the system calls cannot be loaded, only what needs such a
 * socket is unavailable.
 */
import type { Server, Socket } from 'node:net';
import { err, ok, type Result } from '../base/result.ts';
import type { Address, Family } from '../net/address.ts';
import { type Descriptor, failureOf, type Libc, loadLibc } from './libc.ts';
import { attachFilter, type FilterInstruction } from './packet-filter.ts';
import { AF, socketAddress } from './socket-address.ts';
import type { SocketOption } from './socket-options.ts';

const SOCKET_TYPE = { TCP: 1 /* SOCK_STREAM */, UDP: 2 /* SOCK_DGRAM */ } as const;
const [SOCK_NONBLOCK, SOCK_CLOEXEC] = [0o4000, 0o2000000];

export class Kernel {
  readonly #libc: Libc;

  constructor(libc: Libc) {
    this.#libc = libc;
  }

  /** Opens an unconnected socket with these options, not blocking. The error is a sentence. */
  openSocket(
    protocol: keyof typeof SOCKET_TYPE,
    family: Family,
    options: readonly SocketOption[],
  ): Result<Descriptor, string> {
    const fd = this.#libc.socket(AF[family], SOCKET_TYPE[protocol] | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return err(`the kernel cannot create an IPv${family} socket: ${failureOf(this.#libc)}`);
    const failure = this.setOptions(fd, options);
    if (failure === null) return ok(fd);
    this.close(fd);
    return err(failure);
  }

  /** Null, or why an option could not be set. */
  setOptions(fd: Descriptor, options: readonly SocketOption[]): string | null {
    for (const { level, name, value, purpose } of options) {
      if (this.#libc.setsockopt(fd, level, name, value, value.length) === 0) continue;
      return `the kernel rejects ${purpose}: ${failureOf(this.#libc)}`;
    }
    return null;
  }

  /** Packets that arrive from now on pass through the filter. Null, or why it could not be attached. */
  attachFilter(fd: Descriptor, program: readonly FilterInstruction[]): string | null {
    if (attachFilter(this.#libc, fd, program)) return null;
    return `the kernel rejects the packet filter: ${failureOf(this.#libc)}`;
  }

  /** Port 0 selects a free one; `scope` is the interface of a link-local address. Null, or why the port cannot be bound. */
  bind(fd: Descriptor, address: Address, port: number, scope = 0): string | null {
    const bytes = socketAddress(address, port, scope);
    if (this.#libc.bind(fd, bytes, bytes.length) === 0) return null;
    return `port ${port} cannot be bound: ${failureOf(this.#libc)}`;
  }

  /** For a descriptor that was given to nobody: a socket of Node closes its own. */
  close(fd: Descriptor): void {
    this.#libc.close(fd);
  }
}

/** `feature` begins the error, which is a sentence about it. */
export async function loadKernel(feature: string): Promise<Result<Kernel, string>> {
  const libc = await loadLibc(feature);
  return libc.ok ? ok(new Kernel(libc.value)) : libc;
}

/** File descriptor of an open socket, from Node's internal handle. */
export function descriptorOf(socket: Socket | Server): Descriptor | null {
  const handle: unknown = '_handle' in socket ? socket._handle : null;
  if (typeof handle !== 'object' || handle === null || !('fd' in handle)) return null;
  return typeof handle.fd === 'number' && handle.fd >= 0 ? handle.fd : null;
}

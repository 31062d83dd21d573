/**
 * System calls that Node does not offer, through koffi. It is loaded when the first socket needs it; if that fails, only
 * what needs such a socket is unavailable.
 */
import type { Server, Socket } from 'node:net';
import { getSystemErrorName } from 'node:util';
import { err, ok, type Result } from '../base/result.ts';
import { systemErrorText } from '../base/system-error.ts';
import type { Address, Family } from '../net/address.ts';
import { encodeFilter, type FilterInstruction } from './packet-filter.ts';
import { AF, socketAddress } from './socket-address.ts';
import type { SocketOption } from './socket-options.ts';

/** A file descriptor. */
export type Descriptor = number;

const SOCKET_TYPE = { TCP: 1 /* SOCK_STREAM */, UDP: 2 /* SOCK_DGRAM */ } as const;
const [SOCK_NONBLOCK, SOCK_CLOEXEC] = [0o4000, 0o2000000];
const [SOL_SOCKET, SO_ATTACH_FILTER] = [1, 26];
/** `struct sock_fprog`: a length, padding, and a pointer. */
const FILTER_BYTES = 16;

type FilterProgram = { readonly len: number; readonly filter: Uint8Array };

type SystemCalls = {
  readonly socket: (family: number, type: number, protocol: number) => number;
  readonly setsockopt: (fd: number, level: number, name: number, value: Uint8Array, size: number) => number;
  readonly attachFilter: (
    ...args: [fd: number, level: number, name: number, value: FilterProgram, size: number]
  ) => number;
  readonly bind: (fd: number, address: Uint8Array, size: number) => number;
  readonly close: (fd: number) => number;
  readonly errno: () => number;
};

export class Kernel {
  readonly #calls: SystemCalls;

  constructor(calls: SystemCalls) {
    this.#calls = calls;
  }

  /** Opens an unconnected socket with these options, not blocking. The error is a sentence. */
  openSocket(
    protocol: keyof typeof SOCKET_TYPE,
    family: Family,
    options: readonly SocketOption[],
  ): Result<Descriptor, string> {
    const fd = this.#calls.socket(AF[family], SOCKET_TYPE[protocol] | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return err(`the kernel cannot create an IPv${family} socket: ${this.#lastErrorText()}`);
    const failure = this.setOptions(fd, options);
    if (failure === null) return ok(fd);
    this.close(fd);
    return err(failure);
  }

  /** Null, or why an option could not be set. */
  setOptions(fd: Descriptor, options: readonly SocketOption[]): string | null {
    for (const { level, name, value, purpose } of options) {
      if (this.#calls.setsockopt(fd, level, name, value, value.length) === 0) continue;
      return `the kernel rejects ${purpose}: ${this.#lastErrorText()}`;
    }
    return null;
  }

  /** Packets that arrive from now on pass through the filter. Null, or why it could not be attached. */
  attachFilter(fd: Descriptor, program: readonly FilterInstruction[]): string | null {
    const value = { len: program.length, filter: encodeFilter(program) };
    if (this.#calls.attachFilter(fd, SOL_SOCKET, SO_ATTACH_FILTER, value, FILTER_BYTES) === 0) return null;
    return `the kernel rejects the packet filter: ${this.#lastErrorText()}`;
  }

  /** Port 0 selects a free one; `scope` is the interface of a link-local address. Null, or why the port cannot be bound. */
  bind(fd: Descriptor, address: Address, port: number, scope = 0): string | null {
    const bytes = socketAddress(address, port, scope);
    if (this.#calls.bind(fd, bytes, bytes.length) === 0) return null;
    return `port ${port} cannot be bound: ${this.#lastErrorText()}`;
  }

  /** For a descriptor that was given to nobody: a socket of Node closes its own. */
  close(fd: Descriptor): void {
    this.#calls.close(fd);
  }

  #lastErrorText(): string {
    return systemErrorText({ code: getSystemErrorName(-this.#calls.errno()) });
  }
}

let loading: Promise<Result<Kernel, string>> | null = null;

/** The error is the predicate of a sentence about the feature that needs the system calls. */
async function load(): Promise<Result<Kernel, string>> {
  if (process.platform !== 'linux') return err(`needs Linux: this is ${process.platform}`);
  try {
    const koffi = await import('koffi');
    const libc = koffi.load(null);
    const filterProgram = koffi.struct({ len: 'uint16', filter: 'const uint8_t *' });
    return ok(
      new Kernel({
        socket: libc.func('int socket(int family, int type, int protocol)'),
        setsockopt: libc.func('int setsockopt(int fd, int level, int name, const uint8_t *value, uint size)'),
        attachFilter: libc.func('setsockopt', 'int', [
          ...['int', 'int', 'int'],
          koffi.pointer(filterProgram),
          'uint',
        ]),
        bind: libc.func('int bind(int fd, const uint8_t *address, uint size)'),
        close: libc.func('int close(int fd)'),
        errno: () => koffi.errno(),
      }),
    );
  } catch (error) {
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    return err(`needs the package koffi, which cannot be loaded: ${reason}`);
  }
}

/** Loads the system calls once. `feature` begins the error, which is a sentence about it. */
export async function loadKernel(feature: string): Promise<Result<Kernel, string>> {
  loading ??= load();
  const kernel = await loading;
  return kernel.ok ? kernel : err(`${feature} ${kernel.error}`);
}

/** File descriptor of an open socket, from Node's internal handle. */
export function descriptorOf(socket: Socket | Server): Descriptor | null {
  const handle: unknown = '_handle' in socket ? socket._handle : null;
  if (typeof handle !== 'object' || handle === null || !('fd' in handle)) return null;
  return typeof handle.fd === 'number' && handle.fd >= 0 ? handle.fd : null;
}

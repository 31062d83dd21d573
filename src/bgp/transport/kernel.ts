/**
 * The few calls of the kernel that Node does not offer, through koffi. It is loaded when the first socket needs them,
 * and where it cannot be, those sockets alone cannot be had.
 */
import type { Server, Socket } from 'node:net';
import { getSystemErrorName } from 'node:util';
import { err, ok, type Result } from '../../base/result.ts';
import type { Family } from '../../net/address.ts';
import { AF, type SocketOption } from './socket-options.ts';

/** A file descriptor. */
export type Descriptor = number;

const SOCK_STREAM = 1;
const [SOCK_NONBLOCK, SOCK_CLOEXEC] = [0o4000, 0o2000000];

type SystemCalls = {
  readonly socket: (family: number, type: number, protocol: number) => number;
  readonly setsockopt: (fd: number, level: number, name: number, value: Uint8Array, size: number) => number;
  readonly close: (fd: number) => number;
  readonly errno: () => number;
};

export class Kernel {
  readonly #calls: SystemCalls;

  constructor(calls: SystemCalls) {
    this.#calls = calls;
  }

  /** A TCP socket with these options, not connected yet. The error is a sentence. */
  openSocket(family: Family, options: readonly SocketOption[]): Result<Descriptor, string> {
    const fd = this.#calls.socket(AF[family], SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return err(`the kernel gives no socket for IPv${family} (${this.#lastErrorName()})`);
    const failure = this.setOptions(fd, options);
    if (failure === null) return ok(fd);
    this.#calls.close(fd);
    return err(failure);
  }

  /** Null, or why it could not be done. */
  setOptions(fd: Descriptor, options: readonly SocketOption[]): string | null {
    for (const { level, name, value, purpose } of options) {
      if (this.#calls.setsockopt(fd, level, name, value, value.length) === 0) continue;
      return `the kernel does not take ${purpose} (${this.#lastErrorName()})`;
    }
    return null;
  }

  #lastErrorName(): string {
    return getSystemErrorName(-this.#calls.errno());
  }
}

let loading: Promise<Result<Kernel, string>> | null = null;

/** The same one for everybody. The error is a sentence. */
export function loadKernel(): Promise<Result<Kernel, string>> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Result<Kernel, string>> {
  const features = 'a password (TCP MD5) or TTL security';
  if (process.platform !== 'linux')
    return err(`${features} can be had on Linux only, not on ${process.platform}`);
  try {
    const koffi = await import('koffi');
    const libc = koffi.load(null);
    return ok(
      new Kernel({
        socket: libc.func('int socket(int family, int type, int protocol)'),
        setsockopt: libc.func('int setsockopt(int fd, int level, int name, const uint8_t *value, uint size)'),
        close: libc.func('int close(int fd)'),
        errno: () => koffi.errno(),
      }),
    );
  } catch (error) {
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    return err(`${features} needs the package koffi, which cannot be loaded on this machine: ${reason}`);
  }
}

/** Of a socket that is open; Node has it, and does not say so. */
export function descriptorOf(socket: Socket | Server): Descriptor | null {
  const handle: unknown = '_handle' in socket ? socket._handle : null;
  if (typeof handle !== 'object' || handle === null || !('fd' in handle)) return null;
  return typeof handle.fd === 'number' && handle.fd >= 0 ? handle.fd : null;
}

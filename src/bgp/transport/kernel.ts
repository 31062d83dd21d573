/**
 * System calls that Node does not offer, through koffi. It is loaded when the first socket needs it; if that fails, only
 * sockets with a password or TTL security are unavailable.
 */
import type { Server, Socket } from 'node:net';
import { getSystemErrorName } from 'node:util';
import { err, ok, type Result } from '../../base/result.ts';
import { systemErrorText } from '../../base/system-error.ts';
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

  /** Opens an unconnected TCP socket with these options. The error is a sentence. */
  openSocket(family: Family, options: readonly SocketOption[]): Result<Descriptor, string> {
    const fd = this.#calls.socket(AF[family], SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return err(`the kernel cannot create an IPv${family} socket: ${this.#lastErrorText()}`);
    const failure = this.setOptions(fd, options);
    if (failure === null) return ok(fd);
    this.#calls.close(fd);
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

  #lastErrorText(): string {
    return systemErrorText({ code: getSystemErrorName(-this.#calls.errno()) });
  }
}

let loading: Promise<Result<Kernel, string>> | null = null;

/** Loads the system calls once. The error is a sentence. */
export function loadKernel(): Promise<Result<Kernel, string>> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Result<Kernel, string>> {
  const features = 'a password (TCP MD5) or TTL security';
  if (process.platform !== 'linux') return err(`${features} needs Linux: this is ${process.platform}`);
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
    return err(`${features} needs the package koffi, which cannot be loaded: ${reason}`);
  }
}

/** File descriptor of an open socket, from Node's internal handle. */
export function descriptorOf(socket: Socket | Server): Descriptor | null {
  const handle: unknown = '_handle' in socket ? socket._handle : null;
  if (typeof handle !== 'object' || handle === null || !('fd' in handle)) return null;
  return typeof handle.fd === 'number' && handle.fd >= 0 ? handle.fd : null;
}

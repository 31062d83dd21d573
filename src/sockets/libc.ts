/** System calls through koffi, as the C library declares them. Loaded once in each thread, when the first socket needs it. */
import { getSystemErrorName } from 'node:util';
import { err, ok, type Result } from '../base/result.ts';
import { systemErrorText } from '../base/system-error.ts';

/** A file descriptor. */
export type Descriptor = number;

/** `struct sock_fprog`. */
export type FilterProgram = { readonly len: number; readonly filter: Uint8Array };

/** All return a negative number where they fail; `failure` says why. Structs are octets. */
export type Libc = {
  readonly socket: (family: number, type: number, protocol: number) => number;
  /** Writes the two descriptors to `pair`. */
  readonly socketpair: (family: number, type: number, protocol: number, pair: Int32Array) => number;
  readonly bind: (fd: Descriptor, address: Uint8Array, size: number) => number;
  readonly setsockopt: (
    ...args: [fd: Descriptor, level: number, name: number, value: Uint8Array, size: number]
  ) => number;
  readonly attachFilter: (
    ...args: [fd: Descriptor, level: number, name: number, value: FilterProgram, size: number]
  ) => number;
  readonly send: (fd: Descriptor, bytes: Uint8Array, size: number, flags: number) => number;
  readonly recv: (fd: Descriptor, bytes: Uint8Array, size: number, flags: number) => number;
  readonly recvmmsg: (
    ...args: [fd: Descriptor, messages: Uint8Array, count: number, flags: number, timeout: null]
  ) => number;
  readonly poll: (descriptors: Uint8Array, count: number, timeout: number) => number;
  readonly eventfd: (initial: number, flags: number) => number;
  readonly read: (fd: Descriptor, bytes: Uint8Array, size: number) => number;
  readonly write: (fd: Descriptor, bytes: Uint8Array, size: number) => number;
  readonly close: (fd: Descriptor) => number;
  /** Where the octets are in memory. They stay there as long as they are referenced; more than 64 of them. */
  readonly addressOf: (bytes: Uint8Array) => bigint;
  /** Name of the last error, such as `EPERM`. */
  readonly failure: () => string;
};

let loading: Promise<Result<Libc, string>> | null = null;

/** `feature` begins the error, which is a sentence about it. */
export async function loadLibc(feature: string): Promise<Result<Libc, string>> {
  loading ??= load();
  const libc = await loading;
  return libc.ok ? libc : err(`${feature} ${libc.error}`);
}

/** What the kernel says about the last call that failed. */
export const failureOf = (libc: Libc): string => systemErrorText({ code: libc.failure() });

async function load(): Promise<Result<Libc, string>> {
  if (process.platform !== 'linux') return err(`needs Linux: this is ${process.platform}`);
  try {
    const koffi = await import('koffi');
    const libc = koffi.load(null);
    const program = koffi.struct({ len: 'uint16', filter: 'const uint8_t *' });
    return ok({
      socket: libc.func('int socket(int family, int type, int protocol)'),
      socketpair: libc.func('int socketpair(int family, int type, int protocol, int *pair)'),
      bind: libc.func('int bind(int fd, const uint8_t *address, uint size)'),
      setsockopt: libc.func('int setsockopt(int fd, int level, int name, const uint8_t *value, uint size)'),
      attachFilter: libc.func('setsockopt', 'int', ['int', 'int', 'int', koffi.pointer(program), 'uint']),
      send: libc.func('int send(int fd, const uint8_t *bytes, size_t size, int flags)'),
      recv: libc.func('int recv(int fd, uint8_t *bytes, size_t size, int flags)'),
      recvmmsg: libc.func('int recvmmsg(int fd, uint8_t *messages, uint count, int flags, void *timeout)'),
      poll: libc.func('int poll(uint8_t *descriptors, ulong count, int timeout)'),
      eventfd: libc.func('int eventfd(uint initial, int flags)'),
      read: libc.func('int read(int fd, uint8_t *bytes, size_t size)'),
      write: libc.func('int write(int fd, const uint8_t *bytes, size_t size)'),
      close: libc.func('int close(int fd)'),
      addressOf: (bytes) => BigInt(koffi.address(bytes)),
      failure: () => getSystemErrorName(-koffi.errno()),
    });
  } catch (error) {
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    return err(`needs the package koffi, which cannot be loaded: ${reason}`);
  }
}

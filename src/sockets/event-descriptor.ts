/** Wakes a thread that blocks in `poll` (eventfd(2)). One thread creates it, all threads of the process may use it. */
import { err, ok, type Result } from '../base/result.ts';
import { type Descriptor, failureOf, type Libc } from './libc.ts';

const [EFD_NONBLOCK, EFD_CLOEXEC] = [0o4000, 0o2000000];
const COUNTER_BYTES = 8;
const ONE = Buffer.from(BigUint64Array.of(1n).buffer);

/** The error is a sentence. */
export function openEventDescriptor(libc: Libc): Result<Descriptor, string> {
  const fd = libc.eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  return fd < 0 ? err(`the kernel cannot create an event descriptor: ${failureOf(libc)}`) : ok(fd);
}

/** Makes the descriptor readable. */
export function signal(libc: Libc, fd: Descriptor): void {
  libc.write(fd, ONE, COUNTER_BYTES);
}

/** Makes it unreadable until the next signal. */
export function clearSignal(libc: Libc, fd: Descriptor): void {
  libc.read(fd, new Uint8Array(COUNTER_BYTES), COUNTER_BYTES);
}

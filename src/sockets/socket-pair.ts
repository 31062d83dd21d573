/** Two connected sockets inside of one process (socketpair(2)): what one sends, the other receives, with its boundaries. */
import type { Descriptor, Libc } from './libc.ts';

const [AF_UNIX, SOCK_DGRAM, SOCK_NONBLOCK, SOCK_CLOEXEC] = [1, 2, 0o4000, 0o2000000];

/** Null if the kernel gives none. */
export function openSocketPair(libc: Libc): readonly [Descriptor, Descriptor] | null {
  const pair = new Int32Array(2);
  if (libc.socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) !== 0) return null;
  const [one = -1, other = -1] = pair;
  return [one, other];
}

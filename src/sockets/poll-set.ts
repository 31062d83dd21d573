/** Descriptors that one thread waits for (poll(2)). */

import type { Millis } from '../base/clock.ts';
import { err, ok, type Result } from '../base/result.ts';
import { type Descriptor, failureOf, type Libc } from './libc.ts';

const POLLIN = 1;
/** `struct pollfd`. */
const ENTRY_BYTES = 8;

export class PollSet {
  readonly #libc: Libc;
  #descriptors: readonly Descriptor[] = [];
  #entries = Buffer.alloc(0);

  constructor(libc: Libc) {
    this.#libc = libc;
  }

  set(descriptors: readonly Descriptor[]): void {
    this.#descriptors = descriptors;
    this.#entries = Buffer.alloc(descriptors.length * ENTRY_BYTES);
    for (const [index, fd] of descriptors.entries()) {
      this.#entries.writeInt32LE(fd, index * ENTRY_BYTES);
      this.#entries.writeInt16LE(POLLIN, index * ENTRY_BYTES + 4);
    }
  }

  /** Blocks the thread. Returns the descriptors with data or an error; the error is a sentence. */
  wait(limit: Millis): Result<readonly Descriptor[], string> {
    const count = this.#libc.poll(this.#entries, this.#descriptors.length, Math.ceil(limit));
    if (count < 0)
      return this.#libc.failure() === 'EINTR'
        ? ok([])
        : err(`the kernel cannot poll: ${failureOf(this.#libc)}`);
    if (count === 0) return ok([]);
    return ok(
      this.#descriptors.filter((_, index) => this.#entries.readInt16LE(index * ENTRY_BYTES + 6) !== 0),
    );
  }
}

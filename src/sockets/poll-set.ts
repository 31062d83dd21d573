/** Descriptors that one thread waits for (poll(2)). */

import type { Millis } from '../base/clock.ts';
import { systemErrorText } from '../base/system-error.ts';
import type { Descriptor, Libc } from './libc.ts';

/** In a place of the list that is not waited for. */
export const NO_DESCRIPTOR: Descriptor = -1;

const POLLIN = 1;
/** `struct pollfd`. */
const ENTRY_BYTES = 8;
const [EVENTS_AT, READY_AT] = [4, 6];

export class PollSet {
  readonly #libc: Libc;
  #count = 0;
  #entries = Buffer.alloc(0);

  constructor(libc: Libc) {
    this.#libc = libc;
  }

  /** None of them is ready before the next wait. */
  set(descriptors: readonly Descriptor[]): void {
    this.#count = descriptors.length;
    this.#entries = Buffer.alloc(descriptors.length * ENTRY_BYTES);
    for (const [index, fd] of descriptors.entries()) {
      this.#entries.writeInt32LE(fd, index * ENTRY_BYTES);
      this.#entries.writeInt16LE(POLLIN, index * ENTRY_BYTES + EVENTS_AT);
    }
  }

  /**
   * Blocks the thread until one of the first `count` descriptors has data or an error; the others are not ready then. Null, or
   * a sentence that says why it cannot.
   */
  wait(limit: Millis, count = this.#count): string | null {
    const ready = this.#libc.poll(this.#entries, count, Math.ceil(limit));
    const failure = ready < 0 ? this.#libc.failure() : null;
    for (let index = failure === null ? count : 0; index < this.#count; index++)
      this.#entries[index * ENTRY_BYTES + READY_AT] = 0;
    if (failure === null) return null;
    return failure === 'EINTR' ? null : `the kernel cannot poll: ${systemErrorText({ code: failure })}`;
  }

  /** Whether the descriptor at this place of the list had data or an error when the wait ended. */
  isReady(index: number): boolean {
    return this.#entries[index * ENTRY_BYTES + READY_AT] !== 0;
  }
}

/**
 * A stream cut into messages. Chunks may be of any size; of what is not yet whole at most one message is kept, so
 * that a peer that sends one octet a second costs no more than one that is quick.
 *
 * What is given is a view on the chunk wherever a message lies in it whole: it is to be read before the chunk's
 * memory is used for something else.
 */
import { ok, type Result } from '../../base/result.ts';
import { HEADER_BYTES } from './codes.ts';
import type { Failed } from './failure.ts';
import { headerFault, lengthAt } from './frame.ts';
import type { DecodeFailure } from './message.ts';

const NOTHING = new Uint8Array(0);

export class Splitter {
  #bytesMax: number;
  #chunk: Uint8Array = NOTHING;
  #at = 0;
  /** The beginning of a message whose end has not come; `#heldBytes` of it are there. */
  #held: Uint8Array = NOTHING;
  #heldBytes = 0;
  #failed: Failed | null = null;

  /** The longest message that we said we take. */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** From the next message on: both OPENs have been seen. */
  takeUpTo(bytesMax: number): void {
    this.#bytesMax = bytesMax;
  }

  /** All messages of the chunk before it must have been taken. */
  push(chunk: Uint8Array): void {
    this.#chunk = chunk;
    this.#at = 0;
  }

  /** The next whole message, or null until more has come. After a failure it says the same for ever. */
  next(): Result<Uint8Array | null, DecodeFailure> {
    if (this.#failed !== null) return this.#failed;
    if (this.#heldBytes > 0) return this.#finishHeld();
    const left = this.#chunk.length - this.#at;
    if (left < HEADER_BYTES) return this.#hold(HEADER_BYTES);
    this.#failed = headerFault(this.#chunk, this.#at, this.#bytesMax);
    if (this.#failed !== null) return this.#fail(this.#failed);
    const length = lengthAt(this.#chunk, this.#at);
    if (left < length) return this.#hold(length);
    const message = this.#chunk.subarray(this.#at, this.#at + length);
    this.#at += length;
    return ok(message);
  }

  /** Octets that wait for the rest of their message. */
  get waiting(): number {
    return this.#heldBytes;
  }

  #finishHeld(): Result<Uint8Array | null, DecodeFailure> {
    if (!this.#fill()) return ok(null);
    if (this.#heldBytes === HEADER_BYTES && this.#held.length === HEADER_BYTES) {
      this.#failed = headerFault(this.#held, 0, this.#bytesMax);
      if (this.#failed !== null) return this.#fail(this.#failed);
      const length = lengthAt(this.#held, 0);
      if (length > HEADER_BYTES) {
        const whole = new Uint8Array(length);
        whole.set(this.#held);
        this.#held = whole;
        if (!this.#fill()) return ok(null);
      }
    }
    const message = this.#held;
    this.#drop();
    return ok(message);
  }

  /** The rest of the chunk is the beginning of a message of that length, as far as is known. */
  #hold(length: number): Result<null, DecodeFailure> {
    if (this.#at < this.#chunk.length) {
      this.#held = new Uint8Array(length);
      this.#fill();
    }
    return ok(null);
  }

  /** Moves what there is of the chunk; whether what is held is full. */
  #fill(): boolean {
    const count = Math.min(this.#held.length - this.#heldBytes, this.#chunk.length - this.#at);
    this.#held.set(this.#chunk.subarray(this.#at, this.#at + count), this.#heldBytes);
    this.#heldBytes += count;
    this.#at += count;
    if (this.#at === this.#chunk.length) this.push(NOTHING);
    return this.#heldBytes === this.#held.length;
  }

  #drop(): void {
    this.#held = NOTHING;
    this.#heldBytes = 0;
  }

  #fail(failed: Failed): Failed {
    this.#drop();
    this.push(NOTHING);
    return failed;
  }
}

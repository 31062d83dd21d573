/**
 * A stream cut into messages. Chunks may be of any size; of what is not yet whole at most one message is kept, so
 * that a peer that sends one octet a second costs no more than one that is quick.
 *
 * What is given is a view on the chunk wherever a message lies in it whole: it is to be read before the chunk's
 * memory is used for something else.
 */
import { ok, type Result } from '../../base/result.ts';
import { HEADER_BYTES } from './codes.ts';
import type { DecodeFailed } from './failure.ts';
import { checkHeader, messageLengthAt } from './header.ts';
import type { DecodeFailure } from './message.ts';

const EMPTY = new Uint8Array(0);

export class Framer {
  #bytesMax: number;
  #chunk: Uint8Array = EMPTY;
  #at = 0;
  /** The beginning of a message whose end has not come; `#heldBytes` of it are there. */
  #partial: Uint8Array = EMPTY;
  #partialBytes = 0;
  #failure: DecodeFailed | null = null;

  /** The longest message that we said we take. */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** From the next message on: both OPENs have been seen. */
  setMaxBytes(bytesMax: number): void {
    this.#bytesMax = bytesMax;
  }

  /** All messages of the chunk before it must have been taken. */
  push(chunk: Uint8Array): void {
    this.#chunk = chunk;
    this.#at = 0;
  }

  /** The next whole message, or null until more has come. After a failure it says the same for ever. */
  next(): Result<Uint8Array | null, DecodeFailure> {
    if (this.#failure !== null) return this.#failure;
    if (this.#partialBytes > 0) return this.#completePartial();
    const remaining = this.#chunk.length - this.#at;
    if (remaining < HEADER_BYTES) return this.#startPartial(HEADER_BYTES);
    this.#failure = checkHeader(this.#chunk, this.#at, this.#bytesMax);
    if (this.#failure !== null) return this.#fail(this.#failure);
    const length = messageLengthAt(this.#chunk, this.#at);
    if (remaining < length) return this.#startPartial(length);
    const message = this.#chunk.subarray(this.#at, this.#at + length);
    this.#at += length;
    return ok(message);
  }

  /** Octets that wait for the rest of their message. */
  get bufferedBytes(): number {
    return this.#partialBytes;
  }

  #completePartial(): Result<Uint8Array | null, DecodeFailure> {
    if (!this.#fillPartial()) return ok(null);
    if (this.#partialBytes === HEADER_BYTES && this.#partial.length === HEADER_BYTES) {
      this.#failure = checkHeader(this.#partial, 0, this.#bytesMax);
      if (this.#failure !== null) return this.#fail(this.#failure);
      const length = messageLengthAt(this.#partial, 0);
      if (length > HEADER_BYTES) {
        const grown = new Uint8Array(length);
        grown.set(this.#partial);
        this.#partial = grown;
        if (!this.#fillPartial()) return ok(null);
      }
    }
    const message = this.#partial;
    this.#dropPartial();
    return ok(message);
  }

  /** The rest of the chunk is the beginning of a message of that length, as far as is known. */
  #startPartial(length: number): Result<null, DecodeFailure> {
    if (this.#at < this.#chunk.length) {
      this.#partial = new Uint8Array(length);
      this.#fillPartial();
    }
    return ok(null);
  }

  /** Moves what there is of the chunk; whether what is held is full. */
  #fillPartial(): boolean {
    const count = Math.min(this.#partial.length - this.#partialBytes, this.#chunk.length - this.#at);
    this.#partial.set(this.#chunk.subarray(this.#at, this.#at + count), this.#partialBytes);
    this.#partialBytes += count;
    this.#at += count;
    if (this.#at === this.#chunk.length) this.push(EMPTY);
    return this.#partialBytes === this.#partial.length;
  }

  #dropPartial(): void {
    this.#partial = EMPTY;
    this.#partialBytes = 0;
  }

  #fail(failure: DecodeFailed): DecodeFailed {
    this.#dropPartial();
    this.push(EMPTY);
    return failure;
  }
}

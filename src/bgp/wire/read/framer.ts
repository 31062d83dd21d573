/**
 * Framer: splits the TCP stream into messages. Chunks may have any size, and at most one partial message is buffered, so
 * a peer that sends one octet a second costs no more than a fast one.
 *
 * A message that lies in one chunk is returned as a view of it: it must be read before the chunk's memory is reused.
 */
import { ok, type Result } from '../../../base/result.ts';
import { HEADER_BYTES } from '../codes.ts';
import type { DecodeFailed } from '../failure.ts';
import { checkHeader, messageLengthAt } from '../header.ts';
import type { DecodeFailure } from '../message.ts';

const EMPTY = new Uint8Array(0);

export class Framer {
  #bytesMax: number;
  #chunk: Uint8Array = EMPTY;
  #at = 0;
  /** Buffer of a partial message, of which `#partialBytes` octets have arrived. */
  #partial: Uint8Array = EMPTY;
  #partialBytes = 0;
  #failure: DecodeFailed | null = null;

  /** `bytesMax`: longest message accepted. */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Applies from the next message on, once both OPENs are known. */
  setMaxBytes(bytesMax: number): void {
    this.#bytesMax = bytesMax;
  }

  /** All messages of the previous chunk must have been taken with `next`. */
  push(chunk: Uint8Array): void {
    this.#chunk = chunk;
    this.#at = 0;
  }

  /** The next whole message, or null until more octets arrive. A failure is final: it is returned from then on. */
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

  /** Octets of the partial message. */
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

  /** Buffers the rest of the chunk as the start of a message of `length` octets, or of its header. */
  #startPartial(length: number): Result<null, DecodeFailure> {
    if (this.#at < this.#chunk.length) {
      this.#partial = new Uint8Array(length);
      this.#fillPartial();
    }
    return ok(null);
  }

  /** Moves octets from the chunk into the buffer; returns whether the buffer is full. */
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

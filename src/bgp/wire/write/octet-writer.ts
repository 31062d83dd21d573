/** Octets that are written one after the other into a buffer that grows by itself. */
import { FLAG } from '../codes.ts';
import { put16, put32 } from '../octets.ts';

const INITIAL_BYTES = 128;

export class OctetWriter {
  #bytes = new Uint8Array(INITIAL_BYTES);
  #at = 0;

  /** What has been written so far; a view that the next octet may make stale. */
  get written(): Uint8Array {
    return this.#bytes.subarray(0, this.#at);
  }

  u8(value: number): void {
    const at = this.#reserve(1);
    this.#bytes[at] = value;
  }

  u16(value: number): void {
    const at = this.#reserve(2);
    put16(this.#bytes, at, value);
  }

  u32(value: number): void {
    const at = this.#reserve(4);
    put32(this.#bytes, at, value);
  }

  bytes(value: Uint8Array): void {
    const at = this.#reserve(value.length);
    this.#bytes.set(value, at);
  }

  /** The head of a path attribute whose value, of `length` octets, comes next. */
  attribute(flags: number, type: number, length: number): void {
    const isLong = length > 255;
    this.u8((flags & ~FLAG.extendedLength) | (isLong ? FLAG.extendedLength : 0));
    this.u8(type);
    if (isLong) this.u16(length);
    else this.u8(length);
  }

  /** Where the next `count` octets go, to be asked before the buffer is looked at: it may be another one then. */
  #reserve(count: number): number {
    const at = this.#at;
    this.#at += count;
    if (this.#at > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#at));
      larger.set(this.#bytes.subarray(0, at));
      this.#bytes = larger;
    }
    return at;
  }
}

/** Octet writer: appends integers and octets to a growing buffer. */
import { FLAG } from '../codes.ts';
import { put16, put32 } from '../octets.ts';

const INITIAL_BYTES = 128;

export class OctetWriter {
  #bytes = new Uint8Array(INITIAL_BYTES);
  #at = 0;

  /** The octets written so far, as a view that the next write may invalidate. */
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

  /** Writes the header of a path attribute, whose value of `length` octets follows. */
  attribute(flags: number, type: number, length: number): void {
    const isLong = length > 255;
    this.u8((flags & ~FLAG.extendedLength) | (isLong ? FLAG.extendedLength : 0));
    this.u8(type);
    if (isLong) this.u16(length);
    else this.u8(length);
  }

  /** Reserves `count` octets and returns their offset. Call it before using the buffer, which it may replace. */
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

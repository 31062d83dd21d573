/**
 * A table by address that the wire looks into for each frame. Small integers are the quickest keys of a map, and addresses of
 * IPv4 are such numbers in frames. So no text and no object is made before the address is known to be of interest.
 */
import type { Address } from '../../net/address.ts';

/** IPv4 addresses are numbers from 0 to 2^32−1, IPv6 addresses their 128 bits. */
export class AddressTable<T> {
  /** By the same 32 bits with a sign. */
  readonly #ipv4 = new Map<number, T>();
  readonly #ipv6 = new Map<bigint, T>();

  get size(): number {
    return this.#ipv4.size + this.#ipv6.size;
  }

  get({ family, bits }: Address): T | undefined {
    return family === 4 ? this.getIpv4(Number(bits)) : this.#ipv6.get(bits);
  }

  getIpv4(ip: number): T | undefined {
    return this.#ipv4.get(ip | 0);
  }

  getIpv6(bits: bigint): T | undefined {
    return this.#ipv6.get(bits);
  }

  set({ family, bits }: Address, value: T): void {
    if (family === 4) this.#ipv4.set(Number(bits) | 0, value);
    else this.#ipv6.set(bits, value);
  }

  /** Whether it was there. */
  delete({ family, bits }: Address): boolean {
    return family === 4 ? this.#ipv4.delete(Number(bits) | 0) : this.#ipv6.delete(bits);
  }

  /** All of IPv4, then all of IPv6, each in the order in which they were added. */
  *values(): Generator<T> {
    yield* this.#ipv4.values();
    yield* this.#ipv6.values();
  }

  /** The addresses of IPv4. */
  ipv4(): readonly number[] {
    return Array.from(this.#ipv4.keys(), (key) => key >>> 0);
  }
}

/** What one router was told by the nodes that it has sessions with, and which ways it takes (RFC 4271 3.2). */
import type { Update } from '../bgp/wire/message.ts';
import { prefixesIn } from '../bgp/wire/nlri.ts';
import type { Address, Family } from '../net/address.ts';
import { networkMask, type Prefix } from '../net/prefix.ts';
import type { PathAttributes } from '../routes/path.ts';
import { bestWays, type Way } from './nativebest.ts';

/** The other end of a session. */
export type Teller = { readonly node: string; readonly internal: boolean };

export type Learnt = { readonly prefix: Prefix; readonly ways: readonly Way[] };

export class RouterRib {
  readonly #heard = new Map<Teller, AdjRibIn>();
  #changes = 0;

  /** Grows with everything that is heard. */
  get changes(): number {
    return this.#changes;
  }

  hear(teller: Teller, { withdrawn, announced, attributes }: Update): void {
    const heard = this.#heard.get(teller) ?? new AdjRibIn();
    this.#heard.set(teller, heard);
    for (const nlri of withdrawn) for (const prefix of prefixesIn(nlri)) heard.remove(prefix);
    if (attributes !== null)
      for (const { nlri } of announced) for (const prefix of prefixesIn(nlri)) heard.put(prefix, attributes);
    this.#changes++;
  }

  /** The session is over. */
  forget(teller: Teller): void {
    if (this.#heard.delete(teller)) this.#changes++;
  }

  /** Prefixes that this node says something of, once for each of its sessions. */
  countFrom(node: string): number {
    let count = 0;
    for (const [teller, heard] of this.#heard) if (teller.node === node) count += heard.size;
    return count;
  }

  /** By the longest prefix that holds it; null where there is none. */
  wayTo({ family, bits }: Address): Learnt | null {
    const lengths = new Set([...this.#heard.values()].flatMap((heard) => heard.lengths(family)));
    for (const length of [...lengths].sort((a, b) => b - a)) {
      const prefix = { family, bits: bits & networkMask(family, length), length };
      const offered = [...this.#heard].flatMap(([teller, heard]) => {
        const attributes = heard.at(prefix);
        return attributes === undefined ? [] : [{ ...teller, attributes }];
      });
      if (offered.length > 0) return { prefix, ways: bestWays(offered) };
    }
    return null;
  }
}

/** Of one session. */
class AdjRibIn {
  readonly #byLength: Readonly<Record<Family, Map<number, Map<bigint, PathAttributes>>>> = {
    4: new Map(),
    6: new Map(),
  };

  put({ family, bits, length }: Prefix, attributes: PathAttributes): void {
    const shelf = this.#byLength[family].get(length) ?? new Map<bigint, PathAttributes>();
    this.#byLength[family].set(length, shelf);
    shelf.set(bits, attributes);
  }

  remove({ family, bits, length }: Prefix): void {
    this.#byLength[family].get(length)?.delete(bits);
  }

  at({ family, bits, length }: Prefix): PathAttributes | undefined {
    return this.#byLength[family].get(length)?.get(bits);
  }

  lengths(family: Family): readonly number[] {
    return [...this.#byLength[family].keys()];
  }

  get size(): number {
    return [...this.#byLength[4].values(), ...this.#byLength[6].values()].reduce(
      (sum, { size }) => sum + size,
      0,
    );
  }
}

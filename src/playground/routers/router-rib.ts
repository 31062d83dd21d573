/** This file keeps the Adj-RIBs-In of one simulated router, and looks up routes in them (RFC 4271 3.2). */

import type { PathAttributes } from '../../bgp/attributes/path.ts';
import type { Update } from '../../bgp/wire/message.ts';
import { decodePrefixes } from '../../bgp/wire/nlri.ts';
import type { Address, Family } from '../../net/address.ts';
import { networkMask, type Prefix } from '../../net/prefix.ts';
import { type SelectedPath, selectBestPaths } from './best-paths.ts';

/** The peer of a session: a node. */
export type RouteSource = { readonly node: string; readonly internal: boolean };

export type LearnedPrefix = { readonly prefix: Prefix; readonly paths: readonly SelectedPath[] };

export class RouterRib {
  readonly #adjRibsIn = new Map<RouteSource, AdjRibIn>();
  #changeCount = 0;

  /** Counts updates and ended sessions. */
  get changeCount(): number {
    return this.#changeCount;
  }

  receive(source: RouteSource, { withdrawn, announced, attributes }: Update): void {
    const adjRibIn = this.#adjRibsIn.get(source) ?? new AdjRibIn();
    this.#adjRibsIn.set(source, adjRibIn);
    for (const nlri of withdrawn) for (const prefix of decodePrefixes(nlri)) adjRibIn.remove(prefix);
    if (attributes !== null)
      for (const { nlri } of announced)
        for (const prefix of decodePrefixes(nlri)) adjRibIn.put(prefix, attributes);
    this.#changeCount++;
  }

  /** Removes all routes of a session that has ended. */
  forget(source: RouteSource): void {
    if (this.#adjRibsIn.delete(source)) this.#changeCount++;
  }

  /** The number of prefixes of this node, counted once for each of its sessions. */
  countPrefixesFrom(node: string): number {
    let count = 0;
    for (const [source, adjRibIn] of this.#adjRibsIn) if (source.node === node) count += adjRibIn.size;
    return count;
  }

  /** The longest prefix that contains the address, with its best paths; null where there is none. */
  lookUp({ family, bits }: Address): LearnedPrefix | null {
    const lengths = new Set([...this.#adjRibsIn.values()].flatMap((adjRibIn) => adjRibIn.lengths(family)));
    for (const length of [...lengths].sort((a, b) => b - a)) {
      const prefix = { family, bits: bits & networkMask(family, length), length };
      const candidates = [...this.#adjRibsIn].flatMap(([source, adjRibIn]) => {
        const attributes = adjRibIn.get(prefix);
        return attributes === undefined ? [] : [{ ...source, attributes }];
      });
      if (candidates.length > 0) return { prefix, paths: selectBestPaths(candidates) };
    }
    return null;
  }
}

/** The routes learned over one session. */
class AdjRibIn {
  readonly #byLength: Readonly<Record<Family, Map<number, Map<bigint, PathAttributes>>>> = {
    4: new Map(),
    6: new Map(),
  };

  put({ family, bits, length }: Prefix, attributes: PathAttributes): void {
    const routes = this.#byLength[family].get(length) ?? new Map<bigint, PathAttributes>();
    this.#byLength[family].set(length, routes);
    routes.set(bits, attributes);
  }

  remove({ family, bits, length }: Prefix): void {
    this.#byLength[family].get(length)?.delete(bits);
  }

  get({ family, bits, length }: Prefix): PathAttributes | undefined {
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

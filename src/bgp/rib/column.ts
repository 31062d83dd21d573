/**
 * One path for each prefix, both by number. Peers mostly hear the same prefixes, so an array over all numbers is nearly
 * full, and four octets a prefix are a tenth of what a `Map` takes.
 */
import type { Family } from '../../net/address.ts';
import { grown, type RibTables } from './tables.ts';

export class Column {
  readonly #tables: RibTables;
  /** 0: none. */
  #paths = new Int32Array(0);
  readonly #sizes: Record<Family, number> = { 4: 0, 6: 0 };

  constructor(tables: RibTables) {
    this.#tables = tables;
  }

  size(family: Family): number {
    return this.#sizes[family];
  }

  /** The path's number, or 0. */
  at(prefix: number): number {
    return this.#paths[prefix] ?? 0;
  }

  /** Path 0 takes it away. What stands here is held in the tables. */
  set(prefix: number, path: number): void {
    const { prefixes, paths } = this.#tables;
    const before = this.at(prefix);
    if (before === path) return;
    if (prefix >= this.#paths.length) this.#paths = grown(this.#paths, prefix);
    this.#paths[prefix] = path;
    const { family } = prefixes.at(prefix);
    if (path !== 0) paths.keep(path);
    if (before !== 0) paths.drop(before);
    if (before === 0) {
      this.#sizes[family]++;
      prefixes.keep(prefix);
    } else if (path === 0) {
      this.#sizes[family]--;
      prefixes.drop(prefix);
    }
  }

  /** Prefixes that have a path, by their numbers. */
  prefixes(): readonly number[] {
    const found: number[] = [];
    for (let prefix = 1; prefix < this.#paths.length; prefix++) if (this.at(prefix) !== 0) found.push(prefix);
    return found;
  }

  clear(): void {
    for (const prefix of this.prefixes()) this.set(prefix, 0);
  }
}

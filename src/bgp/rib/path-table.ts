/**
 * Path table: a dense map from prefix ID to path ID. Peers get mostly the same prefixes, so an array over all IDs is nearly
 * full, and its four octets a prefix are a tenth of the memory of a `Map`.
 */
import type { Family } from '../../net/address.ts';
import { growArray, type RibTables } from './shared-tables.ts';

export class PathTable {
  readonly #tables: RibTables;
  /** Path IDs by prefix ID; 0: none. */
  #paths = new Int32Array(0);
  readonly #sizes: Record<Family, number> = { 4: 0, 6: 0 };

  constructor(tables: RibTables) {
    this.#tables = tables;
  }

  size(family: Family): number {
    return this.#sizes[family];
  }

  /** The path ID of a prefix, or 0. */
  at(prefixId: number): number {
    return this.#paths[prefixId] ?? 0;
  }

  /** Path 0 removes the entry. Each entry holds a reference to its prefix and its path. */
  set(prefixId: number, pathId: number): void {
    const { prefixes, paths } = this.#tables;
    const previous = this.at(prefixId);
    if (previous === pathId) return;
    if (prefixId >= this.#paths.length) this.#paths = growArray(this.#paths, prefixId);
    this.#paths[prefixId] = pathId;
    const { family } = prefixes.at(prefixId);
    if (pathId !== 0) paths.retain(pathId);
    if (previous !== 0) paths.release(previous);
    if (previous === 0) {
      this.#sizes[family]++;
      prefixes.retain(prefixId);
    } else if (pathId === 0) {
      this.#sizes[family]--;
      prefixes.release(prefixId);
    }
  }

  /** IDs of the prefixes that have a path, ascending. */
  prefixes(): readonly number[] {
    const found: number[] = [];
    for (let prefixId = 1; prefixId < this.#paths.length; prefixId++)
      if (this.at(prefixId) !== 0) found.push(prefixId);
    return found;
  }

  clear(): void {
    for (const prefixId of this.prefixes()) this.set(prefixId, 0);
  }
}

/**
 * Partitions prefixes by the ranges that contain them. Routing policy depends on nothing else, so prefixes of one length
 * that lie in the same ranges and have the same originators converge to the same routes, which are computed once.
 */
import { networkMask, type Prefix } from '../../net/prefix.ts';

export class PrefixPartition {
  /** Ranges by family and length, the longest first. */
  readonly #levels: readonly {
    readonly family: number;
    readonly length: number;
    readonly byBits: ReadonlyMap<bigint, number>;
  }[];

  constructor(ranges: readonly Prefix[]) {
    const levels = new Map<string, { family: number; length: number; byBits: Map<bigint, number> }>();
    for (const [id, { family, length, bits }] of ranges.entries()) {
      const name = `${family} ${length}`;
      const level = levels.get(name) ?? { family, length, byBits: new Map<bigint, number>() };
      levels.set(name, level);
      if (!level.byBits.has(bits)) level.byBits.set(bits, id);
    }
    this.#levels = [...levels.values()].sort((a, b) => b.length - a.length);
  }

  /** Whether any of the ranges covers the prefix. */
  has({ family, bits, length }: Prefix): boolean {
    return this.#levels.some(
      (level) =>
        level.family === family &&
        level.length <= length &&
        level.byBits.has(bits & networkMask(family, level.length)),
    );
  }

  /** Equal for prefixes of one length that lie in the same ranges. */
  partitionKey({ family, bits, length }: Prefix): string {
    let text = String(length);
    for (const level of this.#levels) {
      if (level.family !== family || level.length > length) continue;
      const id = level.byBits.get(bits & networkMask(family, level.length));
      if (id !== undefined) text += ` ${id}`;
    }
    return text;
  }
}

/**
 * Which of some ranges a prefix lies in. Everything that decides about a route asks only that, so prefixes that lie in the
 * same ranges, are as long and begin at the same nodes fare alike: they are worked out once.
 */
import { networkMask, type Prefix } from '../../net/prefix.ts';

export class PrefixPartition {
  /** By family and length, the longer first; of each, the ranges by their bits. */
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

  /** Whether all of the prefix lies in any of the ranges. */
  has({ family, bits, length }: Prefix): boolean {
    return this.#levels.some(
      (level) =>
        level.family === family &&
        level.length <= length &&
        level.byBits.has(bits & networkMask(family, level.length)),
    );
  }

  /** Equal for prefixes that no range tells apart. */
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

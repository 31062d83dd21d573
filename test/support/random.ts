/**
 * Seeded randomness for laws. `SEED` runs one seed alone, `SEEDS` says how many there are (`500`), or which (`501-900`); a
 * law that fails names its seed, and the same seed gives the same history.
 */

export type Random = {
  /** An integer from 0 to `below` − 1. */
  readonly below: (below: number) => number;
  readonly chance: (probability: number) => boolean;
  readonly pick: <T>(items: readonly T[]) => T;
};

/** mulberry32: small, and good enough to shuffle histories. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const unit = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number): number => Math.floor(unit() * limit);
  return {
    below,
    chance: (probability) => unit() < probability,
    pick: (items) => {
      const item = items[below(items.length)];
      if (item === undefined) throw new Error('nothing to pick from');
      return item;
    },
  };
}

/** The seeds of a law: `usual` of them, `full` under BERTH_FULL, unless the environment says otherwise. */
export function seeds(usual: number, full: number): readonly number[] {
  const { SEED, SEEDS, BERTH_FULL } = process.env;
  if (SEED !== undefined) return [Number(SEED)];
  // A number, or the first and the last one: seeds that no run has tried yet.
  const [first, last] = (SEEDS ?? `${BERTH_FULL === '1' ? full : usual}`).split('-').map(Number);
  if (first === undefined || Number.isNaN(first)) throw new Error(`SEEDS=${SEEDS} is no number of seeds`);
  const begin = last === undefined ? 1 : first;
  return Array.from({ length: (last ?? first) - begin + 1 }, (_, index) => begin + index);
}

/** Runs a law under each seed; a failure says which seed it was. */
export function underSeeds(usual: number, full: number, law: (random: Random, seed: number) => void): void {
  for (const seed of seeds(usual, full)) {
    try {
      law(seeded(seed), seed);
    } catch (cause) {
      throw new Error(`the law does not hold under SEED=${seed}: ${String(cause)}`, { cause });
    }
  }
}

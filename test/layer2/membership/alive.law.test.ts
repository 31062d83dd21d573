/** Laws of the living set: it is what a naive search finds, and does not depend on the order of anything. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aliveByVerdicts, type Verdict } from '../../../src/layer2/membership/alive.ts';
import { type Random, underSeeds } from '../../support/random.ts';

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];

const randomVerdicts = (random: Random, names: readonly string[]): readonly Verdict[] =>
  Array.from({ length: random.below(12) }, () => ({
    watcher: random.pick(names),
    node: random.pick(names),
    isUp: random.chance(0.6),
  }));

/** Tries all subsets: connected is one of which every part has a link that is up to the rest. */
function naiveAlive(
  names: readonly string[],
  verdicts: readonly Verdict[],
  recorded: string | null,
): readonly string[] {
  const isUp = (a: string, b: string): boolean => {
    const pair = verdicts.filter(
      ({ watcher, node }) => (watcher === a && node === b) || (watcher === b && node === a),
    );
    return pair.length > 0 && pair.every((one) => one.isUp);
  };
  const subsets = Array.from({ length: 2 ** names.length - 1 }, (_, index) =>
    names.filter((_, bit) => ((index + 1) >> bit) % 2 === 1),
  );
  const isConnected = (set: readonly string[]): boolean =>
    Array.from({ length: 2 ** set.length - 2 }, (_, index) =>
      set.filter((_, bit) => ((index + 1) >> bit) % 2 === 1),
    ).every((part) => set.some((one) => !part.includes(one) && part.some((other) => isUp(one, other))));
  const connected = subsets.filter(isConnected);
  const size = Math.max(0, ...connected.map((set) => set.length));
  const largest = connected
    .filter((set) => set.length === size)
    .sort((a, b) => (a[0] ?? '').localeCompare(b[0] ?? ''));
  return largest.find((set) => recorded !== null && set.includes(recorded)) ?? largest[0] ?? [];
}

test('the living set is the largest connected one', () => {
  underSeeds(150, 3_000, (random) => {
    const names = NAMES.slice(0, 1 + random.below(6));
    const verdicts = randomVerdicts(random, names);
    const recorded = random.chance(0.7) ? random.pick(names) : null;
    const shuffled = aliveByVerdicts(names.toReversed(), verdicts.toReversed());
    const living = [...shuffled.among(names, recorded)];
    assert.deepEqual(living, naiveAlive(names, verdicts, recorded));
  });
});

test('a link that comes up leaves no more living nodes out than before', () => {
  underSeeds(150, 3_000, (random) => {
    const verdicts = randomVerdicts(random, NAMES);
    const before = aliveByVerdicts(NAMES, verdicts).among(NAMES, null);
    const [a, b] = [random.pick(NAMES), random.pick(NAMES)];
    const isPair = ({ watcher, node }: Verdict): boolean =>
      (watcher === a && node === b) || (watcher === b && node === a);
    const healed = [...verdicts.filter((one) => !isPair(one)), { watcher: a, node: b, isUp: true }];
    const after = aliveByVerdicts(NAMES, healed).among(NAMES, null);
    assert.ok(after.size >= before.size);
  });
});

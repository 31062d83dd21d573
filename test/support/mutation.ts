/** Objects as nobody meant them. */
import type { Random } from './random.ts';

/** Something of the same tree is put somewhere else in it, or is replaced by what nobody expects there. */
export function mutate(random: Random, value: unknown): unknown {
  const strange = [
    null,
    '',
    'x',
    '10.0.0.0/8',
    '10.0.0.7/8',
    'fd00::/64',
    -1,
    1e21,
    true,
    [],
    {},
    [null],
    { spec: 1 },
  ];
  if (random.chance(0.04)) return random.pick(strange);
  if (Array.isArray(value)) {
    const items = value.map((one) => mutate(random, one));
    return random.chance(0.05) && items.length > 0 ? [...items, random.pick(items)] : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(() => !random.chance(0.02))
      .map(([key, one]) => [key, mutate(random, one)]),
  );
}

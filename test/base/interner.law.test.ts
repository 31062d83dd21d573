/** An interner has an entry for each value that is alive, and for no other, whatever passed through it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { INTERNED_CHARS_MAX, Interner } from '../../src/base/interner.ts';
import { collectGarbage } from '../support/garbage.ts';
import { type Random, seeded, seeds } from '../support/random.ts';

type Value = { readonly text: string };
type Holders = Map<number, Value>;

const VALUES = 40;
const HOLDERS = 30;
const STEPS = 400;

// Functions of their own: a variable of a suspended function may keep its last value alive.

function changeOne(random: Random, interner: Interner<Value>, holders: Holders): void {
  const holder = random.below(HOLDERS);
  if (random.chance(0.4)) holders.delete(holder);
  else holders.set(holder, interner.intern({ text: `value ${random.below(VALUES)}` }));
}

function countDifferent(holders: Holders): number {
  const alive = new Map<string, Value>();
  for (const value of holders.values()) {
    assert.equal(alive.get(value.text) ?? value, value, `two objects of "${value.text}"`);
    alive.set(value.text, value);
  }
  return alive.size;
}

describe('an interner', () => {
  it('has as many entries as there are different live values, and equal ones are the same object', async () => {
    for (const seed of seeds(5, 50)) {
      const random = seeded(seed);
      const interner = new Interner<Value>(({ text }) => text);
      const holders: Holders = new Map();
      for (let step = 0; step < STEPS; step++) {
        changeOne(random, interner, holders);
        if (random.chance(0.01)) await collectGarbage();
      }
      await collectGarbage();
      assert.equal(interner.size, countDifferent(holders), `SEED=${seed}`);
      holders.clear();
      await collectGarbage();
      assert.equal(interner.size, 0, `SEED=${seed}: all are let go`);
    }
  });

  it('neither shares nor keeps a large value', () => {
    const interner = new Interner<Value>(({ text }) => text);
    const large = (): Value => ({ text: 'x'.repeat(INTERNED_CHARS_MAX + 1) });
    const [one, other] = [large(), large()];
    assert.equal(interner.intern(one), one);
    assert.equal(interner.intern(other), other);
    assert.equal(interner.size, 0);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aliveAlways, aliveByVerdicts, type Verdict } from '../../../src/layer2/membership/alive.ts';

const verdict = (text: string): Verdict => {
  const [watcher = '', sign = '', node = ''] = text.split(' ');
  return { watcher, node, isUp: sign === '>' };
};

type Row = {
  readonly says: string;
  readonly speakers: string;
  /** `a > b`: a says that b is up; `a ! b`: down. */
  readonly verdicts: readonly string[];
  readonly recorded?: string;
  readonly alive: string;
};

const rows: readonly Row[] = [
  { says: 'one that is alone is alive', speakers: 'a', verdicts: [], alive: 'a' },
  { says: 'nobody is alive without speakers', speakers: '', verdicts: [], alive: '' },
  { says: 'all that hear each other are', speakers: 'a b c', verdicts: ['a > b', 'b > c'], alive: 'a b c' },
  {
    says: 'two that lose each other are both alive while a third hears both',
    speakers: 'a b c',
    verdicts: ['a ! b', 'b ! a', 'a > c', 'b > c'],
    alive: 'a b c',
  },
  {
    says: 'the larger side is',
    speakers: 'a b c',
    verdicts: ['a ! b', 'a ! c', 'b > c'],
    recorded: 'a',
    alive: 'b c',
  },
  {
    says: 'of two halves the one with the recorded owner is',
    speakers: 'a b c d',
    verdicts: ['a > b', 'c > d', 'a ! c', 'b ! d'],
    recorded: 'd',
    alive: 'c d',
  },
  {
    says: 'of two halves without the recorded owner the one with the lowest name is',
    speakers: 'a b c d',
    verdicts: ['a > b', 'c > d', 'a ! c'],
    recorded: 'e',
    alive: 'a b',
  },
  {
    says: 'all apart, the recorded owner is',
    speakers: 'a b c',
    verdicts: ['a ! b', 'b ! c', 'c ! a'],
    recorded: 'b',
    alive: 'b',
  },
  {
    says: 'all apart and none recorded, the lowest name is',
    speakers: 'a b c',
    verdicts: ['a ! b', 'b ! c', 'c ! a'],
    alive: 'a',
  },
  { says: 'one side that says down counts', speakers: 'a b', verdicts: ['a > b', 'b ! a'], alive: 'a' },
  { says: 'whatever comes first', speakers: 'a b', verdicts: ['b ! a', 'a > b'], alive: 'a' },
  {
    says: 'verdicts about those that do not run do not count',
    speakers: 'a',
    verdicts: ['a > b'],
    alive: 'a',
  },
  {
    says: 'nor do verdicts of those',
    speakers: 'a c',
    verdicts: ['b > a', 'b > c'],
    recorded: 'c',
    alive: 'c',
  },
  { says: 'a verdict about itself does not', speakers: 'a b', verdicts: ['a ! a', 'a > b'], alive: 'a b' },
];

describe('alive', () => {
  for (const { says, speakers, verdicts, recorded = null, alive } of rows) {
    it(says, () => {
      const names = speakers.split(' ').filter((one) => one !== '');
      const living = aliveByVerdicts(names, verdicts.map(verdict)).among(names, recorded);
      assert.equal([...living].sort().join(' '), alive);
    });
  }

  it('is, while a network heals, who was alive before, with those that have been found', () => {
    const held = [new Set(['a']), new Set(['c', 'x'])];
    const alive = aliveByVerdicts(['a', 'b', 'c', 'd', 'e'], [verdict('b > c'), verdict('d > e')], held);
    const among = (recorded: string | null): string =>
      [...alive.among(['a', 'b', 'c', 'd', 'e'], recorded)].sort().join(' ');
    assert.deepEqual(['a', 'b', 'd', null].map(among), ['a', 'b c', 'b c', 'b c']);
  });

  it('is decided by size where nobody is left that was alive before', () => {
    const alive = aliveByVerdicts(['a', 'b', 'c'], [verdict('b > c')], [new Set(['x'])]);
    assert.deepEqual([...alive.among(['a', 'b', 'c'], 'a')], ['b', 'c']);
  });

  it('is a part of those that were asked for', () => {
    const alive = aliveByVerdicts(['a', 'b'], [verdict('a > b')]);
    assert.deepEqual([...alive.among(['b', 'x'], null)], ['b']);
    assert.deepEqual([...aliveAlways(['a', 'b']).among(['b', 'x'], 'a')], ['b']);
  });
});

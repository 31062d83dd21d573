/** Which entries a bounded map forgets. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { putNewest } from '../../src/base/bounded-map.ts';

const keysAfter = (puts: string, max: number): string => {
  const map = new Map<string, number>();
  for (const [index, key] of [...puts].entries()) putNewest(map, max, key, index);
  return [...map.keys()].join('');
};

for (const [says, puts, max, kept] of [
  ['up to the limit, all are kept', 'abc', 3, 'abc'],
  ['beyond it, the oldest is forgotten', 'abcd', 3, 'bcd'],
  ['an entry that is put again is the newest', 'abcad', 3, 'cad'],
  ['one that is put again takes no room', 'abcabc', 3, 'abc'],
] as const)
  it(says, () => assert.equal(keysAfter(puts, max), kept));

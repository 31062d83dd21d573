/** Where arrow keys lead in a grid that wraps. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { targetOf } from '../../../web/parts/arrow-keys.ts';

/** Of ten buttons in rows of four. */
const ROWS = [
  ['goes to the next', 'ArrowRight', 1, 2],
  ['goes on to the next row', 'ArrowRight', 3, 4],
  ['stays at the last', 'ArrowRight', 9, 9],
  ['goes back', 'ArrowLeft', 4, 3],
  ['stays at the first', 'ArrowLeft', 0, 0],
  ['goes down by a row', 'ArrowDown', 2, 6],
  ['stays where nothing is below', 'ArrowDown', 7, 7],
  ['goes up by a row', 'ArrowUp', 6, 2],
  ['stays in the first row', 'ArrowUp', 3, 3],
  ['goes to the first', 'Home', 7, 0],
  ['goes to the last', 'End', 2, 9],
  ['leaves other keys alone', 'Enter', 2, null],
] as const;
for (const [says, key, from, to] of ROWS)
  it(`an arrow key ${says}: ${key} at ${from}`, () => {
    assert.equal(targetOf(key, from, 4, 10), to);
  });

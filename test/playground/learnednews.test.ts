import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Learned, LearnedBook } from '../../src/playground/learned.ts';
import { learnedNews, NEWS_MAX } from '../../src/playground/learnednews.ts';

const well = (...cells: readonly string[]): Learned => ({
  byAddress: new Map(cells.map((cell, index) => [`192.0.2.${index}`, [cell]])),
  isWell: true,
  note: null,
});
const ill = (reason: string, note: string): Learned => ({
  byAddress: new Map([['192.0.2.0', [reason]]]),
  isWell: false,
  note,
});
const book = (entries: Readonly<Record<string, Learned>>): LearnedBook => new Map(Object.entries(entries));

describe('what is worth a line', () => {
  const rows: readonly [says: string, before: LearnedBook, after: LearnedBook, want: readonly string[]][] = [
    [
      'a Service that is new to the routers',
      book({}),
      book({ 'a/b': well('r via w1') }),
      ['a/b  is learned by r via w1'],
    ],
    [
      'nothing where nothing changed',
      book({ 'a/b': well('r via w1') }),
      book({ 'a/b': well('r via w1') }),
      [],
    ],
    [
      'another next hop, by the names of Services',
      book({ 'c/d': well('r via w1'), 'a/b': well('r via w1'), 'e/f': well('r via w1') }),
      book({ 'c/d': well('r via w2'), 'a/b': well('r via w2'), 'e/f': well('r via w1') }),
      ['a/b  is learned by r via w2', 'c/d  is learned by r via w2'],
    ],
    [
      'two addresses that go the same way are one word, and two that do not are two',
      book({}),
      book({ a: well('r via w1', 'r via w1'), b: well('r via w1', 's via w1') }),
      ['a  is learned by r via w1', 'b  is learned by r via w1 and s via w1'],
    ],
    [
      'a loss, with its reason',
      book({ 'a/b': well('r via w1') }),
      book({ 'a/b': ill('NoPeer', 'Nobody is there.') }),
      ['a/b  NoPeer: Nobody is there.'],
    ],
    [
      'a router that is left out',
      book({ 'a/b': well('r via w1', 's via w1') }),
      book({ 'a/b': { ...well('r via w1'), note: 'Not to s.' } }),
      ['a/b  is learned by r via w1 (Not to s.)'],
    ],
    ['nothing of a Service that has no address any more', book({ 'a/b': well('r via w1') }), book({}), []],
    [
      'in words that steer no terminal',
      book({}),
      book({ 'a/b': ill('NoPeer', 'x\u001b[2Jy\r\nz') }),
      ['a/b  NoPeer: x [2Jy z'],
    ],
  ];
  for (const [says, before, after, want] of rows) {
    it(says, () => assert.deepEqual(learnedNews(before, after), want));
  }

  it('no more lines than anybody reads', () => {
    const many = Object.fromEntries(
      Array.from({ length: NEWS_MAX + 3 }, (_, i) => [`a/${100 + i}`, well('r via w1')]),
    );
    const lines = learnedNews(new Map(), book(many));
    assert.deepEqual(
      [lines.length, lines.at(-1)],
      [NEWS_MAX + 1, 'and routers learn other routes to 3 Services more'],
    );
  });
});

/** What a page remembers of changes, while documents tell of the last few alone. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RecentChange } from '../../src/overview/document.ts';
import { HISTORY_MAX, remember } from '../../web/history.ts';

const change = (second: number, says: string): RecentChange => ({
  ...{ time: `2026-01-01T00:00:${`${second}`.padStart(2, '0')}Z`, kind: 'Service', name: 'shop/web', says },
});
const saysOf = (history: readonly RecentChange[]): readonly string[] => history.map(({ says }) => says);

describe('the history of a page', () => {
  it('has the most recent change first, each once', () => {
    const first = remember([], [change(2, 'b'), change(1, 'a')]);
    const next = remember(first, [change(3, 'c'), change(2, 'b')]);
    assert.deepEqual(saysOf(next), ['c', 'b', 'a']);
  });

  it('has the latest that came first where times are the same', () => {
    const first = remember([], [change(1, 'a')]);
    assert.deepEqual(saysOf(remember(first, [change(1, 'b')])), ['b', 'a']);
  });

  it('keeps what documents tell of no more, and is the same value without a new change', () => {
    const first = remember([], [change(1, 'a')]);
    assert.equal(remember(first, []), first);
    assert.equal(remember(first, [change(1, 'a')]), first);
  });

  it('forgets the oldest beyond its limit', () => {
    const many = Array.from({ length: HISTORY_MAX + 1 }, (_, index) => change(index % 60, `${index}`));
    assert.equal(remember([], many).length, HISTORY_MAX);
  });
});

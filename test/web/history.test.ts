/** What a page remembers of changes, while documents tell of the last few alone. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RecentChange, ServiceOverview } from '../../src/overview/document.ts';
import { departures, HISTORY_MAX, remember } from '../../web/history.ts';

const change = (second: number, says: string): RecentChange => ({
  ...{ time: `2026-01-01T00:00:${`${second}`.padStart(2, '0')}Z`, kind: 'Service', name: 'shop/web', says },
});
const saysOf = (history: readonly RecentChange[]): readonly string[] => history.map(({ says }) => says);

const service = (name: string, addresses: readonly string[]): ServiceOverview => ({
  ...{ service: name, addresses, pool: null, state: 'assigned', reason: null, says: null, since: null },
  ...{ announced: null, answeredBy: null, request: 'IPv4', waitsFor: null },
});
const counts = {
  ...{ namespace: null, total: 0, withAddress: 0, withoutAddress: 0, unreconciled: 0, others: 0 },
  ...{ reasons: [], from: 'status' as const },
  announced: { yes: 0, no: 0, unknown: 0, unsaid: 0 },
};

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

  it('tells of Services that are gone, and of the addresses that they have left', () => {
    const services = { ...counts, items: [service('shop/web', ['192.0.2.1']), service('shop/new', [])] };
    const before = { services, time: '2026-01-01T00:00:01Z' };
    const patch = {
      sections: { time: '2026-01-01T00:00:02Z' },
      services: { kind: 'changes', counts, changed: [], removed: ['shop/web', 'shop/new'] },
    } as const;
    assert.deepEqual(departures(before, patch), [
      { ...change(2, 'is gone, and has left 192.0.2.1'), name: 'shop/web' },
      { ...change(2, 'is gone'), name: 'shop/new' },
    ]);
  });

  it('tells of addresses that Services have left, when another follows and when none does', () => {
    const had = ['192.0.2.1', '2001:db8::1'];
    const items = ['moved', 'narrowed', 'emptied', 'kept', 'untouched'].map((name) => service(name, had));
    const changed = [
      service('moved', ['192.0.2.7', '2001:db8::7']),
      service('narrowed', ['192.0.2.1']),
      service('emptied', []),
      service('kept', had),
      service('new', ['192.0.2.9']),
    ];
    const found = departures(
      { services: { ...counts, items }, time: '' },
      { sections: {}, services: { kind: 'changes', counts, changed, removed: [] } },
    );
    assert.deepEqual(
      found.map(({ name, says }) => `${name} ${says}`),
      [
        'moved has left 192.0.2.1 and 2001:db8::1, and has 192.0.2.7 and 2001:db8::7',
        'narrowed has left 2001:db8::1, and has 192.0.2.1',
        'emptied has left 192.0.2.1 and 2001:db8::1, and has no address',
      ],
    );
  });

  it('does not call Services gone that could not be read', () => {
    const before = { services: { ...counts, items: [service('shop/web', [])] }, time: '' };
    assert.deepEqual(departures(before, { sections: {}, services: { kind: 'whole', services: null } }), []);
  });
});

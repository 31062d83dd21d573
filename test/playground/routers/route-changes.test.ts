import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type {
  LearnedRoutes,
  LearnedRoutesByService,
} from '../../../src/playground/routers/learned-routes.ts';
import { CHANGE_LINES_MAX, describeRouteChanges } from '../../../src/playground/routers/route-changes.ts';

const okRoutes = (...cells: readonly string[]): LearnedRoutes => ({
  byAddress: new Map(cells.map((cell, index) => [`192.0.2.${index}`, [cell]])),
  isOk: true,
  note: null,
});
const failedRoutes = (reason: string, note: string): LearnedRoutes => ({
  byAddress: new Map([['192.0.2.0', [reason]]]),
  isOk: false,
  note,
});
const routesByService = (entries: Readonly<Record<string, LearnedRoutes>>): LearnedRoutesByService =>
  new Map(Object.entries(entries));

describe('the lines for route changes', () => {
  const rows: readonly [
    says: string,
    before: LearnedRoutesByService,
    after: LearnedRoutesByService,
    want: readonly string[],
  ][] = [
    [
      'a newly learned Service gives a line',
      routesByService({}),
      routesByService({ 'a/b': okRoutes('r via w1') }),
      ['a/b  is learned by r via w1'],
    ],
    [
      'an unchanged route gives no line',
      routesByService({ 'a/b': okRoutes('r via w1') }),
      routesByService({ 'a/b': okRoutes('r via w1') }),
      [],
    ],
    [
      'changed next hops give lines sorted by Service',
      routesByService({
        'c/d': okRoutes('r via w1'),
        'a/b': okRoutes('r via w1'),
        'e/f': okRoutes('r via w1'),
      }),
      routesByService({
        'c/d': okRoutes('r via w2'),
        'a/b': okRoutes('r via w2'),
        'e/f': okRoutes('r via w1'),
      }),
      ['a/b  is learned by r via w2', 'c/d  is learned by r via w2'],
    ],
    [
      'equal routes of two addresses are shown once',
      routesByService({}),
      routesByService({ a: okRoutes('r via w1', 'r via w1'), b: okRoutes('r via w1', 's via w1') }),
      ['a  is learned by r via w1', 'b  is learned by r via w1 and s via w1'],
    ],
    [
      'a lost route gives a line with its reason',
      routesByService({ 'a/b': okRoutes('r via w1') }),
      routesByService({ 'a/b': failedRoutes('NoPeer', 'Nobody is there.') }),
      ['a/b  NoPeer: Nobody is there.'],
    ],
    [
      'a router that does not learn the address is noted',
      routesByService({ 'a/b': okRoutes('r via w1', 's via w1') }),
      routesByService({ 'a/b': { ...okRoutes('r via w1'), note: 'Not to s.' } }),
      ['a/b  is learned by r via w1 (Not to s.)'],
    ],
    [
      'a Service that has lost its address gives no line',
      routesByService({ 'a/b': okRoutes('r via w1') }),
      routesByService({}),
      [],
    ],
    [
      'control characters are escaped',
      routesByService({}),
      routesByService({ 'a/b': failedRoutes('NoPeer', 'x\u001b[2Jy\r\nz') }),
      ['a/b  NoPeer: x\\u001b[2Jy z'],
    ],
  ];
  for (const [says, before, after, want] of rows) {
    it(says, () => assert.deepEqual(describeRouteChanges(before, after), want));
  }

  it('one change has a limit of lines', () => {
    const many = Object.fromEntries(
      Array.from({ length: CHANGE_LINES_MAX + 3 }, (_, i) => [`a/${100 + i}`, okRoutes('r via w1')]),
    );
    const lines = describeRouteChanges(new Map(), routesByService(many));
    assert.deepEqual(
      [lines.length, lines.at(-1)],
      [CHANGE_LINES_MAX + 1, 'and routers learn other routes to 3 Services more'],
    );
  });
});

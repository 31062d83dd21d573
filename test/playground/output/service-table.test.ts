import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Colorize, noColor } from '../../../src/observe/terminal.ts';
import type { ServiceRow } from '../../../src/playground/cluster/service-row.ts';
import { foldLine, ROWS_MAX, renderServiceTable } from '../../../src/playground/output/service-table.ts';
import type {
  LearnedRoutes,
  LearnedRoutesByService,
} from '../../../src/playground/routers/learned-routes.ts';
import { underSeeds } from '../../support/random.ts';

const row = (key: string, parts: Partial<ServiceRow> = {}): ServiceRow => ({
  key,
  uid: key,
  resourceVersion: '1',
  request: 'IPv4',
  addresses: ['192.0.2.1'],
  pool: 'everyday',
  state: 'assigned',
  note: null,
  shouldHaveAddress: true,
  ...parts,
});

const waiting: Partial<ServiceRow> = {
  addresses: [],
  pool: null,
  state: 'waiting',
  note: 'PoolExhausted: No IPv4 address is free in pool "everyday". It is served when one is released there.',
};

const render = (
  rows: readonly ServiceRow[],
  columns = 100,
  learned: LearnedRoutesByService | null = null,
): string => `\n${renderServiceTable(rows, { columns, paint: noColor, learned }).join('\n')}`;

const routes = (byAddress: Readonly<Record<string, readonly string[]>>): LearnedRoutes => ({
  byAddress: new Map(Object.entries(byAddress)),
  isOk: true,
  note: null,
});

const notLearned: LearnedRoutes = {
  byAddress: new Map([['192.0.2.1', ['RangeNotListed']]]),
  isOk: false,
  note: '192.0.2.1 is learned by no router: its range is not among those that are announced.',
};

describe('a table', () => {
  it('aligns its columns, and shows a reason instead of address and pool', () =>
    assert.equal(
      render([
        row('shop/cart', { request: 'IPv4 and IPv6', addresses: ['192.0.2.1', '2001:db8::1'] }),
        row('shop/late', waiting),
        row('shop/web', { state: 'unreconciled', addresses: [], pool: null }),
      ]),
      `
SERVICE     REQUEST         ADDRESS       POOL
shop/cart   IPv4 and IPv6   192.0.2.1     everyday
                            2001:db8::1
shop/late   IPv4            PoolExhausted: No IPv4 address is free in pool "everyday". It is served
                            when one is released there.
shop/web    IPv4            not reconciled yet`,
    ));

  it('shows a warning below the address', () =>
    assert.equal(
      render([row('a/b', { note: 'Layer2Only: Nobody answers.' })]),
      `
SERVICE   REQUEST   ADDRESS     POOL
a/b       IPv4      192.0.2.1   everyday
                    Layer2Only: Nobody answers.`,
    ));

  it('is a list of paragraphs on a narrow terminal', () =>
    assert.equal(
      render([row('shop/cart', { addresses: ['192.0.2.1', '2001:db8::1'] }), row('shop/late', waiting)], 50),
      `
shop/cart
    request: IPv4
    has: 192.0.2.1 and 2001:db8::1 from pool
    everyday
shop/late
    request: IPv4
    PoolExhausted: No IPv4 address is free in pool
    "everyday". It is served when one is released
    there.`,
    ));

  it('without a row it is a sentence', () => assert.equal(render([]), '\nNo Service of type LoadBalancer.'));

  it('has a limit of rows', () => {
    const lines = renderServiceTable(
      Array.from({ length: ROWS_MAX + 7 }, (_, i) => row(`a/s${i}`)),
      { columns: 100, paint: noColor, learned: null },
    );
    assert.deepEqual([lines.length, lines.at(-1)], [ROWS_MAX + 2, 'and 7 Services more']);
  });

  it('has no control character of the cluster', () =>
    assert.doesNotMatch(
      render([row('a/b', { request: 'x\u001b[2Jy\r\n', note: 'a\u0007\u202eb' })]).replaceAll('\n', ''),
      /[\p{Cc}\p{Cf}]/u,
    ));

  it('has the same text with colours', () => {
    const paint: Colorize = (_, text) => `\u001b[1m${text}\u001b[0m`;
    const rows = [row('a/b'), row('c/d', waiting), row('e/f', { ...waiting, shouldHaveAddress: false })];
    const coloured = renderServiceTable(rows, { columns: 100, paint, learned: null }).join('\n');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
    assert.equal(`\n${coloured.replace(/\u001b\[\d+m/g, '')}`, render(rows));
    assert.notEqual(`\n${coloured}`, render(rows));
  });

  it('no line is wider than the terminal, and no address is broken', () =>
    underSeeds(50, 2000, ({ below, chance, pick }) => {
      const word = (max: number): string => 'x'.repeat(1 + below(max));
      const long = '2001:db8:1111:2222:3333:4444:5555:6666';
      const byService = new Map<string, LearnedRoutes>();
      const rows = Array.from({ length: 1 + below(5) }, () => {
        const note = chance(0.5) ? `Reason: ${Array.from({ length: 20 }, () => word(12)).join(' ')}` : null;
        const addresses = pick([['192.0.2.1'], [long], ['192.0.2.1', long]]);
        const key = `${word(63)}/${word(63)}`;
        const cell = `10.10.0.1 via ${Array.from({ length: 1 + below(4) }, () => word(15)).join(' ')}`;
        const learnedNote = chance(0.5) ? null : notLearned.note;
        byService.set(key, {
          ...routes(Object.fromEntries(addresses.map((one) => [one, [cell]]))),
          note: learnedNote,
        });
        return row(key, { request: word(30), pool: word(28), note, addresses });
      });
      const learned = pick([null, byService]);
      for (const columns of [40, 60, 80, 100, 200]) {
        const text = render(rows, columns, learned);
        const widest = Math.max(...text.split('\n').map((line) => line.length));
        assert.ok(
          widest <= Math.max(Math.min(columns, 100), long.length + 10),
          `${widest} of ${columns} columns${text}`,
        );
        for (const address of rows.flatMap(({ addresses }) => addresses))
          assert.ok(text.includes(address), text);
      }
    }));
});

describe('the column ROUTER', () => {
  const learned: LearnedRoutesByService = new Map([
    [
      'shop/cart',
      routes({
        '192.0.2.1': ['10.10.0.1 via w1 w2', '10.10.0.2 via w1'],
        '2001:db8::1': ['fd00:10::1 via w1 w2'],
      }),
    ],
    ['shop/web', notLearned],
  ]);
  const rows = [
    row('shop/cart', { request: 'IPv4 and IPv6', addresses: ['192.0.2.1', '2001:db8::1'] }),
    row('shop/late', waiting),
    row('shop/web'),
  ];

  it('has a line for each router of an address, and the explanation below', () =>
    assert.equal(
      render(rows, 100, learned),
      `
SERVICE     REQUEST         ADDRESS       POOL       ROUTER
shop/cart   IPv4 and IPv6   192.0.2.1     everyday   10.10.0.1 via w1 w2
                                                     10.10.0.2 via w1
                            2001:db8::1              fd00:10::1 via w1 w2
shop/late   IPv4            PoolExhausted: No IPv4 address is free in pool "everyday". It is served
                            when one is released there.
shop/web    IPv4            192.0.2.1     everyday   RangeNotListed
                            192.0.2.1 is learned by no router: its range is not among those that are
                            announced.`,
    ));

  it('the gaps shrink first, and then the column is wrapped between words', () => {
    const many = new Map([['shop/cart', routes({ '192.0.2.1': ['10.10.0.1 via worker-1 worker-2'] })]]);
    const one = [row('shop/cart')];
    assert.equal(
      render(one, 70, many),
      `
SERVICE    REQUEST  ADDRESS    POOL      ROUTER
shop/cart  IPv4     192.0.2.1  everyday  10.10.0.1 via worker-1
                                         worker-2`,
    );
    assert.equal(
      render(one, 72, many),
      `
SERVICE    REQUEST  ADDRESS    POOL      ROUTER
shop/cart  IPv4     192.0.2.1  everyday  10.10.0.1 via worker-1 worker-2`,
    );
  });

  it('is a line of the paragraph on a narrow terminal', () =>
    assert.equal(
      render(rows.slice(2), 40, learned),
      `
shop/web
    request: IPv4
    has: 192.0.2.1 from pool everyday
    router: RangeNotListed
    192.0.2.1 is learned by no router:
    its range is not among those that
    are announced.`,
    ));

  it('is empty for an address without a prediction', () =>
    assert.equal(
      render([row('a/b')], 100, new Map()),
      `
SERVICE   REQUEST   ADDRESS     POOL       ROUTER
a/b       IPv4      192.0.2.1   everyday`,
    ));

  it('has no control character of the cluster', () =>
    assert.doesNotMatch(
      render(
        [row('a/b')],
        100,
        new Map([['a/b', { ...routes({ '192.0.2.1': ['r via \u001b[2Jx'] }), note: 'a\u0007b' }]]),
      ).replaceAll('\n', ''),
      /[\p{Cc}\p{Cf}]/u,
    ));
});

describe('a long line', () => {
  it('is wrapped between words, and indented', () =>
    assert.deepEqual(foldLine(`12:00:00  ${'word '.repeat(12).trim()}`, { columns: 50, indent: 10 }), [
      '12:00:00  word word word word word word',
      '          word word word word word word',
    ]));
  it('is unchanged where it fits', () =>
    assert.deepEqual(foldLine('  two  blanks', { columns: 50, indent: 0 }), ['  two  blanks']));
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ServiceRow } from '../../../src/playground/cluster/service-row.ts';
import { ServiceBoard, summarize } from '../../../src/playground/output/service-board.ts';

const row = (key: string, parts: Partial<ServiceRow> = {}): ServiceRow => ({
  key,
  uid: key,
  resourceVersion: '1',
  request: 'IPv4',
  addresses: ['192.0.2.1'],
  pool: 'a',
  state: 'assigned',
  note: null,
  shouldHaveAddress: true,
  ...parts,
});
const newService = { addresses: [], pool: null, state: 'unreconciled' } as const;
const waitingService = {
  addresses: [],
  pool: null,
  state: 'waiting',
  note: 'NoPools: There is no pool at all.',
} as const;

describe('the line for a change of a Service', () => {
  it('each new outcome gives one line, from creation to deletion', () => {
    const board = new ServiceBoard();
    const lines = [
      board.put(row('a/b', newService)),
      board.put(row('a/b', waitingService)),
      board.put(row('a/b', { ...waitingService, resourceVersion: '2', request: 'IPv6' })),
      board.put(row('a/b')),
      board.put(row('a/b', { note: 'Layer2Only: Nobody answers.' })),
      board.put(row('a/b', newService)),
      board.remove('a/b'),
    ];
    assert.deepEqual(lines, [
      null,
      'a/b  has no address: NoPools: There is no pool at all.',
      null,
      'a/b  has 192.0.2.1 from pool a',
      'a/b  has 192.0.2.1 from pool a (Layer2Only: Nobody answers.)',
      'a/b  has no address: not reconciled yet',
      'a/b  is gone',
    ]);
  });

  it('a deleted Service names the addresses that it released', () => {
    const board = new ServiceBoard();
    board.put(row('a/b', { addresses: ['192.0.2.1', '2001:db8::1'] }));
    assert.equal(board.remove('a/b'), 'a/b  is gone, and gave back 192.0.2.1 and 2001:db8::1');
  });

  it('a Service that was deleted before its reconciliation gives no line', () => {
    const board = new ServiceBoard();
    board.put(row('a/b', newService));
    assert.deepEqual([board.remove('a/b'), board.remove('a/b'), board.rows()], [null, null, []]);
  });
});

describe('the board', () => {
  it('sorts its rows, and lists Services without an address or a reconciliation', () => {
    const board = new ServiceBoard();
    board.put(row('b/x', newService));
    board.put(row('a/y', waitingService));
    board.put(row('a/x'));
    board.put(row('c/x', { ...waitingService, shouldHaveAddress: false }));
    assert.deepEqual(
      [board.rows().map(({ key }) => key), board.unassigned(), board.isReconciled],
      [['a/x', 'a/y', 'b/x', 'c/x'], ['a/y', 'b/x'], false],
    );
    board.put(row('b/x'));
    assert.equal(board.isReconciled, true);
  });
});

describe('the summary of the table', () => {
  const many = Array.from({ length: 7 }, (_, i) => row(`s/${i}`, waitingService));
  const rows: readonly [says: string, rows: readonly ServiceRow[], want: string][] = [
    ['all served', [row('a/b')], 'Every Service that should have an address has one.'],
    [
      'one is expected to have none',
      [row('a/b'), row('c/d', { ...waitingService, shouldHaveAddress: false })],
      'Every Service that should have an address has one; 1 is meant to have none.',
    ],
    [
      'one waits',
      [row('a/b'), row('c/d', waitingService)],
      '1 Service of 2 that should have an address has none: c/d.',
    ],
    [
      'many wait',
      [
        ...many,
        row('x/y', { ...waitingService, shouldHaveAddress: false }),
        row('x/z', { ...waitingService, shouldHaveAddress: false }),
      ],
      '7 Services of 7 that should have an address have none: s/0, s/1, s/2, s/3, s/4 and 2 more; 2 are meant to have none.',
    ],
  ];
  for (const [says, table, want] of rows) {
    it(says, () => {
      const board = new ServiceBoard();
      for (const each of table) board.put(each);
      assert.equal(summarize(board.rows(), board.unassigned()), want);
    });
  }
});

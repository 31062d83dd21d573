import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ServiceOverview } from '../../src/overview/document.ts';
import { cellsOf, densityOf, isInPool, rangeOf, usersOf } from '../../web/address-map.ts';
import { rangesOf } from '../../web/offered-addresses.ts';

const service = (name: string, ...addresses: readonly string[]): ServiceOverview => ({
  ...{ service: name, state: 'assigned', request: '', addresses, pool: null, reason: null, says: null },
  ...{ since: null, announced: null, answeredBy: null, waitsFor: null },
});

function cells(text: string, ...services: readonly ServiceOverview[]) {
  const [range] = rangesOf([text]);
  assert.ok(range);
  return cellsOf(range, usersOf(range, services), { avoidBuggyIPs: false, notGranted: [] });
}

describe('the map of a pool', () => {
  it('has a cell for each address of a small range', () => {
    const shown = cells('192.0.2.1-192.0.2.3', service('a/x', '192.0.2.2'), service('a/y', '192.0.2.2'));
    assert.deepEqual(
      shown.map(({ text, services }) => [text, services]),
      [
        ['192.0.2.1', []],
        ['192.0.2.2', ['a/x', 'a/y']],
        ['192.0.2.3', []],
      ],
    );
    assert.deepEqual(
      shown.map(({ used }) => used),
      [0, 1, 0],
      'a shared address counts once',
    );
  });

  it('has a cell for each address up to a /22, and blocks beyond', () => {
    assert.equal(cells('10.0.0.0/22').length, 1024);
    const blocks = cells('10.0.0.0/21');
    assert.equal(blocks.length, 256);
    assert.equal(blocks[0]?.text, '10.0.0.0/29');
  });

  it('covers the whole range with its blocks, also where it begins in the middle of one', () => {
    for (const text of ['10.0.0.5-10.0.40.9', 'fd00::1-fd00::ffff:ffff', '::/0', '0.0.0.0/0']) {
      const [range] = rangesOf([text]);
      const shown = cells(text);
      assert.ok(range && shown.length <= 1024, `${shown.length} cells`);
      assert.equal(shown[0]?.range.first, range.first);
      assert.equal(shown.at(-1)?.range.last, range.last);
      for (const [index, cell] of shown.entries())
        if (index > 0) assert.equal(cell.range.first, (shown[index - 1]?.range.last ?? 0n) + 1n, cell.text);
    }
  });

  it('finds a Service in the block that holds its address', () => {
    const used = cells('fd00::/64', service('a/x', 'fd00::1', '192.0.2.1')).filter(({ used }) => used > 0);
    assert.deepEqual(
      used.map(({ services }) => services),
      [['a/x']],
    );
    assert.deepEqual(used.map(densityOf), [1]);
  });

  it('knows whether a range that a URL names is part of the pool', () => {
    const pool = { addresses: ['192.0.2.0-192.0.2.9', '192.0.2.10-192.0.2.19'] };
    for (const [text, isPart] of [
      ['192.0.2.5-192.0.2.15', true],
      ['192.0.2.15-192.0.2.20', false],
      ['2001:db8::/64', false],
    ] as const)
      assert.equal(isInPool(rangeOf(text) ?? assert.fail(text), pool), isPart, text);
  });

  it('leaves out what cannot be read', () => {
    assert.deepEqual(rangesOf(['nonsense', '192.0.2.9-192.0.2.1']), []);
    assert.equal(rangeOf('nonsense'), null);
    assert.equal(rangeOf('192.0.2.1')?.last, rangeOf('192.0.2.1')?.first);
  });
});

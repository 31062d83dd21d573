/** The words and signs of the map's cells. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ServiceOverview } from '../../src/overview/document.ts';
import { cellsOf, usersOf } from '../../web/address-map.ts';
import {
  addressesText,
  CELL_SIGNS,
  cellState,
  cellText,
  legendOf,
  rangeText,
  withheldText,
} from '../../web/cell-state.ts';
import { type PoolAddresses, rangesOf } from '../../web/offered-addresses.ts';

const service = (name: string, ...addresses: readonly string[]): ServiceOverview => ({
  ...{ service: name, state: 'assigned', request: '', addresses, pool: null, reason: null, says: null },
  ...{ since: null, announced: null, answeredBy: null, waitsFor: null },
});
const AVOIDS: PoolAddresses = { avoidBuggyIPs: true, notGranted: ['192.0.2.3/32'] };

function cells(text: string, pool: PoolAddresses, ...services: readonly ServiceOverview[]) {
  const range = rangesOf([text])[0] ?? assert.fail(text);
  return cellsOf(range, usersOf(range, services), pool);
}

describe('a cell of the map', () => {
  const shown = cells(
    '192.0.2.0-192.0.2.4',
    AVOIDS,
    ...[service('a/x', '192.0.2.1', '192.0.2.2'), service('a/y', '192.0.2.2')],
  );

  it('has a state and words of its own where nobody gets the address', () => {
    assert.deepEqual(
      shown.map((cell) => [cell.text, cellState(cell), cellText(cell)]),
      [
        ['192.0.2.0', 'avoided', 'avoided (avoidBuggyIPs)'],
        ['192.0.2.1', 'used', 'a/x'],
        ['192.0.2.2', 'shared', 'a/x, a/y'],
        ['192.0.2.3', 'not-granted', 'not granted by this pool'],
        ['192.0.2.4', 'free', 'free'],
      ],
    );
  });

  it('shows who has an address that nobody else would get', () => {
    const [first] = cells('192.0.2.0-192.0.2.4', AVOIDS, service('a/x', '192.0.2.0'));
    assert.deepEqual([first && cellState(first), first && cellText(first)], ['used', 'a/x']);
  });

  it('is told apart by its sign, whatever its colour', () => {
    const { free, 'density-0': none, ...signs } = CELL_SIGNS;
    assert.equal(new Set(Object.values(signs)).size, Object.keys(signs).length);
    assert.deepEqual([free, none], ['', '']);
  });

  it('is counted with its range, and in the legend', () => {
    assert.equal(rangeText(shown), '2 in use, 1 free, 2 not granted');
    assert.deepEqual(
      legendOf(shown).map(({ says }) => says),
      [
        ...['free: 1', 'in use: 1', 'shared by several Services: 1', 'avoided (avoidBuggyIPs): 1'],
        'not granted by this pool: 1',
      ],
    );
  });

  it('is a block with the numbers of its addresses, of which it is full without the avoided ones', () => {
    const every = Array.from({ length: 254 }, (_, index) => service(`a/${index}`, `10.0.0.${index + 1}`));
    const [first, second] = cells(
      '10.0.0.0/16',
      { avoidBuggyIPs: true, notGranted: ['10.0.1.0/24'] },
      ...every,
    );
    assert.deepEqual(
      [first, second].map((cell) => cell && [cell.text, cellState(cell), cellText(cell)]),
      [
        ['10.0.0.0/24', 'density-4', '254 in use, 0 free, 2 not granted'],
        ['10.0.1.0/24', 'not-granted', '0 in use, 0 free, 256 not granted'],
      ],
    );
  });

  it('names the pool that grants the address instead', () => {
    const younger = { name: 'younger', state: 'valid', addresses: ['192.0.2.0/24'] } as const;
    const cell = { range: rangesOf(['192.0.2.3/32'])[0] ?? assert.fail() };
    const says = (...pools: readonly (readonly [string, string])[]): string => {
      const others = pools.map(([name, range]) => ({ name, addresses: [range] }));
      return withheldText('notGranted', cell, younger, [younger, ...others]);
    };
    assert.equal(
      says(['old', '192.0.2.0/30'], ['else', '198.51.100.0/24']),
      'Pool old is older and lists it as well, so that pool grants it.',
    );
    assert.equal(
      says(['a', '192.0.2.0/30'], ['b', '192.0.2.3/32']),
      'Several pools list it, and the oldest grants it: a, b.',
    );
    assert.equal(
      withheldText('notGranted', cell, { ...younger, state: 'invalid' }, []),
      'Pool younger is invalid, and does not grant it.',
    );
    assert.match(withheldText('avoided', cell, younger, []), /ends in \.0 or \.255.*avoidBuggyIPs/);
  });
});

it('the size of a range is exact, or a power of two', () => {
  assert.deepEqual([1n, 50n, 2n ** 64n].map(addressesText), ['1 address', '50 addresses', '2^64 addresses']);
});

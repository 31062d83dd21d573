/** What the map counts as free is what the ledger would give: both are asked about pools of all kinds. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toLedgerPools } from '../../src/allocation/pool-diff.ts';
import { buildPoolSet, toPoolObject } from '../../src/config/pool/pool-set.ts';
import { Ledger } from '../../src/ipam/ledger.ts';
import { formatAddress } from '../../src/net/address.ts';
import { describePools } from '../../src/overview/pools-overview.ts';
import { cellsOf } from '../../web/address-map.ts';
import { countOffered, rangesOf, withheldAs } from '../../web/offered-addresses.ts';

type Spec = { readonly addresses: readonly string[]; readonly avoidBuggyIPs?: boolean };

/** The first is the oldest. */
function overviewOf(...specs: readonly Spec[]) {
  const objects = specs.map((spec, index) =>
    toPoolObject({
      apiVersion: 'metallb.io/v1beta1',
      kind: 'IPAddressPool',
      metadata: { name: `p${index}`, creationTimestamp: `2026-01-01T00:00:0${index}Z` },
      spec,
    }),
  );
  const poolSet = buildPoolSet(objects, null);
  const ledger = Ledger.empty();
  ledger.setPools(toLedgerPools(poolSet));
  return { ledger, pools: describePools(poolSet, null) };
}

describe('the addresses that a pool offers', () => {
  for (const [says, ...specs] of [
    ['all of a pool that is alone', { addresses: ['192.0.2.0/24', '2001:db8::/120'] }],
    [
      'not .0 and .255 of a pool that avoids them',
      { addresses: ['10.0.0.200-10.0.3.10'], avoidBuggyIPs: true },
    ],
    ['not .255 at the end of a range', { addresses: ['10.0.0.250-10.0.0.255'], avoidBuggyIPs: true }],
    ['nothing of one avoided address', { addresses: ['10.0.0.0/32'], avoidBuggyIPs: true }],
    ['the last address of all', { addresses: ['255.255.255.254-255.255.255.255'] }],
    ['::ff of IPv6, which is as good as others', { addresses: ['2001:db8::/120'], avoidBuggyIPs: true }],
    [
      'what an older pool does not list',
      { addresses: ['192.0.2.100-192.0.2.120', '192.0.2.250-192.0.3.5'] },
      { addresses: ['192.0.2.0/23'], avoidBuggyIPs: true },
    ],
    [
      'nothing of a pool within an older one',
      { addresses: ['192.0.2.0/24'] },
      { addresses: ['192.0.2.7/32'] },
    ],
    ['nothing of a pool that is invalid', { addresses: ['192.0.2.0/28', 'nonsense'] }],
  ] as readonly (readonly [string, ...Spec[]])[])
    it(`are ${says}, as for the ledger`, () => {
      const { ledger, pools } = overviewOf(...specs);
      for (const pool of pools) {
        // A pool without a valid version is none of the ledger's.
        const { available4, available6 } = ledger.hasPool(pool.name)
          ? ledger.counts(pool.name)
          : { available4: 0, available6: 0 };
        const ranges = rangesOf(pool.addresses);
        const counted = ranges.reduce((sum, range) => sum + countOffered(pool, range), 0n);
        assert.equal(counted, BigInt(available4 + available6), pool.name);
        const cells = ranges.flatMap((range) => cellsOf(range, [], pool));
        const free = cells.reduce((sum, cell) => sum + cell.free, 0n);
        assert.equal(free, counted, `${pool.name}, by its cells`);
        for (const { text, free, withheld } of cells.filter(({ isBlock }) => !isBlock))
          assert.equal(withheld === null, free === 1n, text);
      }
    });

  it('say why an address is not among them', () => {
    const { pools } = overviewOf(
      { addresses: ['192.0.2.0-192.0.2.1'] },
      { addresses: ['192.0.2.0-192.0.3.0'], avoidBuggyIPs: true },
    );
    const younger = pools[1] ?? assert.fail();
    const why = [0n, 1n, 2n, 255n, 256n].map((offset) => {
      const address = { family: 4, bits: 0xc0000200n + offset } as const;
      return [formatAddress(address), withheldAs(younger, address)];
    });
    assert.deepEqual(why, [
      ['192.0.2.0', 'notGranted'],
      ['192.0.2.1', 'notGranted'],
      ['192.0.2.2', null],
      ['192.0.2.255', 'avoided'],
      ['192.0.3.0', 'avoided'],
    ]);
  });
});

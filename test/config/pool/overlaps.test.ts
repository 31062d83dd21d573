import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { finishSteps } from '../../../src/base/steps.ts';
import { ClaimMap, OVERLAPS_PER_POOL_MAX, type PoolClaims } from '../../../src/config/pool/overlaps.ts';
import { type AddressRange, formatRange, parseRange } from '../../../src/net/range.ts';
import { underSeeds } from '../../support/random.ts';

function range(text: string): AddressRange {
  const parsed = parseRange(text);
  assert.ok(parsed.ok, text);
  return parsed.value;
}

const claimant = (name: string, ...texts: readonly string[]): PoolClaims => ({
  name,
  claims: texts.map(range),
});

/** Oldest first: the ranges that each may assign, and its overlaps (`<` marks an older pool). */
function resolveClaims(...claimants: readonly PoolClaims[]): readonly string[] {
  const map = ClaimMap.of(claimants);
  const overlaps = finishSteps(map.overlaps());
  return claimants.map(({ name, claims }, age) => {
    const granted = finishSteps(map.grantable(age, claims)).map(formatRange).join(' ');
    const others = (overlaps[age] ?? []).map(
      (o) => `${o.isOtherOlder ? '<' : '>'}${o.otherPool} ${formatRange(o.range)}`,
    );
    return `${name}: ${granted || 'nothing'}; ${others.join(', ') || 'alone'}`;
  });
}

/** The first of the sixty-four addresses of the table. */
const FIRST_ADDRESSES = { 4: range('10.0.0.0/26').first, 6: range('fd00::/122').first };

describe('ClaimMap', () => {
  const rows: readonly [says: string, claimants: readonly PoolClaims[], settled: readonly string[]][] = [
    [
      'adjacent pools do not overlap',
      [claimant('a', '10.0.0.0/25'), claimant('b', '10.0.0.128/25', 'fd00::/64')],
      ['a: 10.0.0.0/25; alone', 'b: 10.0.0.128/25 fd00::/64; alone'],
    ],
    [
      'the older pool assigns the common addresses',
      [claimant('a', '10.0.0.0/24'), claimant('b', '10.0.0.128-10.0.1.255')],
      ['a: 10.0.0.0/24; >b 10.0.0.128/25', 'b: 10.0.1.0/24; <a 10.0.0.128/25'],
    ],
    [
      'a younger pool inside an older one assigns nothing',
      [claimant('a', '10.0.0.0/8'), claimant('b', '10.9.0.0/16')],
      ['a: 10.0.0.0/8; >b 10.9.0.0/16', 'b: nothing; <a 10.9.0.0/16'],
    ],
    [
      'an older pool inside a younger one leaves it both ends',
      [claimant('a', '10.0.0.16/28'), claimant('b', '10.0.0.0/26')],
      ['a: 10.0.0.16/28; >b 10.0.0.16/28', 'b: 10.0.0.0/28 10.0.0.32/27; <a 10.0.0.16/28'],
    ],
    [
      'of three pools on one address, both younger ones name the oldest',
      [claimant('a', '10.0.0.1/32'), claimant('b', '10.0.0.1/32'), claimant('c', '10.0.0.0/31')],
      [
        'a: 10.0.0.1/32; >b 10.0.0.1/32, >c 10.0.0.1/32',
        'b: nothing; <a 10.0.0.1/32',
        'c: 10.0.0.0/32; <a 10.0.0.1/32',
      ],
    ],
    [
      'whole families',
      [claimant('a', '255.255.255.255/32', 'ffff::/16'), claimant('b', '0.0.0.0/0', '::/0')],
      [
        'a: 255.255.255.255/32 ffff::/16; >b 255.255.255.255/32, >b ffff::/16',
        'b: 0.0.0.0-255.255.255.254 ::-fffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff; <a 255.255.255.255/32, <a ffff::/16',
      ],
    ],
    [
      'a pool without ranges',
      [claimant('a'), claimant('b', '10.0.0.0/24')],
      ['a: nothing; alone', 'b: 10.0.0.0/24; alone'],
    ],
    [
      'a pool that overlaps itself has no overlap here',
      [claimant('a', '10.0.0.0/24', '10.0.0.0/25')],
      ['a: 10.0.0.0/24 10.0.0.0/25; alone'],
    ],
  ];
  for (const [says, claimants, settled] of rows) {
    it(says, () => assert.deepEqual(resolveClaims(...claimants), settled));
  }

  it('separates families, even for equal numbers', () => {
    const settled = resolveClaims(claimant('a', '0.0.0.0/8'), claimant('b', '::/104'));
    assert.deepEqual(settled, ['a: 0.0.0.0/8; alone', 'b: ::/104; alone']);
  });

  it('leaves unclaimed ranges to the pool that still assigns from them', () => {
    const map = ClaimMap.of([
      claimant('old', '10.0.0.0/32', '10.0.0.9/32'),
      claimant('edited', '10.0.1.0/24'),
    ]);
    assert.deepEqual(finishSteps(map.grantable(1, [range('10.0.0.0/28')])).map(formatRange), [
      '10.0.0.1-10.0.0.8',
      '10.0.0.10-10.0.0.15',
    ]);
  });

  it('limits the list of overlaps, and still assigns exactly', () => {
    const claims = Array.from({ length: 1_000 }, (_, i) => `10.${i >> 8}.${i & 255}.0/32`);
    const map = ClaimMap.of([claimant('old', ...claims), claimant('new', '10.0.0.0/8')]);
    assert.deepEqual(
      finishSteps(map.overlaps()).map((list) => list.length),
      [OVERLAPS_PER_POOL_MAX, OVERLAPS_PER_POOL_MAX],
    );
    const left = finishSteps(map.grantable(1, [range('10.0.0.0/8')]));
    assert.equal(
      left.reduce((sum, { first, last }) => sum + last - first + 1n, 0n),
      2n ** 24n - 1_000n,
    );
  });

  it('agrees with a naive table of single addresses', () => {
    underSeeds(15, 1_000, (random) => {
      const claimants = Array.from({ length: 1 + random.below(6) }, (_, i) => {
        const texts = Array.from({ length: random.below(4) }, () => {
          const first = random.below(60);
          const [v4, last] = [random.chance(0.7), first + random.below(64 - first)];
          return v4
            ? `10.0.0.${first}-10.0.0.${last}`
            : `fd00::${first.toString(16)}-fd00::${last.toString(16)}`;
        });
        return claimant(`p${i}`, ...texts);
      });
      const map = ClaimMap.of(claimants);
      const overlaps = finishSteps(map.overlaps());
      const claims = (age: number, family: 4 | 6, host: bigint): boolean => {
        const base = FIRST_ADDRESSES[family];
        return (
          claimants[age]?.claims.some(
            (r) => r.family === family && r.first <= base + host && base + host <= r.last,
          ) ?? false
        );
      };
      const inside = (ranges: readonly AddressRange[], family: 4 | 6, host: bigint): boolean => {
        const base = FIRST_ADDRESSES[family];
        return ranges.some((r) => r.family === family && r.first <= base + host && base + host <= r.last);
      };
      for (const [age, { claims: mine }] of claimants.entries()) {
        const grantable = finishSteps(map.grantable(age, mine));
        for (const family of [4, 6] as const) {
          for (let host = 0n; host < 64n; host++) {
            const claimers = [...claimants.keys()].filter((other) => claims(other, family, host));
            assert.equal(inside(grantable, family, host), claimers[0] === age, `p${age} ${family} ${host}`);
            const loses = (overlaps[age] ?? []).filter((o) => o.isOtherOlder).map((o) => o.range);
            const older = claimers.includes(age) && claimers[0] !== age;
            assert.equal(inside(loses, family, host), older, `p${age} is told of ${family} ${host}`);
            const wins = (overlaps[age] ?? []).filter((o) => !o.isOtherOlder).map((o) => o.range);
            const younger = claimers[0] === age && claimers.length > 1;
            assert.equal(inside(wins, family, host), younger, `p${age} hears that it wins ${family} ${host}`);
          }
        }
      }
    });
  });
});

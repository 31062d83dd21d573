import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatIssue } from '../../../src/config/issue.ts';
import {
  buildPoolSet,
  formatPoolOverlap,
  type PoolObject,
  type PoolSet,
  RANGES_MAX,
  toPoolObject,
} from '../../../src/config/pool/pool-set.ts';
import { formatRange } from '../../../src/net/range.ts';
import { type Random, underSeeds } from '../../support/random.ts';

type PoolOptions = {
  readonly uid?: string;
  readonly at?: string;
  readonly spec?: Readonly<Record<string, unknown>>;
};

function pool(
  name: string,
  addresses: readonly unknown[],
  { uid = `uid-${name}`, at = '2026-01-01T00:00:00Z', spec = {} }: PoolOptions = {},
): PoolObject {
  return toPoolObject({
    metadata: { name, uid, creationTimestamp: at, generation: 1 },
    spec: { addresses, ...spec },
  });
}

/** One line for each pool: the ranges that it may assign, and why that is not all that it lists. */
function lines(book: PoolSet): readonly string[] {
  return [...book.byName.values()].map(({ name, active, grantable, issues, overlaps }) => {
    const grants = active === null ? 'never was good' : grantable.map(formatRange).join(' ') || 'nothing';
    const others = [
      ...new Set(
        overlaps.map(
          ({ otherPool: other, isOtherOlder }) => `${isOtherOlder ? 'yields to' : 'wins over'} ${other}`,
        ),
      ),
    ];
    return [`${name}: ${grants}`, ...issues.map(({ path }) => `bad ${path}`), ...others].join('; ');
  });
}

describe('buildPoolSet', () => {
  it('activates valid pools, in the order of their names', () => {
    const book = buildPoolSet([pool('b', ['10.0.1.0/24']), pool('a', ['10.0.0.0/24'])], null);
    assert.deepEqual(lines(book), ['a: 10.0.0.0/24', 'b: 10.0.1.0/24']);
  });

  it('keeps the last good version of a pool that became invalid, and of no other', () => {
    const before = buildPoolSet([pool('a', ['10.0.0.0/24']), pool('b', ['10.0.1.0/24'])], null);
    const after = buildPoolSet([pool('a', ['10.0.0.0/33']), pool('b', ['10.0.2.0/24'])], before);
    assert.deepEqual(lines(after), ['a: 10.0.0.0/24; bad spec.addresses[0]', 'b: 10.0.2.0/24']);
    const later = buildPoolSet([pool('a', ['worse']), pool('b', ['10.0.2.0/24'])], after);
    assert.deepEqual(lines(later), ['a: 10.0.0.0/24; bad spec.addresses[0]', 'b: 10.0.2.0/24']);
    const mended = buildPoolSet([pool('a', ['10.0.9.0/24']), pool('b', ['10.0.2.0/24'])], later);
    assert.deepEqual(lines(mended), ['a: 10.0.9.0/24', 'b: 10.0.2.0/24']);
  });

  it('has no last good version of a pool that was invalid from the start', () => {
    const book = buildPoolSet([pool('a', ['x'])], null);
    assert.deepEqual(lines(book), ['a: never was good; bad spec.addresses[0]']);
    assert.deepEqual(lines(buildPoolSet([pool('a', ['y'])], book)), [
      'a: never was good; bad spec.addresses[0]',
    ]);
  });

  it('reads the oldest pools, as far as their ranges fit, and says so of the others', () => {
    const many = Array.from({ length: RANGES_MAX - 1 }, () => 'never read');
    const [a, b, c] = ['2026-01-01', '2026-01-02', '2026-01-03'].map((day) => ({ at: `${day}T00:00:00Z` }));
    const before = buildPoolSet([pool('a', ['10.0.0.0/24'], a), pool('b', ['10.0.1.0/24'], b)], null);
    const after = buildPoolSet(
      [
        pool('a', ['10.0.0.0/24', '10.0.9.0/24'], a),
        pool('b', many, b),
        pool('c', ['10.0.2.0/24', '10.0.3.0/24'], c),
      ],
      before,
    );
    assert.deepEqual(lines(after), [
      'a: 10.0.0.0/24 10.0.9.0/24',
      'b: 10.0.1.0/24; bad spec.addresses',
      'c: 10.0.2.0/24 10.0.3.0/24',
    ]);
    const [issue] = after.byName.get('b')?.issues ?? [];
    assert.equal(
      issue && formatIssue(issue),
      'spec.addresses: has 499999 entries, and older pools have 2: more than 500000 together are not read; write neighbouring addresses as one range or CIDR',
    );
  });

  it('drops the last good version of a pool that was deleted and created again', () => {
    const before = buildPoolSet([pool('a', ['10.0.0.0/24'], { uid: 'one' })], null);
    const again = buildPoolSet([pool('a', ['x'], { uid: 'two' })], before);
    assert.deepEqual(lines(again), ['a: never was good; bad spec.addresses[0]']);
    const gone = buildPoolSet([], before);
    assert.deepEqual(lines(buildPoolSet([pool('a', ['x'], { uid: 'one' })], gone)), [
      'a: never was good; bad spec.addresses[0]',
    ]);
  });

  const [old, young] = [{ at: '2026-01-01T00:00:00Z' }, { at: '2026-02-01T00:00:00Z' }];
  const overlapping: readonly [says: string, pools: readonly PoolObject[], settled: readonly string[]][] = [
    [
      'the older pool assigns the common addresses',
      [pool('a', ['10.0.0.0/24'], young), pool('b', ['10.0.0.0/25'], old)],
      ['a: 10.0.0.128/25; yields to b', 'b: 10.0.0.0/25; wins over a'],
    ],
    [
      'of two pools of one age, the first by name wins',
      [pool('b', ['10.0.0.0/24'], { ...old, uid: '1' }), pool('a', ['10.0.0.0/24'], { ...old, uid: '2' })],
      ['a: 10.0.0.0/24; wins over b', 'b: nothing; yields to a'],
    ],
    [
      'a pool from a file is younger than those of the cluster',
      [
        toPoolObject({ metadata: { name: 'a' }, spec: { addresses: ['10.0.0.0/24'] } }),
        pool('b', ['10.0.0.0/24'], young),
      ],
      ['a: nothing; yields to b', 'b: 10.0.0.0/24; wins over a'],
    ],
    [
      'an invalid older pool still claims its valid ranges',
      [pool('a', ['10.0.0.0/25', 'x'], old), pool('b', ['10.0.0.0/24'], young)],
      ['a: never was good; bad spec.addresses[1]; wins over b', 'b: 10.0.0.128/25; yields to a'],
    ],
    [
      'an invalid younger pool claims nothing of an older one',
      [pool('a', ['10.0.0.0/25', 'x'], young), pool('b', ['10.0.0.0/24'], old)],
      ['a: never was good; bad spec.addresses[1]; yields to b', 'b: 10.0.0.0/24; wins over a'],
    ],
  ];
  for (const [says, pools, settled] of overlapping) {
    it(`overlap: ${says}`, () => {
      assert.deepEqual(lines(buildPoolSet(pools, null)), settled);
      assert.deepEqual(lines(buildPoolSet([...pools].reverse(), null)), settled);
    });
  }

  it('finds the same borders with and without last good versions', () => {
    const good = buildPoolSet([pool('a', ['10.0.0.0/24'], old), pool('b', ['10.0.0.0/23'], young)], null);
    const now = [pool('a', ['10.0.1.0/25', 'x'], old), pool('b', ['10.0.0.0/23'], young)];
    const [leader, fresh] = [buildPoolSet(now, good), buildPoolSet(now, null)];
    assert.deepEqual(leader.byName.get('b'), fresh.byName.get('b'));
    assert.deepEqual(leader.byName.get('a')?.overlaps, fresh.byName.get('a')?.overlaps);
    assert.deepEqual(lines(leader)[1], 'b: 10.0.0.0/24 10.0.1.128/25; yields to a');
  });

  it('warns about ranges that are permitted and probably unintended', () => {
    const book = buildPoolSet([pool('a', ['10.0.0.7/24', '169.254.0.0/30'])], null);
    const state = book.byName.get('a');
    assert.deepEqual(state?.issues, []);
    assert.deepEqual(state?.warnings.map(formatIssue), [
      'spec.addresses[0]: "10.0.0.7/24" has host bits set and means all of 10.0.0.0/24; write 10.0.0.0/24',
      'spec.addresses[1]: 169.254.0.0/30 contains link-local addresses (169.254.0.0/16), which most clients cannot reach',
    ]);
  });

  it('keeps a pool with unusable addresses in force where there is no valid version', () => {
    const stored = buildPoolSet([pool('a', ['10.0.0.0/24', '224.0.0.0/24'])], null).byName.get('a');
    assert.deepEqual(stored?.active?.ranges.map(formatRange), ['10.0.0.0/24', '224.0.0.0/24']);
    assert.match(stored?.issues.map(formatIssue).join() ?? '', /^spec\.addresses\[1\]: .* multicast/);
  });

  it('refuses an edit to unusable addresses as any other', () => {
    const good = buildPoolSet([pool('a', ['10.0.0.0/24'])], null);
    const edited = buildPoolSet([pool('a', ['0.0.0.0/0'])], good).byName.get('a');
    assert.deepEqual(edited?.active?.ranges.map(formatRange), ['10.0.0.0/24']);
  });

  it('describes an overlap for both pools', () => {
    const book = buildPoolSet([pool('a', ['10.0.0.0/24'], old), pool('b', ['10.0.0.0/25'], young)], null);
    const told = [...book.byName.values()].flatMap(({ overlaps }) => overlaps.map(formatPoolOverlap));
    assert.deepEqual(told, [
      '10.0.0.0/25 overlaps with already defined CIDR of pool "b", which is younger and does not grant these addresses; this pool does',
      '10.0.0.0/25 overlaps with already defined CIDR of pool "a", which is older and grants these addresses; this pool does not',
    ]);
  });

  it('handles a thousand pools whose ranges all overlap', () => {
    const pools = Array.from({ length: 1_000 }, (_, i) => {
      const addresses = Array.from({ length: 10 }, (_, j) => {
        const from = i * 40 + j * 4_000;
        const to = from + 50;
        return `10.${from >> 16}.${(from >> 8) & 255}.${from & 255}-10.${to >> 16}.${(to >> 8) & 255}.${to & 255}`;
      });
      return pool(`p${String(i).padStart(4, '0')}`, addresses);
    });
    const states = [...buildPoolSet(pools, null).byName.values()];
    assert.equal(states.filter(({ issues }) => issues.length > 0).length, 0);
    assert.ok(states.every(({ overlaps }) => overlaps.length > 0));
  });
});

describe('laws of buildPoolSet', () => {
  function randomPool(random: Random, index: number): PoolObject {
    const addresses = Array.from({ length: 1 + random.below(3) }, () => {
      const first = random.below(200);
      return random.chance(0.15) ? 'rubbish' : `10.0.0.${first}-10.0.0.${first + random.below(40)}`;
    });
    const at = `2026-01-0${1 + random.below(3)}T00:00:00Z`;
    return pool(`p${index}`, addresses, { at, uid: `uid-${index}-${random.below(2)}` });
  }
  const shuffled = <T>(items: readonly T[], random: Random): readonly T[] =>
    items
      .map((item) => ({ item, place: random.below(1_000_000) }))
      .sort((a, b) => a.place - b.place)
      .map(({ item }) => item);

  it('the order of the objects does not matter', () => {
    underSeeds(50, 2_000, (random) => {
      const before = buildPoolSet(
        Array.from({ length: 5 }, (_, i) => randomPool(random, i)),
        null,
      );
      const now = Array.from({ length: 6 }, (_, i) => randomPool(random, i));
      const [one, other] = [buildPoolSet(now, before), buildPoolSet(shuffled(now, random), before)];
      assert.deepEqual([...one.byName], [...other.byName]);
    });
  });

  it('no address may be assigned from two valid pools', () => {
    underSeeds(50, 2_000, (random) => {
      const book = buildPoolSet(
        Array.from({ length: 6 }, (_, i) => randomPool(random, i)),
        null,
      );
      const granted = new Set<bigint>();
      for (const { grantable, issues, name } of book.byName.values()) {
        if (issues.length > 0) continue;
        for (const { first, last } of grantable) {
          for (let bits = first; bits <= last; bits++) {
            assert.ok(!granted.has(bits), `${name} grants ${bits} again`);
            granted.add(bits);
          }
        }
      }
    });
  });

  it('a valid pool has the same result with and without a previous set', () => {
    underSeeds(50, 2_000, (random) => {
      const before = buildPoolSet(
        Array.from({ length: 5 }, (_, i) => randomPool(random, i)),
        null,
      );
      const now = Array.from({ length: 5 }, (_, i) => randomPool(random, i));
      const [leader, fresh] = [buildPoolSet(now, before), buildPoolSet(now, null)];
      for (const [name, state] of fresh.byName) {
        if (state.issues.length === 0) assert.deepEqual(leader.byName.get(name), state);
        assert.deepEqual(leader.byName.get(name)?.overlaps, state.overlaps);
      }
    });
  });
});

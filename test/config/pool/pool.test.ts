import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatIssue } from '../../../src/config/issue.ts';
import { parseAddressPool, readAddressPool } from '../../../src/config/pool/pool.ts';
import { formatRange } from '../../../src/net/range.ts';
import { formatSelector } from '../../../src/objects/selector.ts';
import { type Random, underSeeds } from '../../support/random.ts';

const metadata = { name: 'p', creationTimestamp: '2026-01-02T03:04:05Z' };
const object = (spec: unknown): unknown => ({
  apiVersion: 'metallb.io/v1beta1',
  kind: 'IPAddressPool',
  metadata,
  spec,
});

describe('parseAddressPool', () => {
  it('reads all fields', () => {
    const pool = parseAddressPool(
      object({
        addresses: ['10.0.0.0/30', '10.0.1.1 - 10.0.1.3', 'fd00::/126'],
        autoAssign: false,
        avoidBuggyIPs: true,
        serviceAllocation: {
          priority: 7,
          namespaces: ['a', 'b'],
          namespaceSelectors: [{ matchLabels: { team: 'red' } }],
          serviceSelectors: [
            {
              matchLabels: { app: 'web' },
              matchExpressions: [
                { key: 'tier', operator: 'NotIn', values: ['x'] },
                { key: 'old', operator: 'DoesNotExist' },
              ],
            },
          ],
        },
      }),
    );
    assert.ok(pool.ok);
    const { ranges, serviceAllocation: allocation, ...rest } = pool.value;
    assert.deepEqual(ranges.map(formatRange), ['10.0.0.0/30', '10.0.1.1-10.0.1.3', 'fd00::/126']);
    assert.deepEqual(rest, {
      name: 'p',
      createdAt: Date.UTC(2026, 0, 2, 3, 4, 5),
      autoAssign: false,
      avoidBuggyIPs: true,
    });
    assert.equal(allocation?.priority, 7);
    assert.deepEqual(allocation?.namespaces, ['a', 'b']);
    assert.deepEqual(allocation?.namespaceSelectors.map(formatSelector), ['team=red']);
    assert.deepEqual(allocation?.serviceSelectors.map(formatSelector), ['app=web,tier!=x,!old']);
  });

  it('has the defaults of MetalLB', () => {
    const pool = parseAddressPool({ metadata: { name: 'p' }, spec: { addresses: ['10.0.0.0/24'] } });
    assert.ok(pool.ok);
    const { autoAssign, avoidBuggyIPs, serviceAllocation: allocation, createdAt } = pool.value;
    assert.deepEqual(
      { autoAssign, avoidBuggyIPs, allocation, createdAt },
      { autoAssign: true, avoidBuggyIPs: false, allocation: null, createdAt: Number.POSITIVE_INFINITY },
    );
  });

  it('keeps an empty serviceAllocation: the pool is reserved for all Services', () => {
    const pool = parseAddressPool(object({ addresses: ['10.0.0.0/24'], serviceAllocation: {} }));
    assert.ok(pool.ok);
    assert.deepEqual(pool.value.serviceAllocation, {
      priority: Number.POSITIVE_INFINITY,
      namespaces: [],
      namespaceSelectors: [],
      serviceSelectors: [],
    });
  });

  const priorities: readonly [says: string, priority: unknown, read: number][] = [
    ['unset is last', undefined, Number.POSITIVE_INFINITY],
    ['null is unset', null, Number.POSITIVE_INFINITY],
    ['0 is last', 0, Number.POSITIVE_INFINITY],
    ['a number is itself', 1, 1],
    ['a number below 0 comes before all', -3, -3],
  ];
  for (const [says, priority, read] of priorities) {
    it(`priority: ${says}`, () => {
      const pool = parseAddressPool(object({ addresses: ['10.0.0.0/24'], serviceAllocation: { priority } }));
      assert.equal(pool.ok && pool.value.serviceAllocation?.priority, read);
    });
  }

  const allot = (serviceAllocation: unknown): unknown =>
    object({ addresses: ['10.0.0.0/24'], serviceAllocation });
  const refused: readonly [says: string, raw: unknown, complaints: readonly RegExp[]][] = [
    ['not an object', 'pool', [/^must be an object/]],
    ['no metadata', { spec: { addresses: ['10.0.0.0/24'] } }, [/^metadata: is required/]],
    ['no name', { metadata: {}, spec: { addresses: ['10.0.0.0/24'] } }, [/^metadata.name: is required/]],
    [
      'an invalid timestamp',
      { metadata: { name: 'p', creationTimestamp: 'then' }, spec: { addresses: ['10.0.0.0/24'] } },
      [/^metadata.creationTimestamp: "then" is no timestamp/],
    ],
    ['no spec', { metadata }, [/^spec: is required/]],
    ['no addresses', object({}), [/^spec.addresses: needs at least one/]],
    ['an empty list', object({ addresses: [] }), [/^spec.addresses: needs at least one/]],
    ['no list', object({ addresses: '10.0.0.0/24' }), [/^spec.addresses: must be a list/]],
    [
      'all errors at once',
      object({ addresses: ['10.0.0.9-10.0.0.1', 5, '10.0.0.0/33'], autoAssign: 'yes', avoidBugyIPs: true }),
      [
        /^spec.addresses\[1\]: must be a text/,
        /^spec.addresses\[0\]: "10.0.0.9-10.0.0.1" ends before/,
        /^spec.addresses\[2\]: "10.0.0.0\/33"/,
        /^spec.autoAssign: must be true or false/,
        /^spec.avoidBugyIPs: is not a known field: did you mean "avoidBuggyIPs"/,
      ],
    ],
    [
      'a range across families',
      object({ addresses: ['10.0.0.1-fd00::2'] }),
      [/^spec.addresses\[0\]: .*family/],
    ],
    [
      'a duplicate',
      object({ addresses: ['10.0.0.0/24', '10.0.0.0-10.0.0.255'] }),
      [/^spec.addresses\[1\]: "10.0.0.0-10.0.0.255" is listed twice/],
    ],
    [
      'an overlap, with the text that tools match',
      object({ addresses: ['10.0.0.128/25', 'fd00::/64', '10.0.0.0/24'] }),
      [
        /^spec.addresses\[2\]: "10.0.0.0\/24" overlaps with already defined CIDR "10.0.0.128\/25" at spec.addresses\[0\]/,
      ],
    ],
    [
      'a chain of overlaps, link by link',
      object({ addresses: ['10.0.0.0-10.0.0.10', '10.0.0.5-10.0.0.20', '10.0.0.15-10.0.0.18'] }),
      [/^spec.addresses\[1\]: .* at spec.addresses\[0\]/, /^spec.addresses\[2\]: .* at spec.addresses\[1\]/],
    ],
    [
      'a priority with a fraction',
      allot({ priority: 0.5 }),
      [/^spec.serviceAllocation.priority: must be a whole/],
    ],
    ['a namespace twice', allot({ namespaces: ['a', 'a'] }), [/namespaces\[1\]: "a" is listed twice/]],
    [
      'two equal selectors',
      allot({
        serviceSelectors: [{ matchLabels: { a: 'b', c: 'd' } }, { matchLabels: { c: 'd', a: 'b' } }],
      }),
      [/serviceSelectors\[1\]: says the same as spec.serviceAllocation.serviceSelectors\[0\]/],
    ],
    [
      'an unknown field in the allocation',
      allot({ namespace: ['a'] }),
      [/namespace: is not a known field: did you mean "namespaces"/],
    ],
  ];
  for (const [says, raw, wanted] of refused) {
    it(`refuses ${says}`, () => {
      const pool = parseAddressPool(raw);
      assert.ok(!pool.ok);
      const lines = pool.error.map(formatIssue);
      assert.equal(lines.length, wanted.length, lines.join('\n'));
      for (const [index, pattern] of wanted.entries()) assert.match(lines[index] ?? '', pattern);
    });
  }

  it('accepts whole address families', () => {
    const pool = parseAddressPool(object({ addresses: ['64.0.0.0/3', '2000::/3'] }));
    assert.deepEqual(pool.ok && pool.value.ranges.map(formatRange), ['64.0.0.0/3', '2000::/3']);
  });

  it('reads ten thousand ranges, in any order, and finds an overlap', () => {
    const addresses = Array.from({ length: 10_000 }, (_, i) => {
      const j = (i * 7919) % 10_000;
      return `10.${j >> 8}.${j & 255}.0/25`;
    });
    const good = parseAddressPool(object({ addresses }));
    assert.equal(good.ok && good.value.ranges.length, 10_000);
    const bad = parseAddressPool(object({ addresses: [...addresses, '10.1.2.64-10.1.2.70'] }));
    assert.deepEqual(!bad.ok && bad.error.map(({ path }) => path), ['spec.addresses[10000]']);
  });

  it('claims the valid ranges, even of an invalid pool', () => {
    const { pool, claimedRanges } = readAddressPool(
      object({ addresses: ['10.0.0.0/24', 'x', 'fd00::/64'], autoAssign: 3 }),
    );
    assert.equal(pool, null);
    assert.deepEqual(claimedRanges.map(formatRange), ['10.0.0.0/24', 'fd00::/64']);
  });
});

const JUNK: readonly unknown[] = [
  null,
  0,
  -1,
  1.5,
  '',
  'x',
  true,
  [],
  {},
  [[]],
  { a: 1 },
  '10.0.0.0/8',
  Number.NaN,
];

/** A copy of `value` with one part replaced, removed, doubled or added. */
function mutate(value: unknown, random: Random): unknown {
  if (random.chance(0.25)) return random.pick(JUNK);
  if (Array.isArray(value)) {
    if (value.length === 0 || random.chance(0.3)) return [...value, value[0] ?? random.pick(JUNK)];
    const at = random.below(value.length);
    return value.map((item, index) => (index === at ? mutate(item, random) : item));
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value);
    if (entries.length === 0 || random.chance(0.2))
      return { ...value, [`k${random.below(3)}`]: random.pick(JUNK) };
    const [name, inner] = random.pick(entries);
    const { [name]: _, ...others } = Object.fromEntries(entries);
    return random.chance(0.2) ? others : { ...others, [name]: mutate(inner, random) };
  }
  return random.pick(JUNK);
}

/** Whether the path leads to a value, or to a missing field of an existing one. */
function leadsSomewhere(path: string, raw: unknown): boolean {
  if (path === '') return true;
  const steps = [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|\.?([A-Za-z_][\w-]*)/g)].map(
    ([, quoted, index, name]) => quoted ?? index ?? name ?? '',
  );
  let at: unknown = raw;
  for (const step of steps) {
    if (typeof at !== 'object' || at === null) return false;
    at = (at as Record<string, unknown>)[step];
  }
  return true;
}

describe('laws of parseAddressPool', () => {
  const good = object({
    addresses: ['10.0.0.0/24', '10.0.1.1-10.0.1.9', 'fd00::/64'],
    autoAssign: true,
    avoidBuggyIPs: false,
    serviceAllocation: {
      priority: 1,
      namespaces: ['a'],
      namespaceSelectors: [{ matchLabels: { a: 'b' } }],
      serviceSelectors: [{ matchExpressions: [{ key: 'a', operator: 'In', values: ['b', 'c'] }] }],
    },
  });

  it('never throws on invalid input, and each error has a valid path', () => {
    underSeeds(20, 500, (random) => {
      for (let round = 0; round < 100; round++) {
        let raw = good;
        for (let times = random.below(4); times >= 0; times--) raw = mutate(raw, random);
        const reading = readAddressPool(raw);
        assert.equal(reading.pool === null, reading.issues.length > 0, JSON.stringify(raw));
        for (const { path, message } of reading.issues) {
          assert.ok(leadsSomewhere(path, raw), `${path} in ${JSON.stringify(raw)}`);
          assert.notEqual(message, '');
        }
      }
    });
  });

  it('reports an overlap if and only if two entries share an address', () => {
    underSeeds(20, 500, (random) => {
      for (let round = 0; round < 50; round++) {
        const pairs = Array.from({ length: 1 + random.below(6) }, () => {
          const first = random.below(200);
          return [first, first + random.below(20)] as const;
        });
        const pool = parseAddressPool(
          object({ addresses: pairs.map(([a, b]) => `10.0.0.${a}-10.0.0.${b}`) }),
        );
        const holders = Array.from(
          { length: 256 },
          (_, at) => pairs.filter(([a, b]) => a <= at && at <= b).length,
        );
        assert.equal(pool.ok, Math.max(...holders) <= 1, JSON.stringify(pairs));
      }
    });
  });
});

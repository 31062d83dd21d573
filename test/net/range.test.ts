import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type AddressRange,
  formatRange,
  mergeRanges,
  parseRange,
  rangeContains,
  rangeSize,
  rangesOverlap,
  subtractRanges,
} from '../../src/net/range.ts';
import { type Random, underSeeds } from '../support/random.ts';

const range = (text: string): AddressRange => {
  const parsed = parseRange(text);
  assert.ok(parsed.ok, text);
  return parsed.value;
};

const rows: readonly [says: string, text: string, want: string, size: bigint][] = [
  ['a range', '172.18.1.1-172.18.1.16', '172.18.1.1-172.18.1.16', 16n],
  ['blanks round the dash', ' 172.18.1.1 -\t172.18.1.16 ', '172.18.1.1-172.18.1.16', 16n],
  ['a range that is a block', '192.0.2.0-192.0.2.255', '192.0.2.0/24', 256n],
  ['a range with the size of a block, not aligned', '192.0.2.1-192.0.3.0', '192.0.2.1-192.0.3.0', 256n],
  ['one address', '192.0.2.7-192.0.2.7', '192.0.2.7/32', 1n],
  ['a CIDR, whole', '192.168.5.0/24', '192.168.5.0/24', 256n],
  ['a CIDR with host bits', '192.168.5.9/24', '192.168.5.0/24', 256n],
  ['IPv6', '2001:db8::1-2001:db8::a', '2001:db8::1-2001:db8::a', 10n],
  ['IPv4-mapped ends', '::ffff:192.0.2.1-192.0.2.2', '192.0.2.1-192.0.2.2', 2n],
  ['all of IPv6', '::/0', '::/0', 1n << 128n],
  ['all of IPv4', '0.0.0.0-255.255.255.255', '0.0.0.0/0', 1n << 32n],
];

for (const [says, text, want, size] of rows) {
  test(`reads ${says}: ${JSON.stringify(text)}`, () => {
    assert.equal(formatRange(range(text)), want);
    assert.equal(rangeSize(range(text)), size);
  });
}

const refused: readonly [text: string, error: string][] = [
  ['', 'is empty'],
  ['192.0.2.1', 'is a single address where a range is needed; write 192.0.2.1/32'],
  ['2001:db8::1', 'is a single address where a range is needed; write 2001:db8::1/128'],
  ['192.0.2.9-192.0.2.1', 'ends before it begins'],
  ['192.0.2.9-2001:db8::1', 'runs from one address family into the other'],
  ['192.0.2.9-', 'has a last address that is empty'],
  ['-192.0.2.9', 'has a first address that is empty'],
  ['192.0.2.1-9', 'has a last address that has 1 part where an IPv4 address has 4'],
  ['192.0.2.1-192.0.2.2-192.0.2.3', 'has a last address that is a range where a single address is needed'],
  ['192.0.2.0/25-192.0.2.255', 'has a first address that is a prefix where a single address is needed'],
  ['192. 0.2.1-192.0.2.2', 'has a first address that has a blank in it'],
  ['192.0.2.0 /24', 'has a blank in it'],
  ['192.0.2.0/33', 'has a prefix length above 32'],
  ['pool', 'is not an IP address'],
];

for (const [text, error] of refused) {
  test(`refuses ${JSON.stringify(text)}: it ${error}`, () =>
    assert.deepEqual(parseRange(text), { ok: false, error }));
}

test('contains its ends, and no address of the other family', () => {
  const some = range('0.0.0.1-0.0.0.3');
  const inside = [0n, 1n, 3n, 4n].map((bits) => rangeContains(some, { family: 4, bits }));
  assert.deepEqual(inside, [false, true, true, false]);
  assert.equal(rangeContains(some, { family: 6, bits: 2n }), false);
});

test('ranges overlap if they share at least one address', () => {
  assert.equal(rangesOverlap(range('0.0.0.1-0.0.0.3'), range('0.0.0.3-0.0.0.9')), true);
  assert.equal(rangesOverlap(range('0.0.0.1-0.0.0.3'), range('0.0.0.4-0.0.0.9')), false);
  assert.equal(rangesOverlap(range('0.0.0.1-0.0.0.3'), range('::1-::3')), false);
});

test('subtraction keeps the listed order', () => {
  const from = ['10.0.0.8-10.0.0.15', '10.0.0.0-10.0.0.3', '::/126'].map(range);
  const minus = ['10.0.0.2-10.0.0.9', '::2-::2'].map(range);
  assert.deepEqual(subtractRanges(from, minus).map(formatRange), [
    '10.0.0.10-10.0.0.15',
    '10.0.0.0/31',
    '::/127',
    '::3/128',
  ]);
});

const LAST = 24;

const randomRanges = (random: Random): AddressRange[] =>
  Array.from({ length: random.below(6) }, () => {
    const first = random.below(LAST);
    const last = first + random.below(LAST - first);
    return { family: random.chance(0.5) ? 4 : 6, first: BigInt(first), last: BigInt(last) };
  });

/** All addresses of the ranges, in their order, as text. */
const addressesOf = (ranges: readonly AddressRange[]): string[] =>
  ranges.flatMap(({ family, first, last }) =>
    Array.from({ length: Number(last - first) + 1 }, (_, i) => `${family}:${first + BigInt(i)}`),
  );

test('merging and subtracting agree with naive lists of addresses', () => {
  underSeeds(2_000, 50_000, (random) => {
    const [from, minus] = [randomRanges(random), randomRanges(random)];
    const gone = new Set(addressesOf(minus));
    assert.deepEqual(
      addressesOf(subtractRanges(from, minus)),
      addressesOf(from).filter((address) => !gone.has(address)),
    );
    const merged = addressesOf(mergeRanges(from));
    assert.deepEqual(new Set(merged), new Set(addressesOf(from)));
    assert.equal(merged.length, new Set(merged).size);
  });
});

test('subtracting ten thousand ranges from ten thousand is not quadratic', () => {
  const every = (offset: bigint): AddressRange[] =>
    Array.from({ length: 10_000 }, (_, i) => {
      const first = BigInt(i) * 4n + offset;
      return { family: 6, first, last: first + 1n };
    });
  assert.equal(subtractRanges(every(0n), every(1n)).length, 10_000);
});

test('formatting and parsing a range are inverse', () => {
  underSeeds(2_000, 50_000, (random) => {
    for (const some of randomRanges(random)) assert.deepEqual(range(formatRange(some)), some);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import type { BgpPath, PathAttributes } from '../../../src/bgp/attributes/path.ts';
import { newRibTables, prefixMapKey } from '../../../src/bgp/rib/shared-tables.ts';
import { parsePrefix } from '../../../src/net/prefix.ts';
import { underSeeds } from '../../support/random.ts';
import * as generate from '../wire/support/generate.ts';

const PATH: BgpPath = {
  nextHop: { address: { family: 6, bits: 1n }, linkLocal: null },
  attributes: {
    origin: 'igp',
    asPath: [{ kind: 'sequence', asns: [1, 2] }],
    med: null,
    localPref: null,
    atomicAggregate: false,
    aggregator: null,
    communities: [],
    extendedCommunities: [],
    largeCommunities: [],
    others: [],
  },
};

const other = { type: 40, optional: true, transitive: true, partial: false, value: Uint8Array.of(1, 2) };
const withAttributes = (attributes: Partial<PathAttributes>): BgpPath => ({
  ...PATH,
  attributes: { ...PATH.attributes, ...attributes },
});

/** Paths that differ from each other in one field. */
const DIFFERENT: readonly BgpPath[] = [
  PATH,
  { ...PATH, nextHop: { address: { family: 6, bits: 2n }, linkLocal: null } },
  { ...PATH, nextHop: { address: { family: 4, bits: 1n }, linkLocal: null } },
  { ...PATH, nextHop: { ...PATH.nextHop, linkLocal: { family: 6, bits: 1n } } },
  withAttributes({ origin: 'egp' }),
  withAttributes({ asPath: [] }),
  withAttributes({ asPath: [{ kind: 'sequence', asns: [2, 1] }] }),
  withAttributes({ asPath: [{ kind: 'sequence', asns: [12] }] }),
  withAttributes({ asPath: [{ kind: 'set', asns: [1, 2] }] }),
  withAttributes({ asPath: [1, 2].map((asn) => ({ kind: 'sequence', asns: [asn] })) }),
  withAttributes({ med: 0 }),
  withAttributes({ localPref: 0 }),
  withAttributes({ atomicAggregate: true }),
  withAttributes({ aggregator: { asn: 1, routerId: 2 } }),
  withAttributes({ aggregator: { asn: 1, routerId: 3 } }),
  withAttributes({ communities: [0] }),
  withAttributes({ communities: [1, 2] }),
  withAttributes({ communities: [2, 1] }),
  withAttributes({ extendedCommunities: [{ high: 1, low: 2 }] }),
  withAttributes({ extendedCommunities: [{ high: 1, low: 3 }] }),
  withAttributes({ largeCommunities: [{ global: 1, first: 2, second: 3 }] }),
  withAttributes({ largeCommunities: [{ global: 1, first: 2, second: 4 }] }),
  withAttributes({ others: [other] }),
  withAttributes({ others: [{ ...other, type: 41 }] }),
  withAttributes({ others: [{ ...other, optional: false }] }),
  withAttributes({ others: [{ ...other, transitive: false }] }),
  withAttributes({ others: [{ ...other, partial: true }] }),
  withAttributes({ others: [{ ...other, value: Uint8Array.of(1) }] }),
  withAttributes({ others: [{ ...other, value: Uint8Array.of(12) }] }),
];

describe('the tables that peers share', () => {
  it('distinguish paths that differ in a single field', () => {
    const { paths } = newRibTables();
    const numbers = DIFFERENT.map((path) => paths.acquire(path));
    assert.equal(new Set(numbers).size, DIFFERENT.length);
    assert.deepEqual(
      DIFFERENT.map((path) => paths.acquire(structuredClone(path))),
      numbers,
    );
  });

  it('store equal paths once, whatever the order of their fields', () => {
    const { paths } = newRibTables();
    const first = paths.acquire(PATH);
    const { nextHop, attributes } = PATH;
    const backwards = Object.fromEntries(Object.entries(attributes).reverse()) as PathAttributes;
    assert.equal(paths.acquire({ attributes: backwards, nextHop }), first);
    assert.equal(paths.at(first), PATH);
    assert.equal(paths.size, 1);
  });

  it('identify random values exactly if they are equal', () => {
    underSeeds(300, 5000, (random) => {
      const { paths, prefixes } = newRibTables();
      const family = random.pick([4, 6] as const);
      const attributes = [generate.attributes(random), generate.attributes(random)] as const;
      const hop = generate.nextHop(random, family);
      const [a, b] = attributes.map((one) => ({ nextHop: hop, attributes: one }));
      assert.ok(a !== undefined && b !== undefined);
      assert.equal(paths.acquire(a) === paths.acquire(b), isDeepStrictEqual(a, b));
      assert.equal(paths.acquire(structuredClone(a)), paths.acquire(a));
      const drawn = generate.times(40, () => generate.prefix(random, family));
      for (const one of drawn) {
        const number = prefixes.acquire(one);
        for (const two of drawn) assert.equal(prefixes.acquire(two) === number, isDeepStrictEqual(one, two));
      }
    });
  });

  it('release values without references, and reuse their IDs', () => {
    const { paths } = newRibTables();
    const number = paths.acquire(PATH);
    paths.retain(number);
    paths.release(number);
    assert.equal(paths.at(number), PATH);
    paths.release(number);
    assert.equal(paths.size, 0);
    assert.throws(() => paths.at(number), /without a reference/);
    assert.throws(() => paths.release(number), /without a reference/);
    assert.equal(paths.acquire(withAttributes({ med: 7 })), number);
  });

  it('hash IPv6 networks that differ only in their upper 64 bits differently', () => {
    for (const texts of [
      ['2001:db8:0:1::/64', '2001:db8:0:2::/64', '2001:db8:1::/48'],
      ['2001:db8:0:1::1/128', '2001:db8:0:2::1/128', '2001:db8:0:3::1/128'],
      ['::/0', '2000::/3', '4000::/3'],
    ]) {
      const keys = texts.map((text) => {
        const parsed = parsePrefix(text);
        assert.ok(parsed.ok);
        return BigInt.asUintN(64, BigInt(prefixMapKey(parsed.value)));
      });
      assert.equal(new Set(keys).size, texts.length);
    }
  });
});

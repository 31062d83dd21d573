/** Property test of the RIB of a simulated router against a linear search. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { DEFAULT_ATTRIBUTES, toNextHop } from '../../../src/bgp/attributes/path.ts';
import type { Update } from '../../../src/bgp/wire/message.ts';
import { type Nlri, PREFIX_SLACK_BYTES, putPrefix } from '../../../src/bgp/wire/nlri.ts';
import { type Address, FAMILY_BITS, type Family } from '../../../src/net/address.ts';
import { formatPrefix, networkMask, type Prefix, prefixContains } from '../../../src/net/prefix.ts';
import { RouterRib, type RouteSource } from '../../../src/playground/routers/router-rib.ts';
import { type Random, underSeeds } from '../../support/random.ts';

const nlri = (prefix: Prefix): Nlri => {
  const bytes = new Uint8Array(1 + PREFIX_SLACK_BYTES + PREFIX_SLACK_BYTES);
  const end = putPrefix(bytes, new DataView(bytes.buffer), 0, prefix);
  return { family: prefix.family, count: 1, bytes: bytes.subarray(0, end) };
};

const update = (withdrawn: readonly Prefix[], announced: readonly Prefix[]): Update => ({
  kind: 'update',
  withdrawn: withdrawn.map(nlri),
  announced: announced.map((one) => ({ nlri: nlri(one), nextHop: toNextHop({ family: 4, bits: 1n }) })),
  attributes: announced.length === 0 ? null : DEFAULT_ATTRIBUTES,
  endOfRib: null,
  faults: [],
});

/** A small range, so that prefixes collide often: the last byte, and nested lengths. */
function anyAddress(random: Random): Address {
  const family: Family = random.pick([4, 6]);
  return { family, bits: BigInt(random.below(16)) };
}

function anyPrefix(random: Random): Prefix {
  const { family, bits } = anyAddress(random);
  const length = FAMILY_BITS[family] - random.pick([0, 0, 1, 3]);
  return { family, bits: bits & networkMask(family, length), length };
}

it('a lookup finds the longest prefix over all sessions', () =>
  underSeeds(20, 500, (random) => {
    const rib = new RouterRib();
    const tellers: readonly RouteSource[] = ['w1', 'w2', 'w3'].map((node) => ({ node, internal: false }));
    const told = new Map<string, { readonly teller: RouteSource; readonly prefix: Prefix }>();
    const keyOf = (teller: RouteSource, prefix: Prefix): string => `${teller.node} ${formatPrefix(prefix)}`;
    for (let step = 0; step < 60; step++) {
      const teller = random.pick(tellers);
      if (random.chance(0.05)) {
        rib.forget(teller);
        for (const [key, one] of told) if (one.teller === teller) told.delete(key);
      } else {
        // Withdrawals go first: a prefix in both is announced.
        const withdrawn = random.chance(0.5) ? [anyPrefix(random)] : [];
        const announced = random.chance(0.6) ? [anyPrefix(random), anyPrefix(random)] : [];
        rib.receive(teller, update(withdrawn, announced));
        for (const prefix of withdrawn) told.delete(keyOf(teller, prefix));
        for (const prefix of announced) told.set(keyOf(teller, prefix), { teller, prefix });
      }
      const address = anyAddress(random);
      const holding = [...told.values()].filter(({ prefix }) => prefixContains(prefix, address));
      const longest = Math.max(...holding.map(({ prefix }) => prefix.length));
      const want = holding
        .filter(({ prefix }) => prefix.length === longest)
        .map(({ teller: { node } }) => node);
      const learnt = rib.lookUp(address);
      assert.deepEqual(learnt?.paths.map(({ node }) => node) ?? [], want.sort());
      if (learnt !== null) assert.equal(learnt.prefix.length, longest);
      for (const { node } of tellers)
        assert.equal(
          rib.countPrefixesFrom(node),
          [...told.values()].filter(({ teller: one }) => one.node === node).length,
        );
    }
  }));

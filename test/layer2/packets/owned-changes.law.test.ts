/** Laws of the table of owned addresses: its changes make the new table of the last one, whatever the two are. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OwnedAddress } from '../../../src/layer2/packets/layer2-wire.ts';
import { OwnedTable } from '../../../src/layer2/packets/owned-changes.ts';
import { formatAddress } from '../../../src/net/address.ts';
import { underSeeds } from '../../support/random.ts';
import { owned } from './support/wire-story.ts';

/** Some are equal and other objects; some differ in their probing alone. */
const ENTRIES = [1, 2, 3, 4].flatMap((last) => [
  owned(`192.0.2.${last}`),
  owned(`192.0.2.${last}`),
  owned(`192.0.2.${last}`, { isProbed: true }),
]);

const contentOf = (list: readonly OwnedAddress[]): ReadonlyMap<string, boolean> =>
  new Map(list.map(({ address, isProbed }) => [formatAddress(address), isProbed]));

test('the changes of a table make the next one of the last, also where addresses are listed twice', () => {
  underSeeds(200, 5_000, (random) => {
    const table = new OwnedTable();
    const followed = new Map<string, boolean>();
    let list: OwnedAddress[] = [];
    for (let step = 0; step < 20; step++) {
      const [from, count] = [random.below(list.length + 1), random.below(3)];
      const added = Array.from({ length: random.below(3) }, () => random.pick(ENTRIES));
      list = list.toSpliced(from, count, ...added);
      const { put, removed } = table.replace(list);
      for (const { address } of removed) assert.ok(followed.delete(formatAddress(address)), 'it was there');
      for (const { address, isProbed } of put) {
        assert.notEqual(followed.get(formatAddress(address)), isProbed, 'it differs');
        followed.set(formatAddress(address), isProbed);
      }
      assert.deepEqual(followed, contentOf(list), `step ${step}`);
      for (const one of list)
        assert.equal(table.get(one)?.isProbed, contentOf(list).get(formatAddress(one.address)));
    }
  });
});

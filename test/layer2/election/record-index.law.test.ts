/** Law of the index of records: it has what a list of all of them says, whatever came and went. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type OwnerRecord, RecordIndex, recordedOwners } from '../../../src/layer2/election/record-index.ts';
import { underSeeds } from '../../support/random.ts';

const SERVICES = ['web/a', 'web/b', 'web/c'];

test('after each change of a random history, the index says what the list of all records says', () => {
  underSeeds(40, 1_000, (random) => {
    const index = new RecordIndex<OwnerRecord>();
    const { recorded, handOver } = index.owners();
    let all: readonly OwnerRecord[] = [];
    for (let step = 0; step < 60; step++) {
      const name = `l2-${random.below(5)}`;
      const before = all.find((one) => one.name === name);
      const after = random.chance(0.3)
        ? undefined
        : {
            ...{ name, service: before?.service ?? random.pick(SERVICES), interfaces: null },
            ...{ node: random.pick(['n1', 'n2']), handOverTo: random.pick([null, 'n3']), pod: null },
          };
      index.replace(before, after);
      if (after === undefined) all = all.filter((one) => one.name !== name);
      else if (before === undefined) all = [...all, after];
      else all = all.map((one) => (one.name === name ? after : one));
      const owners = recordedOwners(all);
      for (const service of SERVICES) {
        assert.deepEqual(
          index.of(service),
          all.filter((one) => one.service === service),
        );
        assert.equal(recorded.get(service), owners.recorded.get(service));
        assert.equal(handOver.get(service), owners.handOver.get(service));
      }
      assert.deepEqual(
        new Set([...index].map(([service]) => service)),
        new Set(all.map(({ service }) => service)),
      );
    }
  });
});

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { COUNT_EVERY, StatusLimit } from '../../src/speaker/bgpstatuslimit.ts';
import { FakeClock } from '../support/clock.ts';

function stage(limit: number, nodes: number | null) {
  const clock = new FakeClock();
  const world = { nodes, counted: 0, said: [] as boolean[] };
  const it = new StatusLimit({
    clock,
    limit,
    countNodes: async () => {
      world.counted++;
      return world.nodes;
    },
    changed: (isOn) => world.said.push(isOn),
  });
  return { clock, world, limit: it };
}

const rows: readonly [says: string, nodes: number, services: readonly number[], said: readonly boolean[]][] =
  [
    ['a small cluster keeps them', 3, [10, 600, 666], []],
    ['beyond the limit they are switched off, once', 3, [667, 700, 5000], [false]],
    ['a little less does not bring them back', 3, [667, 666, 540], [false]],
    ['a good deal less does', 3, [667, 533], [false, true]],
    ['many nodes need few Services', 500, [4, 5], [false]],
  ];
for (const [says, nodes, services, said] of rows)
  it(says, async () => {
    const { limit, world } = stage(2000, nodes);
    await limit.start();
    for (const count of services) limit.wants(count);
    assert.deepEqual(world.said, said);
  });

it('counts the Nodes again now and then, and knows the last count where that fails', async () => {
  const { clock, limit, world } = stage(2000, 3);
  await limit.start();
  limit.wants(100);
  world.nodes = null;
  await clock.pass(COUNT_EVERY);
  assert.deepEqual([world.counted, limit.isOn], [2, true]);
  world.nodes = 21;
  await clock.pass(COUNT_EVERY);
  assert.deepEqual(
    [world.said, limit.says],
    [[false], '100 Services here times 21 Nodes are more than 2000 objects (--service-bgp-status-limit)'],
  );
  limit.stop();
  await clock.pass(10 * COUNT_EVERY);
  assert.equal(world.counted, 3);
});

it('0 keeps none, and counts nothing', async () => {
  const { clock, limit, world } = stage(0, 3);
  await limit.start();
  limit.wants(0);
  await clock.pass(COUNT_EVERY);
  assert.deepEqual([limit.isOn, world.counted, world.said], [false, 0, []]);
});

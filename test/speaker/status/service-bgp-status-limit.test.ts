import assert from 'node:assert/strict';
import { it } from 'node:test';
import {
  NODE_COUNT_INTERVAL,
  ServiceBgpStatusLimit,
} from '../../../src/speaker/status/service-bgp-status-limit.ts';
import { FakeClock } from '../../support/fake-clock.ts';

function setUp(limit: number, nodes: number | null) {
  const clock = new FakeClock();
  const cluster = { nodes, counted: 0, said: [] as boolean[] };
  const statusLimit = new ServiceBgpStatusLimit({
    clock,
    limit,
    countNodes: async () => {
      cluster.counted++;
      return cluster.nodes;
    },
    onChange: (isOn) => cluster.said.push(isOn),
  });
  return { clock, world: cluster, limit: statusLimit };
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
    const { limit, world } = setUp(2000, nodes);
    await limit.start();
    for (const count of services) limit.setServiceCount(count);
    assert.deepEqual(world.said, said);
  });

it('counts the Nodes again now and then, and knows the last count where that fails', async () => {
  const { clock, limit, world } = setUp(2000, 3);
  await limit.start();
  limit.setServiceCount(100);
  world.nodes = null;
  await clock.advanceAsync(NODE_COUNT_INTERVAL);
  assert.deepEqual([world.counted, limit.isEnabled], [2, true]);
  world.nodes = 21;
  await clock.advanceAsync(NODE_COUNT_INTERVAL);
  assert.deepEqual(
    [world.said, limit.reason],
    [[false], '100 Services on this node times 21 Nodes exceed 2000 objects (--service-bgp-status-limit)'],
  );
  limit.stop();
  await clock.advanceAsync(10 * NODE_COUNT_INTERVAL);
  assert.equal(world.counted, 3);
});

it('0 keeps none, and counts nothing', async () => {
  const { clock, limit, world } = setUp(0, 3);
  await limit.start();
  limit.setServiceCount(0);
  await clock.advanceAsync(NODE_COUNT_INTERVAL);
  assert.deepEqual([limit.isEnabled, world.counted, world.said], [false, 0, []]);
});

import assert from 'node:assert/strict';
import { it } from 'node:test';
import {
  FIRST_COUNT_RETRY,
  NODE_COUNT_INTERVAL,
  ServiceBgpStatusLimit,
} from '../../../src/speaker/status/service-bgp-status-limit.ts';
import { FakeClock } from '../../support/fake-clock.ts';

function setUp(limit: number, nodes: number | null) {
  const clock = new FakeClock();
  const cluster = { nodes, counted: 0, changes: [] as boolean[] };
  const statusLimit = new ServiceBgpStatusLimit({
    clock,
    limit,
    countNodes: async () => {
      cluster.counted++;
      return cluster.nodes;
    },
    onChange: (isOn) => cluster.changes.push(isOn),
  });
  return { clock, cluster, limit: statusLimit };
}

const rows: readonly [
  title: string,
  nodes: number,
  services: readonly number[],
  changes: readonly boolean[],
][] = [
  ['a small cluster keeps the objects', 3, [10, 600, 666], []],
  ['above the limit they are disabled, once', 3, [667, 700, 5000], [false]],
  ['slightly below the limit they stay disabled', 3, [667, 666, 540], [false]],
  ['well below the limit they are enabled', 3, [667, 533], [false, true]],
  ['with many nodes a few Services exceed the limit', 500, [4, 5], [false]],
];
for (const [title, nodes, services, changes] of rows)
  it(title, async () => {
    const { limit, cluster } = setUp(2000, nodes);
    await limit.start();
    for (const count of services) limit.setServiceCount(count);
    assert.deepEqual(cluster.changes, changes);
  });

it('counts the Nodes periodically, and keeps the last count if that fails', async () => {
  const { clock, limit, cluster } = setUp(2000, 3);
  await limit.start();
  limit.setServiceCount(100);
  cluster.nodes = null;
  await clock.advanceAsync(NODE_COUNT_INTERVAL);
  assert.deepEqual([cluster.counted, limit.isEnabled], [2, true]);
  cluster.nodes = 21;
  await clock.advanceAsync(NODE_COUNT_INTERVAL);
  assert.deepEqual(
    [cluster.changes, limit.reason],
    [[false], '100 Services on this node times 21 Nodes exceed 2000 objects (--service-bgp-status-limit)'],
  );
  limit.stop();
  await clock.advanceAsync(10 * NODE_COUNT_INTERVAL);
  assert.equal(cluster.counted, 3);
});

it('counts again soon where the Nodes could not be counted yet, each time a little later', async () => {
  const { clock, limit, cluster } = setUp(2000, null);
  await limit.start();
  limit.setServiceCount(100);
  assert.deepEqual([cluster.counted, limit.isEnabled], [1, true]);
  await clock.advanceAsync(FIRST_COUNT_RETRY);
  await clock.advanceAsync(FIRST_COUNT_RETRY);
  assert.equal(cluster.counted, 2);
  cluster.nodes = 500;
  await clock.advanceAsync(FIRST_COUNT_RETRY);
  assert.deepEqual([cluster.counted, limit.isEnabled], [3, false]);
  await clock.advanceAsync(NODE_COUNT_INTERVAL - 1);
  assert.equal(cluster.counted, 3);
});

it('counts no more often than usual where the Nodes can never be counted', async () => {
  const { clock, limit, cluster } = setUp(2000, null);
  await limit.start();
  await clock.advanceAsync(2 * NODE_COUNT_INTERVAL);
  const before = cluster.counted;
  await clock.advanceAsync(10 * NODE_COUNT_INTERVAL);
  assert.equal(cluster.counted, before + 10);
});

it('0 keeps none, and counts nothing', async () => {
  const { clock, limit, cluster } = setUp(0, 3);
  await limit.start();
  limit.setServiceCount(0);
  await clock.advanceAsync(NODE_COUNT_INTERVAL);
  assert.deepEqual([limit.isEnabled, cluster.counted, cluster.changes], [false, 0, []]);
});

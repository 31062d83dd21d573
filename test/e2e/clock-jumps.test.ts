/** Two controllers whose wall clocks jump an hour, forward and back, against the API server in memory. */
import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { LEASE_TIMING, SimulatedCluster, SPEED } from '../controller/support/simulation/cluster.ts';
import type { ControllerProcess } from '../controller/support/simulation/controller-process.ts';
import { CLOCK_JUMPS, HOUR } from '../controller/support/simulation/fault-injection.ts';
import { runScenario } from '../controller/support/simulation/scenario.ts';
import { eventually } from '../support/eventually.ts';
import { seeded, seeds } from '../support/random.ts';

it('the cluster is in its expected state after clocks that jump an hour, both ways', async () => {
  let jumps = 0;
  for (const seed of seeds(2, 20)) jumps += await runScenario(CLOCK_JUMPS, seed);
  assert.ok(jumps > 0, 'no clock jumped in any scenario');
});

type Pair = {
  readonly cluster: SimulatedCluster;
  readonly leader: ControllerProcess;
  readonly standby: ControllerProcess;
};

/** A leader and a standby. */
async function startPair(t: TestContext): Promise<Pair> {
  const cluster = await SimulatedCluster.start(seeded(1));
  t.after(() => cluster.stop());
  const leader = cluster.spawn(LEASE_TIMING);
  await eventually(() => assert.ok(leader.isLeading, 'the first controller does not lead'));
  const standby = cluster.spawn(LEASE_TIMING);
  // It polls the Lease three times; a clock that jumps before the first poll would show nothing.
  await sleep((3 * LEASE_TIMING.retryPeriod) / SPEED);
  return { cluster, leader, standby };
}

/** From now on the controller neither renews nor reads the Lease; it reaches everything else. */
function loseLeaseRequests({ cluster, leader }: Pair): void {
  const rule = { resource: 'leases', userAgent: `(${leader.identity})` };
  cluster.server.faults.add({ ...rule, effect: { kind: 'status', code: 503 } });
  cluster.server.faults.closeWatches('leases');
}

const JUMPS: readonly (readonly [says: string, jump: (pair: Pair) => void])[] = [
  ["the leader's clock is set back by an hour", ({ leader }) => leader.jumpWall(-HOUR)],
  ["the leader's clock is set forward by an hour", ({ leader }) => leader.jumpWall(HOUR)],
  ["the standby's clock is set back by an hour", ({ standby }) => standby.jumpWall(-HOUR)],
  ["the standby's clock is set forward by an hour", ({ standby }) => standby.jumpWall(HOUR)],
];

for (const [says, jump] of JUMPS)
  it(`${says} while renewals are lost: the leader has stopped before the standby leads`, async (t) => {
    const pair = await startPair(t);
    loseLeaseRequests(pair);
    jump(pair);
    const { leader, standby } = pair;
    await eventually(
      () => {
        assert.ok(standby.isLeading, 'the standby does not lead although the lease has run out');
      },
      { interval: 1, limit: 30_000 },
    );
    assert.ok(!leader.isLeading, 'two controllers lead');
  });

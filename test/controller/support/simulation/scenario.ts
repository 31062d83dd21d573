/** One scenario: a workload with faults, then a quiet time; and the invariants that hold afterwards. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually, unchangedFor } from '../../../support/eventually.ts';
import { seeded } from '../../../support/random.ts';
import { LEASE_TIMING, SimulatedCluster } from './cluster.ts';
import type { FaultKind } from './fault-injection.ts';
import { findViolations } from './invariants.ts';
import { Workload } from './workload.ts';

const STEPS = 50;
/** Between two steps, in real time: long enough for a few requests. */
const PAUSE_MS_MAX = 20;
const QUIET_MS = 150;

/** How often something went wrong in it. Throws with the log of the last controllers when it does not end well. */
export async function runScenario(faultKind: FaultKind, seed: number): Promise<number> {
  const random = seeded(seed);
  // What the controllers draw must not move what the people do.
  const cluster = await SimulatedCluster.start(seeded(seed + 1_000_000), faultKind.speed);
  const faults = await faultKind.start(cluster, seeded(seed + 2_000_000));
  try {
    const workload = new Workload(cluster, random);
    const election = faultKind.elects ? LEASE_TIMING : null;
    for (let replica = 0; replica < faultKind.replicas; replica++) cluster.spawn(election);
    for (let step = 0; step < STEPS; step++) {
      workload.step();
      await faults.step();
      await sleep(random.below(PAUSE_MS_MAX));
    }
    await faults.end();
    workload.end();
    await assertSettled(cluster);
    await assertRestartChangesNothing(cluster);
    for (const controller of cluster.controllers) assert.equal(controller.failure, null);
    assert.ok(cluster.history.granted > 0, 'no address was assigned');
    return faults.count();
  } catch (cause) {
    const logs = cluster.controllers
      .map(({ identity, log }) => `--- ${identity}\n${log.slice(-20_000)}`)
      .join('\n');
    const detail = process.env['STORY_LOG'] === '1' ? `\n${logs}` : ' (STORY_LOG=1 shows the log)';
    throw new Error(`${faultKind.name}, SEED=${seed}: ${String(cause)}${detail}`, { cause });
  } finally {
    faults.close?.();
    await cluster.stop();
  }
}

/** At rest, and as if nothing had happened. */
async function assertSettled(cluster: SimulatedCluster): Promise<void> {
  await eventually(async () => {
    assert.deepEqual(findViolations(cluster.services(), cluster.pools()), []);
    // Between two leaders nobody has anything to do, and much may be left.
    assert.ok(
      cluster.controllers.some(({ isLeading }) => isLeading),
      'nobody leads',
    );
    for (const controller of cluster.controllers)
      assert.ok(await controller.isIdle(), `${controller.identity} has something to do`);
    assertCurrent(cluster);
    await unchangedFor(QUIET_MS, async () => cluster.versions());
    // A watch of compacted history is answered, and ends at once.
    assertCurrent(cluster);
  });
  assert.deepEqual(cluster.history.violations, []);
}

/** Nobody is at rest because it has not been told yet. */
function assertCurrent(cluster: SimulatedCluster): void {
  for (const { identity, unwatched } of cluster.controllers)
    assert.deepEqual(unwatched, [], `${identity} does not watch everything`);
}

/**
 * A process that knows nothing of the story comes to the same end without writing to any Service. A status of a
 * pool that was on its way when its writer was told to stop may still arrive: that one is put right.
 */
async function assertRestartChangesNothing(cluster: SimulatedCluster): Promise<void> {
  for (const controller of cluster.controllers.splice(0)) await controller.stop();
  const before = cluster.serviceVersions();
  const fresh = cluster.spawn(null);
  await eventually(() => assert.ok(fresh.isLeading, 'not leading yet'));
  await sleep(QUIET_MS * 2);
  assert.deepEqual(cluster.serviceVersions(), before);
  await eventually(() => assert.deepEqual(findViolations(cluster.services(), cluster.pools()), []));
}

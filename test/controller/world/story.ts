/** One story: people at work in some weather, then quiet; and what must be true when it is over. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { seeded } from '../../support/random.ts';
import { eventually, unchangedFor } from '../support/eventually.ts';
import { judge } from './judge.ts';
import type { Kind } from './weather.ts';
import { Workload } from './workload.ts';
import { WORLD_LEASE, World } from './world.ts';

const STEPS = 50;
/** Between two steps, in real time: long enough for a few requests. */
const PAUSE_MS_MAX = 20;
const QUIET_MS = 150;

/** How often something went wrong in it. Throws with the log of the last controllers when it does not end well. */
export async function tell(kind: Kind, seed: number): Promise<number> {
  const random = seeded(seed);
  // What the controllers draw must not move what the people do.
  const world = await World.start(seeded(seed + 1_000_000));
  try {
    const workload = new Workload(world, random);
    const weather = kind.begin(world, seeded(seed + 2_000_000));
    const election = kind.elects ? WORLD_LEASE : null;
    for (let replica = 0; replica < kind.replicas; replica++) world.spawn(election);
    for (let step = 0; step < STEPS; step++) {
      workload.step();
      await weather.step();
      await sleep(random.below(PAUSE_MS_MAX));
    }
    await weather.end();
    workload.end();
    await settled(world);
    await restartChangesNothing(world);
    for (const actor of world.actors) assert.equal(actor.failure, null);
    assert.ok(world.history.granted > 0, 'nobody was given anything');
    return weather.count();
  } catch (cause) {
    const logs = world.actors.map(({ identity, log }) => `--- ${identity}\n${log.slice(-20_000)}`).join('\n');
    const detail = process.env['STORY_LOG'] === '1' ? `\n${logs}` : ' (STORY_LOG=1 shows the log)';
    throw new Error(`${kind.name}, SEED=${seed}: ${String(cause)}${detail}`, { cause });
  } finally {
    await world.end();
  }
}

/** At rest, and as if nothing had happened. */
async function settled(world: World): Promise<void> {
  await eventually(async () => {
    assert.deepEqual(judge(world.services(), world.pools()), []);
    for (const actor of world.actors)
      assert.ok(await actor.isIdle(), `${actor.identity} has something to do`);
    await unchangedFor(QUIET_MS, async () => world.versions());
  });
  assert.deepEqual(world.history.complaints, []);
}

/**
 * A process that knows nothing of the story comes to the same end without writing to any Service. A status of a
 * pool that was on its way when its writer was told to stop may still arrive: that one is put right.
 */
async function restartChangesNothing(world: World): Promise<void> {
  for (const actor of world.actors.splice(0)) await actor.stop();
  const before = world.serviceVersions();
  const fresh = world.spawn(null);
  await eventually(() => assert.ok(fresh.leading));
  await sleep(QUIET_MS * 2);
  assert.deepEqual(world.serviceVersions(), before);
  await eventually(() => assert.deepEqual(judge(world.services(), world.pools()), []));
}

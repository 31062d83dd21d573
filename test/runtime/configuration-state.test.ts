import assert from 'node:assert/strict';
import { it } from 'node:test';
import { poolConditionUpdate } from '../../src/config/pool/condition.ts';
import { silentLog } from '../../src/observe/log.ts';
import {
  ConfigurationStateWriter,
  type StoredConfigurationState,
} from '../../src/runtime/configuration-state.ts';
import type { RequestOutcome } from '../../src/runtime/ports.ts';
import { pool, poolSetOf } from '../allocation/support/test-cluster.ts';
import { FakeClock } from '../support/fake-clock.ts';

const VALID = poolConditionUpdate({ kind: 'loaded', poolSet: poolSetOf([pool('p', ['10.0.0.0/28'])]) });
const INVALID = poolConditionUpdate({ kind: 'loaded', poolSet: poolSetOf([pool('p', ['rubbish'])]) });

function createHarness() {
  const clock = new FakeClock();
  const world = {
    ...{ standing: null as StoredConfigurationState | null, writes: [] as string[], made: 0 },
    /** What happens once a write is in force, before its answer. */
    afterWrite: (): void => {},
  };
  const answers: RequestOutcome<void>[] = [];
  const state = new ConfigurationStateWriter({
    clock,
    random: () => 0.5,
    log: silentLog,
    api: {
      read: async () => ({ kind: 'done', value: world.standing }),
      async write(status, exists) {
        const answer = answers.shift() ?? { kind: 'done', value: undefined };
        if (answer.kind !== 'done') return answer;
        if (!exists) world.made++;
        world.writes.push(status.result);
        world.standing = status;
        world.afterWrite();
        return answer;
      },
    },
  });
  return { clock, world, answers, state };
}

it('the object is written on a change only', async () => {
  const { clock, world, state } = createHarness();
  state.set(VALID);
  await state.start();
  await clock.advanceAsync(10_000);
  for (const seen of [VALID, INVALID, INVALID, VALID]) {
    state.set(seen);
    await clock.advanceAsync(10_000);
  }
  assert.deepEqual(world.writes, ['Valid', 'Invalid', 'Valid']);
  assert.equal(world.made, 1);
});

it('nothing is written before the start and after the stop', async () => {
  const { clock, world, state } = createHarness();
  state.set(INVALID);
  await clock.advanceAsync(10_000);
  await state.start();
  state.stop();
  await clock.advanceAsync(0);
  const before = world.writes.length;
  state.set(VALID);
  await clock.advanceAsync(10_000);
  assert.equal(world.writes.length, before);
});

it('a new leader gets the summary of the one before', async () => {
  const { clock, world, state } = createHarness();
  state.set(INVALID);
  assert.equal(await state.start(), null);
  await clock.advanceAsync(0);
  state.stop();
  assert.equal(await state.start(), state.summary);
  assert.match(world.standing?.errorSummary ?? '', /rubbish/);
});

it('a write is retried until it succeeds, and a deleted object is created again', async () => {
  const { clock, world, answers, state } = createHarness();
  answers.push({ kind: 'refused', because: '403' }, { kind: 'unknown', because: 'reset' });
  state.set(INVALID);
  await state.start();
  await clock.advanceAsync(60_000);
  assert.deepEqual(world.writes, ['Invalid']);
  world.standing = null;
  state.set(INVALID);
  await clock.advanceAsync(60_000);
  assert.deepEqual([world.writes, world.made], [['Invalid', 'Invalid'], 2]);
});

it('an object that somebody deletes is written again at once, also while it is being written', async () => {
  const { clock, world, answers, state } = createHarness();
  state.set(VALID);
  await state.start();
  await clock.advanceAsync(0);
  for (let count = 0; count < 3; count++) {
    world.standing = null;
    state.deleted();
    await clock.advanceAsync(0);
    assert.deepEqual([world.standing !== null, world.made], [true, count + 2]);
  }
  world.afterWrite = () => {
    world.afterWrite = () => {};
    world.standing = null;
    state.deleted();
  };
  state.set(INVALID);
  await clock.advanceAsync(0);
  assert.equal((world.standing as StoredConfigurationState | null)?.result, 'Invalid');
  assert.deepEqual(answers, []);
});

it('a deleted object is left alone before the start and after the stop', async () => {
  const { clock, world, state } = createHarness();
  state.deleted();
  state.set(VALID);
  state.deleted();
  await clock.advanceAsync(0);
  assert.equal(world.made, 0);
  await state.start();
  state.stop();
  world.standing = null;
  const { made } = world;
  state.deleted();
  await clock.advanceAsync(10_000);
  assert.equal(world.made, made);
});

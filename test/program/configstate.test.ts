import assert from 'node:assert/strict';
import { it } from 'node:test';
import { poolVerdict } from '../../src/config/state.ts';
import { silentLog } from '../../src/observe/log.ts';
import { ConfigState, type StandingState } from '../../src/program/configstate.ts';
import type { Answer } from '../../src/program/ports.ts';
import { book, pool } from '../plan/support.ts';
import { FakeClock } from '../support/clock.ts';

const GOOD = poolVerdict({ kind: 'book', book: book([pool('p', ['10.0.0.0/28'])]) });
const BAD = poolVerdict({ kind: 'book', book: book([pool('p', ['rubbish'])]) });

function stage() {
  const clock = new FakeClock();
  const world = { standing: null as StandingState | null, writes: [] as string[], made: 0 };
  const answers: Answer<void>[] = [];
  const state = new ConfigState({
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
        return answer;
      },
    },
  });
  return { clock, world, answers, state };
}

it('writes on a change and on nothing else', async () => {
  const { clock, world, state } = stage();
  state.set(GOOD);
  await state.start();
  await clock.pass(10_000);
  for (const seen of [GOOD, BAD, BAD, GOOD]) {
    state.set(seen);
    await clock.pass(10_000);
  }
  assert.deepEqual(world.writes, ['Valid', 'Invalid', 'Valid']);
  assert.equal(world.made, 1);
});

it('writes nothing before it is started and after it is stopped', async () => {
  const { clock, world, state } = stage();
  state.set(BAD);
  await clock.pass(10_000);
  await state.start();
  state.stop();
  await clock.pass(0);
  const before = world.writes.length;
  state.set(GOOD);
  await clock.pass(10_000);
  assert.equal(world.writes.length, before);
});

it('tells a new leader what the one before has said already', async () => {
  const { clock, world, state } = stage();
  state.set(BAD);
  assert.equal(await state.start(), null);
  await clock.pass(0);
  state.stop();
  assert.equal(await state.start(), state.summary);
  assert.match(world.standing?.errorSummary ?? '', /rubbish/);
});

it('tries again until it stands, and makes it again when somebody deletes it', async () => {
  const { clock, world, answers, state } = stage();
  answers.push({ kind: 'refused', because: '403' }, { kind: 'unknown', because: 'reset' });
  state.set(BAD);
  await state.start();
  await clock.pass(60_000);
  assert.deepEqual(world.writes, ['Invalid']);
  world.standing = null;
  state.set(BAD);
  await clock.pass(60_000);
  assert.deepEqual([world.writes, world.made], [['Invalid', 'Invalid'], 2]);
});

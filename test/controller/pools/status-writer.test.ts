import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { PoolValidity } from '../../../src/config/pool/validity.ts';
import { PoolStatusWriter } from '../../../src/controller/pools/status-writer.ts';
import { silentLog } from '../../../src/observe/log.ts';
import type { PoolCounts } from '../../../src/observe/pool-gauges.ts';
import type { RequestOutcome } from '../../../src/runtime/ports.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const counts = (assigned4: number): PoolCounts => ({
  assigned4,
  assigned6: 0,
  available4: 16 - assigned4,
  available6: 0,
});

const VALID: PoolValidity = { status: 'True', reason: 'Valid', message: 'The pool is valid.' };
const INVALID: PoolValidity = { status: 'False', reason: 'PoolInvalid', message: 'spec: wrong' };

function createHarness(names: readonly string[] = ['p'], keepsConditions = true) {
  const clock = new FakeClock();
  const now = new Map(names.map((name) => [name, counts(0)]));
  const standing = new Map<string, PoolCounts>();
  const validity = { now: VALID, stored: VALID as PoolValidity | null };
  if (!keepsConditions) validity.stored = null;
  const writes: { pool: string; assigned: number; at: number }[] = [];
  const answers: RequestOutcome<void>[] = [];
  const status = new PoolStatusWriter({
    clock,
    log: silentLog,
    pools: () => now.keys(),
    status: (pool) => ({ counts: now.get(pool) ?? counts(0), validity: validity.now }),
    published: (pool) => {
      const found = standing.get(pool);
      return found === undefined ? null : { counts: found, validity: validity.stored };
    },
    api: {
      async write(pool, { counts: { assigned4 } }) {
        writes.push({ pool, assigned: assigned4, at: clock.now() });
        const answer = answers.shift() ?? { kind: 'done', value: undefined };
        if (answer.kind !== 'done') return answer;
        standing.set(pool, counts(assigned4));
        if (keepsConditions) validity.stored = validity.now;
        return answer;
      },
    },
  });
  return { clock, now, standing, validity, writes, answers, status };
}

it('a pool is written at most once a second, and the last state is written', async () => {
  const { clock, now, writes, status } = createHarness();
  status.start();
  for (let index = 1; index <= 16; index++) {
    now.set('p', counts(index));
    status.changed();
    await clock.advanceAsync(300);
  }
  await clock.advanceAsync(5000);
  assert.equal(writes.at(-1)?.assigned, 16);
  for (const [index, { at }] of writes.entries()) assert.ok(at - (writes[index - 1]?.at ?? -1000) >= 1000);
});

it('nothing is written where every status is up to date, as after a restart', async () => {
  const { clock, now, standing, writes, status } = createHarness();
  now.set('p', counts(3));
  standing.set('p', counts(3));
  status.start();
  status.changed();
  await clock.advanceAsync(60_000);
  assert.deepEqual(writes, []);
});

it('a status that another writer changed is corrected', async () => {
  const { clock, standing, writes, status } = createHarness();
  status.start();
  await clock.advanceAsync(5000);
  standing.set('p', counts(9));
  status.changed();
  await clock.advanceAsync(5000);
  assert.deepEqual(
    writes.map(({ assigned }) => assigned),
    [0, 0],
  );
});

it('a recreated pool is written at once, however lately the one before was', async () => {
  const { clock, standing, writes, status } = createHarness();
  status.start();
  await clock.advanceAsync(1000);
  assert.equal(writes.length, 1);
  standing.delete('p');
  status.changed();
  await clock.advanceAsync(60_000);
  assert.equal(writes.length, 2);
});

it('a status that a delayed write has overwritten is written again', async () => {
  const { clock, standing, writes, status } = createHarness();
  status.start();
  await clock.advanceAsync(1000);
  standing.set('p', counts(7)); // which the watch tells of at once
  status.changed();
  await clock.advanceAsync(3000);
  assert.deepEqual(
    writes.map(({ assigned }) => assigned),
    [0, 0],
  );
});

it('after a failure a pool waits, longer where the server says so; other pools do not', async () => {
  const { clock, now, writes, answers, status } = createHarness(['p', 'q']);
  answers.push({ kind: 'busy', because: '429', retryAfter: 20_000, notApplied: true });
  status.start();
  now.set('q', counts(1));
  await clock.advanceAsync(19_000);
  assert.deepEqual(
    writes.map(({ pool }) => pool),
    ['p', 'q'],
  );
  await clock.advanceAsync(5000);
  assert.deepEqual(
    writes.map(({ pool }) => pool),
    ['p', 'q', 'p'],
  );
});

it('nothing is written while it is stopped', async () => {
  const { clock, writes, status } = createHarness();
  status.changed();
  await clock.advanceAsync(5000);
  status.start();
  status.stop();
  await clock.advanceAsync(5000);
  assert.deepEqual(writes, []);
});

it('a pool that becomes invalid is written, and again when it is valid', async () => {
  const { clock, validity, writes, status } = createHarness();
  status.start();
  for (const now of [INVALID, VALID, VALID]) {
    validity.now = now;
    status.changed();
    await clock.advanceAsync(5000);
  }
  assert.equal(writes.length, 2);
});

it('where the server takes conditions off, only other counts are written', async () => {
  const { clock, now, validity, writes, status } = createHarness(['p'], false);
  status.start();
  await clock.advanceAsync(5000);
  for (const one of [INVALID, VALID]) {
    validity.now = one;
    status.changed();
    await clock.advanceAsync(60_000);
  }
  assert.equal(writes.length, 1);
  now.set('p', counts(1));
  status.changed();
  await clock.advanceAsync(5000);
  assert.equal(writes.length, 2);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RateLimit } from '../../src/workqueue/token-bucket.ts';
import { WorkerPool } from '../../src/workqueue/worker-pool.ts';
import { FakeClock, flushPromises } from '../support/fake-clock.ts';

/** A pool that records its work. With `instant` false, a key is in flight until `end` is called for it. */
function startPool({
  limit: concurrency = 10,
  lowPriorityRate,
  instant = true,
}: {
  limit?: number;
  lowPriorityRate?: RateLimit;
  instant?: boolean;
} = {}) {
  const clock = new FakeClock();
  const started: [at: number, key: string][] = [];
  const finishers = new Map<string, (error?: Error) => void>();
  const errors: unknown[] = [];
  const pool = new WorkerPool<string>({
    clock,
    concurrency,
    ...(lowPriorityRate ? { lowPriorityRate } : {}),
    work: (key) => {
      started.push([clock.now(), key]);
      if (instant) return Promise.resolve();
      return new Promise((resolve, reject) =>
        finishers.set(key, (error) => (error ? reject(error) : resolve())),
      );
    },
    onError: (error) => errors.push(error),
  });
  const end = (key: string, error?: Error): void => finishers.get(key)?.(error);
  return { clock, pool, started, errors, end };
}

test('no work starts before start, nor within add', async () => {
  const { pool, started } = startPool();
  pool.add('a');
  await flushPromises();
  assert.deepEqual(started, []);
  pool.start();
  pool.add('b');
  assert.deepEqual(started, []);
  await flushPromises();
  assert.deepEqual(started, [
    [0, 'a'],
    [0, 'b'],
  ]);
});

test('a key is processed when it is due', async () => {
  const { clock, pool, started } = startPool();
  pool.start();
  pool.add('later', { dueAt: 5000 });
  pool.add('sooner', { dueAt: 200 });
  await clock.advanceAsync(10_000);
  assert.deepEqual(started, [
    [200, 'sooner'],
    [5000, 'later'],
  ]);
  assert.equal(clock.pending, 0);
});

test('keys are processed concurrently up to the limit, one key never', async () => {
  const { pool, started, end } = startPool({ limit: 2, instant: false });
  pool.start();
  for (const key of ['a', 'b', 'c']) pool.add(key);
  await flushPromises();
  assert.deepEqual(
    started.map(([, key]) => key),
    ['a', 'b'],
  );
  pool.add('a');
  end('b');
  await flushPromises();
  assert.deepEqual(
    started.map(([, key]) => key),
    ['a', 'b', 'c'],
  );
  end('a');
  await flushPromises();
  assert.deepEqual(
    started.map(([, key]) => key),
    ['a', 'b', 'c', 'a'],
  );
  assert.equal(pool.inFlight, 2);
});

test('low priority is limited to its rate, and high priority overtakes it', async () => {
  const { clock, pool, started } = startPool({ lowPriorityRate: { perSecond: 50, burst: 1 } });
  pool.start();
  for (let i = 0; i < 4; i++) pool.add(`low ${i}`, { priority: 'low' });
  await clock.advanceAsync(30);
  pool.add('high');
  await clock.advanceAsync(1000);
  assert.deepEqual(started, [
    [0, 'low 0'],
    [20, 'low 1'],
    [30, 'high'],
    [40, 'low 2'],
    [60, 'low 3'],
  ]);
});

test('a thousand keys leave room for timers in between', async () => {
  const { clock, pool, started } = startPool();
  for (let i = 0; i < 1000; i++) pool.add(`${i}`);
  pool.start();
  await flushPromises();
  assert.ok(started.length < 1000, 'the pool yields to the event loop');
  for (let i = 0; i < 10; i++) pool.add(`more ${i}`); // nor may repeated wake-ups starve it
  await clock.advanceAsync(0);
  assert.equal(started.length, 1010);
});

test('stop takes no more keys, and resolves when none is in flight', async () => {
  const { clock, pool, started, end } = startPool({ instant: false });
  pool.start();
  pool.add('a');
  await flushPromises();
  let stopped = false;
  const stop = pool.stop().then(() => {
    stopped = true;
  });
  pool.add('b');
  await clock.advanceAsync(1000);
  assert.deepEqual([started.length, stopped, pool.size], [1, false, 1]);
  end('a');
  await stop;
  pool.start();
  await flushPromises();
  assert.deepEqual(
    started.map(([, key]) => key),
    ['a', 'b'],
    'waiting keys stay for the next start',
  );
});

test('an error that work throws stops the pool and is reported', async () => {
  const { clock, pool, started, errors, end } = startPool({ limit: 1, instant: false });
  const fault = new Error('granted twice');
  pool.start();
  pool.add('a');
  pool.add('b');
  await flushPromises();
  end('a', fault);
  await clock.advanceAsync(1000);
  assert.deepEqual(errors, [fault]);
  assert.deepEqual([started.length, pool.inFlight], [1, 0]);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RateLimit } from '../../src/workqueue/token-bucket.ts';
import { WorkerPool } from '../../src/workqueue/worker-pool.ts';
import { FakeClock, flushPromises } from '../support/fake-clock.ts';

/** A loop whose work is recorded and ends when the test says so. */
function startPool({
  limit: concurrency = 10,
  calm: lowPriorityRate,
  instant = true,
}: {
  limit?: number;
  calm?: RateLimit;
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
  return { clock, loop: pool, begun: started, broken: errors, end };
}

test('nothing begins before start, nor within the turn of the one who adds', async () => {
  const { loop, begun } = startPool();
  loop.add('a');
  await flushPromises();
  assert.deepEqual(begun, []);
  loop.start();
  loop.add('b');
  assert.deepEqual(begun, []);
  await flushPromises();
  assert.deepEqual(begun, [
    [0, 'a'],
    [0, 'b'],
  ]);
});

test('a key that is due later is worked on when its time has come', async () => {
  const { clock, loop, begun } = startPool();
  loop.start();
  loop.add('later', { dueAt: 5000 });
  loop.add('sooner', { dueAt: 200 });
  await clock.advanceAsync(10_000);
  assert.deepEqual(begun, [
    [200, 'sooner'],
    [5000, 'later'],
  ]);
  assert.equal(clock.pending, 0);
});

test('several keys at once up to the limit, the same key never', async () => {
  const { loop, begun, end } = startPool({ limit: 2, instant: false });
  loop.start();
  for (const key of ['a', 'b', 'c']) loop.add(key);
  await flushPromises();
  assert.deepEqual(
    begun.map(([, key]) => key),
    ['a', 'b'],
  );
  loop.add('a');
  end('b');
  await flushPromises();
  assert.deepEqual(
    begun.map(([, key]) => key),
    ['a', 'b', 'c'],
  );
  end('a');
  await flushPromises();
  assert.deepEqual(
    begun.map(([, key]) => key),
    ['a', 'b', 'c', 'a'],
  );
  assert.equal(loop.inFlight, 2);
});

test('calm keys keep to their rate, and urgent ones overtake them', async () => {
  const { clock, loop, begun } = startPool({ calm: { perSecond: 50, burst: 1 } });
  loop.start();
  for (let i = 0; i < 4; i++) loop.add(`calm ${i}`, { priority: 'low' });
  await clock.advanceAsync(30);
  loop.add('high');
  await clock.advanceAsync(1000);
  assert.deepEqual(begun, [
    [0, 'calm 0'],
    [20, 'calm 1'],
    [30, 'high'],
    [40, 'calm 2'],
    [60, 'calm 3'],
  ]);
});

test('a thousand keys at once leave room for timers in between', async () => {
  const { clock, loop, begun } = startPool();
  for (let i = 0; i < 1000; i++) loop.add(`${i}`);
  loop.start();
  await flushPromises();
  assert.ok(begun.length < 1000, 'the loop lets go of the thread');
  for (let i = 0; i < 10; i++) loop.add(`more ${i}`); // being woken again and again must not starve it either
  await clock.advanceAsync(0);
  assert.equal(begun.length, 1010);
});

test('stop takes no more keys and settles when the work under way is over', async () => {
  const { clock, loop, begun, end } = startPool({ instant: false });
  loop.start();
  loop.add('a');
  await flushPromises();
  let stopped = false;
  const stop = loop.stop().then(() => {
    stopped = true;
  });
  loop.add('b');
  await clock.advanceAsync(1000);
  assert.deepEqual([begun.length, stopped, loop.size], [1, false, 1]);
  end('a');
  await stop;
  loop.start();
  await flushPromises();
  assert.deepEqual(
    begun.map(([, key]) => key),
    ['a', 'b'],
    'what waited is still there for the next start',
  );
});

test('an error that the work lets through ends the loop and is handed on', async () => {
  const { clock, loop, begun, broken, end } = startPool({ limit: 1, instant: false });
  const fault = new Error('granted twice');
  loop.start();
  loop.add('a');
  loop.add('b');
  await flushPromises();
  end('a', fault);
  await clock.advanceAsync(1000);
  assert.deepEqual(broken, [fault]);
  assert.deepEqual([begun.length, loop.inFlight], [1, 0]);
});

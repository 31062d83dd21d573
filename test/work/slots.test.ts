import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Slots } from '../../src/work/slots.ts';
import { turn } from '../support/clock.ts';

/** Work that ends when the test says so. */
function handMade(): {
  readonly work: () => Promise<string>;
  readonly end: (said: string) => void;
  started: boolean;
} {
  let end = (_: string): void => {};
  const ended = new Promise<string>((resolve) => {
    end = resolve;
  });
  const made = {
    started: false,
    work: () => {
      made.started = true;
      return ended;
    },
    end: (said: string) => end(said),
  };
  return made;
}

test('no more is under way than there are slots, and those in line come in turn', async () => {
  const slots = new Slots(2);
  const jobs = [handMade(), handMade(), handMade(), handMade()] as const;
  const results = jobs.map((job) => slots.run(job.work));
  await turn();
  assert.deepEqual(
    jobs.map((job) => job.started),
    [true, true, false, false],
  );
  assert.deepEqual([slots.inFlight, slots.free, slots.waiting], [2, 0, 2]);
  jobs[1].end('second');
  await turn();
  assert.deepEqual(
    jobs.map((job) => job.started),
    [true, true, true, false],
  );
  for (const job of jobs) job.end('done');
  assert.deepEqual(await Promise.all(results), ['done', 'second', 'done', 'done']);
  assert.deepEqual([slots.inFlight, slots.free, slots.waiting], [0, 2, 0]);
});

test('work that fails frees its slot and hands its error on', async () => {
  const slots = new Slots(1);
  const failing = slots.run(() => Promise.reject(new Error('no')));
  const next = slots.run(() => Promise.resolve('yes'));
  await assert.rejects(failing, /no/);
  assert.equal(await next, 'yes');
});

test('idle settles when the last one in line is through', async () => {
  const slots = new Slots(1);
  await slots.idle();
  const jobs = [handMade(), handMade()] as const;
  for (const job of jobs) void slots.run(job.work);
  let idle = false;
  const settled = slots.idle().then(() => {
    idle = true;
  });
  jobs[0].end('');
  await turn();
  assert.equal(idle, false);
  jobs[1].end('');
  await settled;
  assert.equal(idle, true);
});

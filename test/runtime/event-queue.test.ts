import assert from 'node:assert/strict';
import { it } from 'node:test';
import { silentLog } from '../../src/observe/log.ts';
import { EVENTS_QUEUED_MAX, EventQueue } from '../../src/runtime/event-queue.ts';
import type { ObjectEvent, RequestOutcome } from '../../src/runtime/ports.ts';
import { FakeClock } from '../support/fake-clock.ts';

const event = (message: string, namespace = 'default'): ObjectEvent => ({
  regarding: {
    apiVersion: 'v1',
    kind: 'Service',
    namespace,
    name: 'a',
    uid: 'u',
    resourceVersion: '1',
  },
  event: { type: 'Normal', reason: 'IPAllocated', message },
});

function createHarness({ lastWrite: lastWriteAt = () => null }: { lastWrite?: () => number | null } = {}) {
  const clock = new FakeClock({ now: 1000 });
  const posted: { message: string; at: number }[] = [];
  const answers: RequestOutcome<void>[] = [];
  const seen = { dropped: 0, inFlight: 0, mostInFlight: 0 };
  const queue = new EventQueue({
    clock,
    log: silentLog,
    lastWriteAt,
    onDropped: () => {
      seen.dropped++;
    },
    api: {
      async post({ event }) {
        posted.push({ message: event.message, at: clock.now() });
        seen.inFlight++;
        seen.mostInFlight = Math.max(seen.mostInFlight, seen.inFlight);
        await Promise.resolve();
        seen.inFlight--;
        return answers.shift() ?? { kind: 'done', value: undefined };
      },
    },
  });
  return { clock, posted, answers, seen, queue };
}

it('Events are sent in order, a few at a time', async () => {
  const { clock, posted, seen, queue } = createHarness();
  for (let index = 0; index < 50; index++) queue.add(event(`${index}`));
  await clock.advanceAsync(1000);
  assert.deepEqual(
    posted.map(({ message }) => Number(message)),
    Array.from({ length: 50 }, (_, index) => index),
  );
  assert.ok(seen.mostInFlight <= 4);
  assert.equal(seen.dropped, 0);
});

it('of more than 20,000 the oldest are dropped, and each is counted', () => {
  assert.equal(EVENTS_QUEUED_MAX, 20_000);
  const { seen, queue } = createHarness();
  for (let index = 0; index < EVENTS_QUEUED_MAX + 7; index++) queue.add(event(`${index}`));
  assert.deepEqual([queue.size, seen.dropped], [EVENTS_QUEUED_MAX, 7]);
});

it('Events trickle while Services are written, and flow when they are not', async () => {
  let busy = true;
  const { clock, posted, queue } = createHarness({ lastWrite: () => (busy ? clock.now() : 0) });
  for (let index = 0; index < 100; index++) queue.add(event(`${index}`));
  await clock.advanceAsync(5000);
  assert.ok(posted.length >= 5 && posted.length <= 20, `${posted.length} in 5 s`);
  busy = false;
  await clock.advanceAsync(1000);
  assert.equal(posted.length, 100);
});

it('the Events of one namespace, which changes Services without end, do not keep those of another', async () => {
  const { clock, posted, seen, queue } = createHarness({ lastWrite: () => clock.now() });
  for (let index = 0; index < EVENTS_QUEUED_MAX; index++) queue.add(event(`flood ${index}`, 'flood'));
  queue.add(event('quiet', 'quiet'));
  for (let index = 0; index < 100; index++) queue.add(event(`more ${index}`, 'flood'));
  await clock.advanceAsync(1500);
  assert.ok(
    posted.some(({ message }) => message === 'quiet'),
    'the Event of the quiet namespace was not sent',
  );
  assert.equal(seen.dropped, 101, 'of the namespace with the most');
});

it('a busy server is left alone for as long as it says', async () => {
  const { clock, posted, answers, seen, queue } = createHarness();
  answers.push({ kind: 'busy', because: '429', retryAfter: 8000, notApplied: true });
  queue.add(event('a'));
  await clock.advanceAsync(7900);
  assert.equal(posted.length, 1);
  queue.add(event('b'));
  await clock.advanceAsync(1000);
  assert.deepEqual(new Set(posted.map(({ message }) => message)), new Set(['a', 'b']));
  assert.equal(seen.dropped, 0);
});

it('an Event is dropped after five failures, and at once when it is refused; both are counted', async () => {
  const { clock, posted, answers, seen, queue } = createHarness();
  for (let index = 0; index < 5; index++) answers.push({ kind: 'unknown', because: 'reset' });
  queue.add(event('a'));
  await clock.advanceAsync(60_000);
  assert.deepEqual([posted.length, seen.dropped], [5, 1]);
  answers.push({ kind: 'refused', because: '403' });
  queue.add(event('b'));
  await clock.advanceAsync(60_000);
  assert.deepEqual([posted.length, seen.dropped], [6, 2]);
});

it('nothing is sent after the stop', async () => {
  const { clock, posted, queue } = createHarness();
  queue.add(event('a'));
  await queue.stop();
  queue.add(event('b'));
  await clock.advanceAsync(10_000);
  assert.deepEqual(posted, []);
});

/** A watch fails: what is known then, and when the watch counts again. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import {
  ANSWER_WITHIN,
  FailureProbe,
  PROBE_INTERVAL,
} from '../../../../src/cli/cluster/overview/failure-probe.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

const FAILING = { problem: { kind: 'failing', because: 'connection refused' } } as const;
const WELL = { problem: null };

/** Lists are answered when the test says so. */
function probe() {
  const clock = new FakeClock();
  const seen: string[] = [];
  let answer: () => void = () => {};
  const failureProbe = new FailureProbe(clock, {
    list: async (isCurrent) => {
      seen.push('lists');
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      if (isCurrent()) seen.push('answered');
    },
    unanswered: (because) => seen.push(`unanswered: ${because}`),
  });
  return { clock, seen, failureProbe, answer: () => answer() };
}

it('lists at once, and again for as long as the watch fails', async () => {
  const { clock, seen, failureProbe, answer } = probe();
  failureProbe.update(FAILING);
  assert.deepEqual(seen, ['lists']);
  answer();
  await clock.advanceAsync(PROBE_INTERVAL);
  assert.deepEqual(seen, ['lists', 'answered', 'lists']);
});

it('one failure after another is one failure', () => {
  const { seen, failureProbe } = probe();
  failureProbe.update(FAILING);
  failureProbe.update(FAILING);
  assert.deepEqual(seen, ['lists']);
});

it('without an answer in time, what was known counts no more', async () => {
  const { clock, seen, failureProbe } = probe();
  failureProbe.update(FAILING);
  await clock.advanceAsync(ANSWER_WITHIN - 1);
  assert.deepEqual(seen, ['lists']);
  await clock.advanceAsync(1);
  assert.deepEqual(seen, ['lists', 'unanswered: connection refused']);
});

it('an answer that comes after the watch has recovered is older than the watch', async () => {
  const { clock, seen, failureProbe, answer } = probe();
  failureProbe.update(FAILING);
  failureProbe.update(WELL);
  answer();
  await clock.advanceAsync(ANSWER_WITHIN + PROBE_INTERVAL);
  assert.deepEqual(seen, ['lists']);
  assert.equal(clock.pending, 0, 'nothing goes on');
});

it('a kind that the server does not serve needs no list', () => {
  const { seen, failureProbe } = probe();
  failureProbe.update({ problem: { kind: 'absent' } });
  assert.deepEqual(seen, []);
});

/** The Secret of the speakers: filled where it is empty, by the leader alone. */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { SECRET_INTERVAL, SpeakerSecret } from '../../../src/controller/leadership/speaker-secret.ts';
import type { RequestOutcome } from '../../../src/runtime/ports.ts';
import { FakeClock } from '../../support/fake-clock.ts';

describe('the Secret of the speakers', () => {
  let clock: FakeClock;
  let isLeading: boolean;
  let attempts: number;
  let outcome: RequestOutcome<void>;
  let logged: string[];

  beforeEach(() => {
    clock = new FakeClock();
    isLeading = true;
    attempts = 0;
    outcome = { kind: 'done', value: undefined };
    logged = [];
  });

  function start(name = 'memberlist'): SpeakerSecret {
    const note = (message: string): number => logged.push(message);
    const secret = new SpeakerSecret({
      ...{ clock, log: { info: note, warn: note }, name, isLeading: () => isLeading },
      fill: async () => {
        attempts += 1;
        return outcome;
      },
    });
    secret.start();
    return secret;
  }

  it('is filled, and looked after rarely', async () => {
    start();
    await clock.advanceAsync(SECRET_INTERVAL - 1);
    assert.deepEqual([attempts, logged.length], [1, 1]);
    outcome = { kind: 'stale' };
    await clock.advanceAsync(SECRET_INTERVAL);
    assert.deepEqual([attempts, logged.length], [2, 1]);
  });

  it('is left alone where it has a key, without a word', async () => {
    outcome = { kind: 'stale' };
    start();
    await clock.advanceAsync(0);
    assert.deepEqual([attempts, logged], [1, []]);
  });

  it('is tried again soon after a failure, and said once', async () => {
    outcome = { kind: 'refused', because: 'no right' };
    start();
    await clock.advanceAsync(120_000);
    assert.ok(attempts >= 4);
    assert.equal(logged.length, 1);
    outcome = { kind: 'done', value: undefined };
    await clock.advanceAsync(60_000);
    assert.equal(logged.length, 2);
  });

  it('is nothing for a process that does not lead any more', async () => {
    start();
    await clock.advanceAsync(0);
    isLeading = false;
    await clock.advanceAsync(2 * SECRET_INTERVAL);
    assert.deepEqual([attempts, clock.pending], [1, 0]);
  });

  it('is not filled without a name', async () => {
    start('');
    await clock.advanceAsync(2 * SECRET_INTERVAL);
    assert.equal(attempts, 0);
  });

  it('is left alone after the end', async () => {
    const secret = start();
    await clock.advanceAsync(0);
    secret.stop();
    assert.equal(clock.pending, 0);
  });
});

/** The event of the condition about announcements: on a change only, after the write, and no faster than the writes. */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { LOSS_HOLD_DOWN, WRITES_PER_SECOND } from '../../../src/controller/announced/condition-writer.ts';
import { LEARNED, NOT_LEARNED, WriterHarness } from '../support/announced-writer.ts';

let harness: WriterHarness;
beforeEach(() => {
  harness = new WriterHarness();
});

const evaluate = (): Promise<void> => harness.evaluate();

describe('the event of a condition', () => {
  it('is sent when the Service is no longer announced, once the loss was written, and when it is again', async () => {
    harness.add(1, LEARNED);
    await evaluate();
    assert.deepEqual(harness.events, [], 'that a Service is announced at first is no event');
    harness.conditions.set('default/s0', NOT_LEARNED);
    await evaluate();
    assert.deepEqual(harness.events, [], 'a loss that may be short is no event');
    await harness.pass(LOSS_HOLD_DOWN);
    harness.conditions.set('default/s0', LEARNED);
    await evaluate();
    assert.deepEqual(harness.events, ['s0 Warning NoPeer: not learned', 's0 Normal Predicted: learned']);
  });

  it('is sent for a Service that was never announced, and for another reason, but not for another sentence', async () => {
    harness.add(1, NOT_LEARNED);
    await evaluate();
    harness.conditions.set('default/s0', { ...NOT_LEARNED, message: 'not learned either' });
    await evaluate();
    harness.conditions.set('default/s0', { ...NOT_LEARNED, reason: 'SessionDown' });
    await evaluate();
    assert.deepEqual(harness.events, [
      's0 Warning NoPeer: not learned',
      's0 Warning SessionDown: not learned',
    ]);
  });

  it('is not sent for what cannot be determined, nor for a write that failed', async () => {
    harness.add(1, LEARNED);
    await evaluate();
    harness.conditions.set('default/s0', { status: 'Unknown', reason: 'NotVisible', message: 'no rights' });
    await evaluate();
    harness.conditions.set('default/s0', NOT_LEARNED);
    harness.outcomes = ['unknown'];
    await evaluate();
    assert.deepEqual(harness.events, []);
    await harness.pass(10_000);
    assert.deepEqual(harness.events, ['s0 Warning NoPeer: not learned']);
  });

  it('comes no faster than the writes, however many Services change at once', async () => {
    harness.add(200, NOT_LEARNED);
    harness.writer.changed();
    await harness.pass(3000);
    assert.ok(harness.events.length <= 3 * WRITES_PER_SECOND, `${harness.events.length} events in 3 s`);
    assert.ok(harness.events.length >= WRITES_PER_SECOND);
    await harness.pass(10_000);
    assert.equal(harness.events.length, 200);
  });
});

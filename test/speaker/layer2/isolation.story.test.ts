/** A speaker that hears no other one asks the API server whether it is the one that is cut off. */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { Isolation, type IsolationState } from '../../../src/speaker/layer2/isolation.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('isolation', () => {
  let clock: FakeClock;
  let isolation: Isolation;
  let states: IsolationState[];
  let isAnswering: boolean;
  let refreshed: (isRead: boolean) => void;

  beforeEach(() => {
    clock = new FakeClock();
    states = [];
    isAnswering = true;
    isolation = new Isolation({
      ...{ clock, ask: async () => isAnswering },
      refresh: () =>
        new Promise((resolve) => {
          refreshed = resolve;
        }),
      changed: (state) => states.push(state),
    });
  });

  it('is asked for, and answered by the API server: others are gone, not this node', async () => {
    isolation.setAlone(true);
    assert.equal(isolation.state, 'asking');
    await settle();
    assert.deepEqual(states, ['asking', 'connected']);
  });

  it('is certain where the API server does not answer either, and ends when it does', async () => {
    isAnswering = false;
    isolation.setAlone(true);
    await settle();
    assert.equal(isolation.state, 'cut-off');
    isAnswering = true;
    clock.advance(500);
    await settle();
    assert.equal(isolation.state, 'cut-off', 'until it has read who answers now');
    refreshed(true);
    await settle();
    assert.deepEqual(states, ['asking', 'cut-off', 'connected']);
  });

  it('begins also later, when the API server stops answering', async () => {
    isolation.setAlone(true);
    await settle();
    isAnswering = false;
    clock.advance(500);
    await settle();
    assert.equal(isolation.state, 'cut-off');
  });

  it('ends when another speaker is heard', async () => {
    isAnswering = false;
    isolation.setAlone(true);
    await settle();
    isolation.setAlone(false);
    assert.equal(isolation.state, 'cut-off', 'until it has read who answers now');
    refreshed(false);
    await settle();
    clock.advance(500);
    refreshed(true);
    await settle();
    assert.equal(isolation.state, 'connected');
    clock.advance(5000);
    await settle();
    assert.equal(isolation.state, 'connected');
  });

  it('does not matter after the stop', async () => {
    isAnswering = false;
    isolation.setAlone(true);
    isolation.stop();
    await settle();
    assert.deepEqual(states, ['asking']);
  });

  it('is certain at once for a speaker that a larger set does not hear, and ends after a look at who answers', async () => {
    isolation.setOutside(true);
    assert.deepEqual([isolation.state, isolation.isOutside], ['cut-off', true]);
    isolation.setOutside(false);
    assert.equal(isolation.state, 'cut-off');
    refreshed(true);
    await settle();
    assert.deepEqual(states, ['cut-off', 'connected']);
  });

  it('does not end by an answer of the API server while a larger set does not hear the speaker', async () => {
    isolation.setOutside(true);
    isolation.setAlone(true);
    await settle();
    isolation.setAlone(false);
    await settle();
    assert.deepEqual(states, ['cut-off']);
  });

  it('does not end where the speaker is outside again before it has looked', async () => {
    isolation.setOutside(true);
    isolation.setOutside(false);
    isolation.setOutside(true);
    refreshed(true);
    await settle();
    assert.equal(isolation.state, 'cut-off');
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ClosingSessions } from '../../src/speaker/closing-sessions.ts';
import { flushPromises } from '../support/fake-clock.ts';

/** `done` logs what was run; `startClosing` returns the function that closes the session. */
function setUp() {
  const closing = new ClosingSessions();
  const log: string[] = [];
  return {
    closing,
    done: log,
    startClosing: (router: string): (() => Promise<void>) => {
      let finish = (): void => {};
      closing.add(router, new Promise((resolve) => (finish = resolve)));
      return () => {
        finish();
        return flushPromises();
      };
    },
    after: (router: string, action: string) => closing.whenClosed(router, () => log.push(action)),
  };
}

describe('a new session', () => {
  it('connects at once if no session with the router is closing', async () => {
    const { startClosing, after, done } = setUp();
    startClosing('elsewhere');
    after('here', 'connect');
    assert.deepEqual(done, ['connect']);
  });

  it('waits until all sessions with the router are closed, in any order', async () => {
    const { startClosing, after, done } = setUp();
    const [first, second] = [startClosing('here'), startClosing('here')];
    after('here', 'connect');
    await second();
    assert.deepEqual(done, []);
    await first();
    assert.deepEqual(done, ['connect']);
    after('here', 'again');
    assert.deepEqual(done, ['connect', 'again']);
  });

  it('waits also for one that begins to close meanwhile', async () => {
    const { startClosing, after, done } = setUp();
    const first = startClosing('here');
    after('here', 'connect');
    const second = startClosing('here');
    await first();
    assert.deepEqual(done, []);
    await second();
    assert.deepEqual(done, ['connect']);
  });
});

describe('allClosed', () => {
  it('settles when the last session is closed', async () => {
    const { closing, startClosing, done } = setUp();
    const finishers = [startClosing('here'), startClosing('there'), startClosing('here')];
    void closing.allClosed().then(() => done.push('all closed'));
    for (const finish of finishers) {
      assert.deepEqual(done, []);
      await finish();
    }
    assert.deepEqual(done, ['all closed']);
  });
});

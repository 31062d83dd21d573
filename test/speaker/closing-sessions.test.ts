import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ClosingSessions } from '../../src/speaker/closing-sessions.ts';
import { flushPromises } from '../support/fake-clock.ts';

/** What is done in order, and how each parting is brought to its end. */
function setUp() {
  const closing = new ClosingSessions();
  const log: string[] = [];
  return {
    partings: closing,
    done: log,
    part: (router: string): (() => Promise<void>) => {
      let finish = (): void => {};
      closing.add(router, new Promise((resolve) => (finish = resolve)));
      return () => {
        finish();
        return flushPromises();
      };
    },
    after: (router: string, what: string) => closing.whenClosed(router, () => log.push(what)),
  };
}

describe('who dials a router', () => {
  it('does so at once where nothing is left of another session', async () => {
    const { part, after, done } = setUp();
    part('elsewhere');
    after('here', 'dial');
    assert.deepEqual(done, ['dial']);
  });

  it('waits until nothing is left of any with it, in whichever order they end', async () => {
    const { part, after, done } = setUp();
    const [first, second] = [part('here'), part('here')];
    after('here', 'dial');
    await second();
    assert.deepEqual(done, []);
    await first();
    assert.deepEqual(done, ['dial']);
    after('here', 'again');
    assert.deepEqual(done, ['dial', 'again']);
  });

  it('waits for one that came to its end while it waited as well', async () => {
    const { part, after, done } = setUp();
    const first = part('here');
    after('here', 'dial');
    const second = part('here');
    await first();
    assert.deepEqual(done, []);
    await second();
    assert.deepEqual(done, ['dial']);
  });
});

describe('all partings', () => {
  it('are over when the last is', async () => {
    const { partings, part, done } = setUp();
    const ends = [part('here'), part('there'), part('here')];
    void partings.allClosed().then(() => done.push('over'));
    for (const end of ends) {
      assert.deepEqual(done, []);
      await end();
    }
    assert.deepEqual(done, ['over']);
  });
});

/** What every implementation of `BfdSessions` does: the thread, the engine in this thread, and the fake of the speaker's tests. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { BfdSessions } from '../../../src/bfd/sessions.ts';
import { InProcessBfdSessions } from '../../../src/bfd/transport/in-process-sessions.ts';
import { UdpSockets } from '../../../src/bfd/transport/udp-sockets.ts';
import { systemClock } from '../../../src/workqueue/system-clock.ts';
import { FakeBfdSessions } from '../../speaker/support/fake-bfd-sessions.ts';
import { eventually } from '../../support/eventually.ts';
import { bothUp, freePort, pairOf, recordChanges, statusOf } from './support/pair.ts';
import { startThread } from './support/thread.ts';

type Implementation = {
  readonly create: (test: TestContext) => BfdSessions;
  /** Lets both sessions come up, where nothing does it by itself. */
  readonly comeUp: (sessions: BfdSessions) => void;
  /** Lets `west` notice that `east` is not wanted any more. */
  readonly eastLeaves: (sessions: BfdSessions) => void;
};

const nothing = (): void => {};

const asFake = (sessions: BfdSessions): FakeBfdSessions => {
  assert.ok(sessions instanceof FakeBfdSessions);
  return sessions;
};

const implementations: Readonly<Record<string, Implementation>> = {
  'the thread': { create: (test) => startThread(test), comeUp: nothing, eastLeaves: nothing },
  'the engine in this thread': {
    create: (test) => {
      const sessions = new InProcessBfdSessions(systemClock, Math.random, new UdpSockets(Math.random));
      test.after(() => sessions.stop());
      return sessions;
    },
    comeUp: nothing,
    eastLeaves: nothing,
  },
  'the fake': {
    create: () => new FakeBfdSessions(),
    comeUp: (sessions) => {
      for (const key of ['west', 'east']) asFake(sessions).comesUp(key);
    },
    eastLeaves: (sessions) =>
      asFake(sessions).change('west', {
        ...({ state: 'Down', remoteState: 'AdminDown', diagnostic: 'neighbor-signaled-down' } as const),
      }),
  },
};

const skip = process.platform === 'linux' ? false : 'the socket options are those of Linux';

for (const [name, { create, comeUp, eastLeaves }] of Object.entries(implementations))
  describe(`BFD sessions: ${name}`, { skip }, () => {
    it('has a status for each session at once, in the order of the specs', async (test) => {
      const sessions = create(test);
      const specs = pairOf(await freePort());
      sessions.apply(specs);
      const statuses = (): unknown =>
        sessions.statuses().map(({ key, state, problem }) => [key, state, problem]);
      assert.deepEqual(statuses(), [
        ['west', 'Down', null],
        ['east', 'Down', null],
      ]);
      sessions.apply(specs.toReversed());
      assert.deepEqual(
        sessions.statuses().map(({ key }) => key),
        ['east', 'west'],
      );
      sessions.apply([]);
      assert.deepEqual(sessions.statuses(), []);
    });

    it('tells its listeners that a session is up, until they leave', async (test) => {
      const sessions = create(test);
      const changes = recordChanges(sessions);
      let heard = 0;
      const leave = sessions.onChange(() => {
        heard += 1;
      });
      leave();
      sessions.apply(pairOf(await freePort()));
      comeUp(sessions);
      await bothUp(sessions);
      for (const key of ['west', 'east'])
        assert.ok(changes.some((change) => change.startsWith(`${key}: `) && change.includes('→ Up')));
      assert.equal(heard, 0);
    });

    it('reports the AdminDown of a session that is not wanted any more to its remote only', async (test) => {
      const sessions = create(test);
      const [west, ...rest] = pairOf(await freePort());
      assert.ok(west !== undefined);
      sessions.apply([west, ...rest]);
      comeUp(sessions);
      await bothUp(sessions);
      const changes = recordChanges(sessions);
      sessions.apply([west]);
      eastLeaves(sessions);
      await eventually(() => assert.equal(statusOf(sessions, 'west')?.remoteState, 'AdminDown'));
      assert.deepEqual(changes, ['west: Up → Down (AdminDown)']);
      assert.equal(statusOf(sessions, 'east'), undefined);
    });

    it('stops, and reports nothing of it', async (test) => {
      const sessions = create(test);
      sessions.apply(pairOf(await freePort()));
      comeUp(sessions);
      await bothUp(sessions);
      const changes = recordChanges(sessions);
      await sessions.stop();
      await sessions.stop();
      assert.deepEqual(changes, []);
    });

    it('stops though it never had a session', async (test) => {
      await create(test).stop();
    });
  });

/** With graceful restart each routing daemon keeps all routes while the speaker is replaced: none flaps. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { skipWithoutNetworkBinaries } from '../../support/network-binaries.ts';
import { DAEMONS } from './support/interop/daemons.ts';
import { NodeAndRouter, prefixes, SERVICES } from './support/interop/node-and-router.ts';
import { sessionSpec } from './support/interop/session-spec.ts';

const session = sessionSpec('bridged', 1, { gracefulRestart: true });
const POLL_INTERVAL_MS = 20;

describe('a speaker that is replaced', {
  skip: skipWithoutNetworkBinaries(),
  concurrency: DAEMONS.length,
}, () => {
  for (const daemon of DAEMONS) {
    describe(`with ${daemon}`, { concurrency: 1 }, () => {
      let pair: NodeAndRouter;

      before(async () => {
        pair = await NodeAndRouter.start(daemon, [session], ['10.9.255.1', 'fd09:255::1']);
        await pair.waitForRoutes(session);
      });
      after(() => pair?.stop());

      /** Prefixes that the router lacked at any sample while `happens` ran. */
      async function lostWhile(happens: () => Promise<void>): Promise<readonly string[]> {
        const lost = new Set<string>();
        let over = false;
        const watching = (async () => {
          for (let last = false; !last; ) {
            last = over; // one sample is taken at the end
            const there = new Set(await pair.router.table(4));
            for (const prefix of prefixes(4)) if (!there.has(prefix)) lost.add(prefix);
            await sleep(POLL_INTERVAL_MS);
          }
        })();
        try {
          await happens();
        } finally {
          over = true;
          await watching;
        }
        return [...lost].sort();
      }

      async function replace(signal: 'SIGTERM' | 'SIGKILL', meanwhile: () => void = () => {}): Promise<void> {
        await pair.node.stopSpeaker(signal);
        await pair.waitForSessionDown(session);
        meanwhile();
        pair.startSpeaker();
      }

      for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
        it(`by ${signal} loses no route`, async () => {
          const lost = await lostWhile(async () => {
            await replace(signal);
            await pair.waitForRoutes(session);
          });
          assert.deepEqual(lost, [], pair.logTails());
        });
      }

      it('withdraws former routes after the restart, and not before', async () => {
        const gone = [0, SERVICES - 1];
        const lost = await lostWhile(async () => {
          await replace('SIGKILL', () => {
            for (const index of gone) pair.removeEndpoints(index);
          });
          await pair.waitForRoutes(session, 4, prefixes(4, gone));
        });
        const left = prefixes(4, gone);
        assert.deepEqual(
          lost,
          prefixes(4).filter((prefix) => !left.includes(prefix)),
        );
      });
    });
  }
});

/** BFD with the daemons that have it: a failure is detected long before the hold time, and a restart is no failure. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { eventuallySlow } from '../../support/eventually.ts';
import { skipWithoutNetworkBinaries } from '../../support/network-binaries.ts';
import { BirdRouter } from './support/interop/bird-router.ts';
import { FrrRouter } from './support/interop/frr-router.ts';
import { NodeAndRouter, SERVICES } from './support/interop/node-and-router.ts';
import type { InteropRouter } from './support/interop/router.ts';
import { BFD_PROFILE, sessionSpec } from './support/interop/session-spec.ts';

/** Nothing but BFD can end a session within the time of these tests. */
const session = sessionSpec('watched', 1, { bfd: true, gracefulRestart: true, holdSeconds: 600 });
const others = [
  sessionSpec('six', 2, { bfd: true, family: 6, holdSeconds: 600 }),
  sessionSpec('far', 3, { bfd: true, multihop: true, holdSeconds: 600 }),
];
/** BIRD sends with TTL 64 over several hops. */
const PROFILE = { minimumTtl: 64 };
const DAEMONS_WITH_BFD = ['BIRD 2', 'FRR'] as const;

type FrrBfdPeer = {
  readonly peer: string;
  readonly status: string;
  readonly 'remote-receive-interval': number;
};

/** The BFD session with this node, as the router sees it. `interval`: between two of its packets, in milliseconds. */
async function bfdOf(
  router: InteropRouter,
): Promise<{ readonly isUp: boolean; readonly interval: number } | null> {
  const { address } = session.ours;
  if (router instanceof FrrRouter) {
    const peers = await router.frr.json<readonly FrrBfdPeer[]>('show bfd peers json');
    const found = peers.find(({ peer }) => peer === address);
    // What we are ready to receive is longer than its own interval in these tests.
    return found === undefined
      ? null
      : { isUp: found.status === 'up', interval: found['remote-receive-interval'] };
  }
  assert.ok(router instanceof BirdRouter);
  const line = (await router.bfdSessions()).split('\n').find((one) => one.startsWith(`${address} `));
  const cells = line?.trim().split(/ +/);
  return cells === undefined ? null : { isUp: cells[2] === 'Up', interval: Number(cells.at(-2)) * 1000 };
}

/** What FRR says about the session, while its daemon of BFD is frozen. */
const neighborOf = (router: FrrRouter): Promise<string> =>
  router.frr.askBgpd(`show bgp neighbors ${session.ours.address}`);

describe('BFD', { skip: skipWithoutNetworkBinaries(), concurrency: DAEMONS_WITH_BFD.length }, () => {
  for (const daemon of DAEMONS_WITH_BFD) {
    describe(`with ${daemon}`, { concurrency: 1 }, () => {
      let pair: NodeAndRouter;

      /** Freezes what answers BFD: all of BIRD, or the daemon of FRR that does only that. */
      const signalBfd = (signal: 'SIGSTOP' | 'SIGCONT'): void => {
        if (pair.router instanceof FrrRouter) pair.router.frr.signal(signal, 'bfdd');
        else pair.router.signal(signal);
      };

      const waitForBfd = (since = 0): Promise<void> =>
        eventuallySlow(async () => {
          const up = pair.node.linesAbout(session, 'BFD session up', since);
          assert.ok(up.length > 0, pair.logTails());
        });

      before(async () => {
        pair = await NodeAndRouter.start(
          daemon,
          [session, ...others],
          ['10.9.255.1', 'fd09:255::1'],
          (cluster) => cluster.object('BFDProfile', BFD_PROFILE, PROFILE),
        );
        await pair.waitForRoutes(session);
        await waitForBfd();
      });
      after(async () => {
        if (pair !== undefined) signalBfd('SIGCONT');
        await pair?.stop();
      });

      it('goes on with other intervals when the profile is edited: neither session ends', async () => {
        const since = pair.logLineCount;
        pair.cluster.object('BFDProfile', BFD_PROFILE, {
          ...PROFILE,
          ...{ transmitInterval: 500, receiveInterval: 600 },
        });
        await eventuallySlow(async () =>
          assert.equal((await bfdOf(pair.router))?.interval, 600, pair.logTails()),
        );
        assert.deepEqual(
          pair.node
            .log()
            .slice(since)
            .filter(({ msg }) => /session (lost|down)/.test(msg)),
          [],
        );
      });

      it('ends the session of a router that stops answering, before the hold time', async () => {
        const since = pair.logLineCount;
        signalBfd('SIGSTOP');
        await pair.node.waitForLine(session, 'BFD session down', /no packet of the peer/, since);
        await pair.node.waitForLine(session, 'session lost', /^BFD received no packet/, since);
        // Only FRR can say it now: all of BIRD is frozen.
        const { router } = pair;
        if (router instanceof FrrRouter)
          await eventuallySlow(async () => assert.match(await neighborOf(router), /Cease\/BFD Down/));
        signalBfd('SIGCONT');
        await waitForBfd(since);
        await pair.waitForRoutes(session);
      });

      for (const signal of ['SIGTERM', 'SIGKILL'] as const)
        it(`that goes down after ${signal} of the speaker does not take the routes that the router retains`, async () => {
          await pair.node.stopSpeaker(signal);
          await pair.waitForSessionDown(session);
          await eventuallySlow(async () => assert.notEqual((await bfdOf(pair.router))?.isUp, true));
          assert.equal((await pair.router.table(4)).length, SERVICES, pair.logTails());
          pair.startSpeaker();
          await pair.waitForRoutes(session);
          await waitForBfd();
        });

      it('comes up over IPv6, and over several hops', async () => {
        for (const other of others)
          await eventuallySlow(async () => {
            const up = pair.node.linesAbout(other, 'BFD session up');
            assert.ok(up.length > 0, pair.logTails());
          });
      });
    });
  }
});

/** Sessions of both families, AS numbers of four octets, and a router that sends ROUTE-REFRESH. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Family } from '../../../src/net/address.ts';
import { eventuallySlow } from '../../support/eventually.ts';
import { skipWithoutNetworkBinaries } from '../../support/network-binaries.ts';
import { DAEMONS, type Daemon } from './support/interop/daemons.ts';
import { NodeAndRouter, prefixes, prefixOf } from './support/interop/node-and-router.ts';
import type { ReceivedRoute } from './support/interop/received-routes.ts';
import { type SessionSpec, sessionSpec } from './support/interop/session-spec.ts';

const OURS = 4_200_000_002;
const THEIRS = 4_200_000_001;
/** AS_TRANS: represents an AS number of four octets in two (RFC 6793). */
const AS_TRANS = 23_456;

const wideAsSession = (name: string, index: number, more: Partial<SessionSpec> = {}): SessionSpec => {
  const session = sessionSpec(name, index, more);
  return { ...session, ours: { ...session.ours, as: OURS }, theirs: { ...session.theirs, as: THEIRS } };
};

const single = wideAsSession('single', 1);
const over4 = wideAsSession('over4', 2, { carries: [4, 6] });
const over6 = wideAsSession('over6', 3, { family: 6, carries: [4, 6], extendedNextHop: true });

/** BIRD 1.6 has one program for each family. */
const carriesBoth = (daemon: Daemon): boolean => daemon !== 'BIRD 1.6.8';
/** GoBGP sends no ROUTE-REFRESH: its `softresetin` uses the routes that it has kept. */
const sendsRouteRefresh = (daemon: Daemon): boolean => daemon !== 'GoBGP';

/** No IPv4 address: IPv4 routes over an IPv6 session then have no IPv4 next hop. */
const NODE_ADDRESSES = [over6.ours.address];

describe('routes of both families', {
  skip: skipWithoutNetworkBinaries(),
  concurrency: DAEMONS.length,
}, () => {
  for (const daemon of DAEMONS) {
    describe(`to ${daemon}`, { concurrency: 1 }, () => {
      let pair: NodeAndRouter;

      before(async () => {
        const sessions = carriesBoth(daemon) ? [single, over4, over6] : [single];
        pair = await NodeAndRouter.start(daemon, sessions, NODE_ADDRESSES);
      });
      after(() => pair?.stop());

      async function first(session: SessionSpec, family: Family): Promise<ReceivedRoute> {
        await pair.waitForRoutes(session, family);
        const route = (await pair.router.routes(session, family)).get(prefixOf(0, family));
        assert.ok(route !== undefined);
        return route;
      }

      it('have AS numbers of four octets in their path, and AS_TRANS for routers with two', async () => {
        const { asPath, bandwidth, nextHop } = await first(single, 4);
        assert.deepEqual([asPath, bandwidth?.asn, nextHop], [[OURS], AS_TRANS, single.ours.address]);
      });

      if (carriesBoth(daemon)) {
        it('are carried over IPv4, with the IPv6 address of the Node as next hop', async () => {
          assert.equal((await first(over4, 4)).nextHop, over4.ours.address);
          assert.equal((await first(over4, 6)).nextHop, NODE_ADDRESSES[0]);
        });

        it('are carried over IPv6, with IPv6 next hops for IPv4 if the Node has no IPv4 address (RFC 8950)', async () => {
          assert.equal((await first(over6, 6)).nextHop, over6.ours.address);
          assert.equal((await first(over6, 4)).nextHop, over6.ours.address);
        });
      }

      if (sendsRouteRefresh(daemon)) {
        it('are all advertised again after a ROUTE-REFRESH', async () => {
          await pair.waitForRoutes(single);
          const lost = pair.node.linesAbout(single, 'session lost').length;
          const heard = await pair.router.updatesReceived(single);
          await pair.router.requestRouteRefresh(single);
          await eventuallySlow(async () =>
            assert.ok((await pair.router.updatesReceived(single)) > heard, pair.logTails()),
          );
          assert.deepEqual([...(await pair.router.prefixes(single, 4))].sort(), prefixes(4));
          assert.equal(pair.node.linesAbout(single, 'session lost').length, lost);
        });
      }
    });
  }
});

/** Sessions that carry both families, with AS numbers of four octets, and a router that asks for everything once more. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Family } from '../../../src/net/address.ts';
import { eventuallySlow } from '../../support/eventually.ts';
import { skipWithoutNetworkBinaries } from '../../support/network-binaries.ts';
import { DAEMONS, type Daemon } from './interop/daemons.ts';
import { NodeAndRouter, prefixes, prefixOf } from './interop/node-and-router.ts';
import type { ReceivedRoute } from './interop/received-routes.ts';
import { type SessionSpec, sessionSpec } from './interop/session-spec.ts';

const OURS = 4_200_000_002;
const THEIRS = 4_200_000_001;
/** What stands for an AS number of four octets where there is room for two (RFC 6793). */
const AS_TRANS = 23_456;

const wideAsSession = (name: string, index: number, more: Partial<SessionSpec> = {}): SessionSpec => {
  const lane = sessionSpec(name, index, more);
  return { ...lane, ours: { ...lane.ours, as: OURS }, theirs: { ...lane.theirs, as: THEIRS } };
};

const single = wideAsSession('single', 1);
const over4 = wideAsSession('over4', 2, { carries: [4, 6] });
const over6 = wideAsSession('over6', 3, { family: 6, carries: [4, 6], extendedNextHop: true });

/** A program of BIRD 1.6 knows one family. */
const carriesBoth = (daemon: Daemon): boolean => daemon !== 'BIRD 1.6.8';
/** GoBGP sends no ROUTE-REFRESH: its `softresetin` goes by what it has kept. */
const sendsRouteRefresh = (daemon: Daemon): boolean => daemon !== 'GoBGP';

/** No IPv4 address: what goes over IPv6 has no next hop of its own family then. */
const NODE_ADDRESSES = [over6.ours.address];

describe('routes of both families', {
  skip: skipWithoutNetworkBinaries(),
  concurrency: DAEMONS.length,
}, () => {
  for (const daemon of DAEMONS) {
    describe(`to ${daemon}`, { concurrency: 1 }, () => {
      let pair: NodeAndRouter;

      before(async () => {
        const lanes = carriesBoth(daemon) ? [single, over4, over6] : [single];
        pair = await NodeAndRouter.start(daemon, lanes, NODE_ADDRESSES);
      });
      after(() => pair?.stop());

      async function first(lane: SessionSpec, family: Family): Promise<ReceivedRoute> {
        await pair.waitForRoutes(lane, family);
        const route = (await pair.router.routes(lane, family)).get(prefixOf(0, family));
        assert.ok(route !== undefined);
        return route;
      }

      it('have AS numbers of four octets in their path, and AS_TRANS where two have to do', async () => {
        const { asPath, bandwidth, nextHop } = await first(single, 4);
        assert.deepEqual([asPath, bandwidth?.asn, nextHop], [[OURS], AS_TRANS, single.ours.address]);
      });

      if (carriesBoth(daemon)) {
        it('go over IPv4, those of IPv6 by the address of the Node', async () => {
          assert.equal((await first(over4, 4)).nextHop, over4.ours.address);
          assert.equal((await first(over4, 6)).nextHop, NODE_ADDRESSES[0]);
        });

        it('go over IPv6, those of IPv4 by way of IPv6 where the Node has no other (RFC 8950)', async () => {
          assert.equal((await first(over6, 6)).nextHop, over6.ours.address);
          assert.equal((await first(over6, 4)).nextHop, over6.ours.address);
        });
      }

      if (sendsRouteRefresh(daemon)) {
        it('are all told once more when the router asks for it', async () => {
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

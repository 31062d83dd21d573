/** BFD with BIRD and FRR's bfdd in namespaces: IPv4, IPv6, link-local, authentication, multihop, and all kinds of ends. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { eventually, eventuallySlow } from '../../support/eventually.ts';
import { skipWithoutNetworkBinaries } from '../../support/network-binaries.ts';
import { BfdNode } from './support/bfd/bfd-node.ts';
import { type BfdRouter, BirdBfd, FrrBfd } from './support/bfd/bfd-routers.ts';
import type { TextSpec } from './support/bfd/report.ts';
import {
  buildTopology,
  INTERVALS,
  keysOf,
  NEXT_KEY,
  PLAIN,
  SECRET,
  type Topology,
} from './support/bfd/topology.ts';

const ROUTERS = { BIRD: BirdBfd, FRR: FrrBfd } as const;
const FAR_KEYS = ['far4', 'far6'];
const DAEMONS = ['BIRD', 'FRR'] as const;

const withIntervals = (specs: readonly TextSpec[], millis: number): readonly TextSpec[] =>
  specs.map((spec) => ({
    ...spec,
    intervals: { ...INTERVALS, desiredMinTx: millis, requiredMinRx: millis },
  }));

describe('BFD', { skip: skipWithoutNetworkBinaries(), concurrency: DAEMONS.length }, () => {
  for (const daemon of DAEMONS)
    describe(`with ${daemon}`, { concurrency: 1 }, () => {
      let topology: Topology;
      let node: BfdNode;
      let router: BfdRouter;
      let specs: readonly TextSpec[];

      const bothUp = async (): Promise<void> => {
        await node.reach('Up', keysOf(router.sessions));
        const expected = router.sessions.map(({ local }) => local).sort();
        await eventuallySlow(async () => assert.deepEqual((await router.up()).toSorted(), expected));
      };
      const downsOf = (key: string): readonly string[] =>
        node.report.changes.filter((change) => change.startsWith(`${key}: Up → Down`));

      before(async () => {
        topology = buildTopology();
        router = new ROUTERS[daemon](topology.router);
        router.start();
        specs = [...router.sessions, router.tooFar];
        node = await BfdNode.start(topology.node, specs);
      });
      afterEach(() => {
        router.signal('SIGCONT');
        if (node.exit() === null) node.signal('SIGCONT');
      });
      after(() => topology?.network.destroy());

      it('comes up on both sides, single hop and multihop, over each family', async () => {
        await bothUp();
        assert.deepEqual(node.report.failures, []);
      });

      it('drops packets in the kernel that arrive with too low a TTL', async () => {
        await eventually(() => {
          const { packetsSent } = node.status(router.tooFar.key).counters;
          assert.ok(packetsSent > 2, `${packetsSent} packets were sent`);
        });
        const { state, counters } = node.status(router.tooFar.key);
        assert.deepEqual([state, counters.packetsReceived, counters.packetsDiscarded], ['Down', 0, 0]);
      });

      it('takes over new intervals of either side while it is up, with a poll', async () => {
        const before = PLAIN.map(({ key }) => downsOf(key).length);
        await router.setInterval(300);
        for (const { key } of PLAIN)
          await eventually(() => assert.equal(node.status(key).transmitInterval, 300, key));
        specs = withIntervals(specs, 250);
        node.apply(specs);
        for (const { key } of PLAIN)
          await eventually(() =>
            assert.equal(node.status(key).detectionTime, 300 * INTERVALS.detectMultiplier),
          );
        await router.setInterval(INTERVALS.desiredMinTx);
        for (const { key } of PLAIN)
          await eventually(() =>
            assert.equal(node.status(key).detectionTime, 250 * INTERVALS.detectMultiplier),
          );
        assert.deepEqual(
          PLAIN.map(({ key }) => downsOf(key).length),
          before,
        );
      });

      if (daemon === 'BIRD')
        it('changes its key while it is up', async () => {
          const before = SECRET.map(({ key }) => downsOf(key).length);
          specs = specs.map((spec) =>
            spec.keys.length > 0 ? { ...spec, keys: [...spec.keys, NEXT_KEY] } : spec,
          );
          const received = SECRET.map(({ key }) => node.status(key).counters.packetsReceived);
          node.apply(specs);
          for (const [index, { key }] of SECRET.entries())
            await eventually(() => {
              const { state, counters } = node.status(key);
              assert.equal(state, 'Up');
              const more = counters.packetsReceived - (received[index] ?? 0);
              assert.ok(more > INTERVALS.detectMultiplier, `${more} packets`);
            });
          assert.deepEqual(
            SECRET.map(({ key }) => downsOf(key).length),
            before,
          );
          await bothUp();
        });

      it('goes down with a frozen router, and comes up when that goes on', async () => {
        router.signal('SIGSTOP');
        await node.reach('Down', keysOf(router.sessions), 'detection-time-expired');
        router.signal('SIGCONT');
        await bothUp();
      });

      it('goes down with a dead link, and only where that link is used', async () => {
        const before = FAR_KEYS.map((key) => downsOf(key).length);
        const ends = [topology.node, topology.router];
        for (const end of ends) await end.run('nft', CUT);
        await node.reach('Down', keysOf(PLAIN));
        assert.deepEqual(
          FAR_KEYS.map((key) => downsOf(key).length),
          before,
        );
        for (const end of ends) await end.run('nft', 'delete table inet cut');
        await bothUp();
      });

      it('is missed by the router when it is frozen, and comes up when it goes on', async () => {
        node.signal('SIGSTOP');
        await eventuallySlow(async () => assert.deepEqual(await router.up(), []));
        node.signal('SIGCONT');
        await bothUp();
      });

      if (daemon === 'FRR')
        it('hears of a session that the router takes down on purpose', async () => {
          const [spec] = PLAIN;
          assert.ok(spec !== undefined && router instanceof FrrBfd);
          await router.setShutdown(spec, true);
          await eventually(() => assert.equal(node.status(spec.key).remoteState, 'AdminDown'));
          assert.equal(node.status(spec.key).diagnostic, 'neighbor-signaled-down');
          await router.setShutdown(spec, false);
          await bothUp();
        });

      it('says AdminDown when it ends, and its process ends at once', async () => {
        await node.end();
        assert.equal(node.exit(), 'exit code 0');
        await eventuallySlow(async () => assert.deepEqual(await router.up(), []));
      });
    });
});

/**
 * Nothing arrives over the link any more. It is not taken down: the kernel would remove its IPv6 addresses, and BIRD may then
 * use another link-local one.
 */
const CUT =
  'add table inet cut; add chain inet cut in { type filter hook input priority 0; }; add rule inet cut in iifname plain drop';

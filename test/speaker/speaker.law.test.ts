/**
 * After any random history of the cluster, the sessions, the routers and the node: once it settles, each router with an
 * established session has exactly the routes that the full model computes.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { computeSpeakerState, type SpeakerModelState } from '../../src/announce/model/full-model.ts';
import { withGracefulShutdown } from '../../src/announce/routes/graceful-shutdown.ts';
import { buildPath } from '../../src/announce/routes/path-builder.ts';
import type { DesiredRoutes } from '../../src/announce/routes/routes.ts';
import { REFRESH_SUBTYPE } from '../../src/bgp/wire/message.ts';
import { formatAddress } from '../../src/net/address.ts';
import type { Neighbour } from '../../src/speaker/neighbour.ts';
import { sessionContextOf } from '../../src/speaker/session-context.ts';
import {
  advertisement,
  DEFAULT_SPEAKER,
  node,
  pool,
  serviceWithEndpoint,
} from '../announce/support/cluster.ts';
import { applyRandomChange, randomCluster } from '../announce/support/histories.ts';
import { type Random, seeded, seeds } from '../support/random.ts';
import { profile } from './support/bfd-harness.ts';
import { address, type FakeRouter, formatPath, routerOpen } from './support/fake-router.ts';
import { RETRY_TIME } from './support/fake-session.ts';
import { nodeAddresses, SpeakerHarness } from './support/speaker-harness.ts';

const ROUTERS = ['10.213.0.1', '10.213.0.2', '10.213.0.3', '10.213.0.4', 'fd00:213::1'];
const ADDRESSES = ['10.213.0.11', '10.213.0.12', 'fd00:213::11', 'fd00:213::12'];
const LOCAL_ADDRESSES = { 4: ['10.213.0.11', '10.213.0.99'], 6: ['fd00:213::11', 'fd00:213::99'] } as const;

/** Longer than back-off, lingering and batch window together. */
const SETTLE_TIME = 10 * RETRY_TIME;

type ClusterEvent = (harness: SpeakerHarness, random: Random) => void;

const anyRouter = (harness: SpeakerHarness, random: Random): FakeRouter =>
  harness.router(random.pick(ROUTERS));

const changeCluster: ClusterEvent = (harness, random) =>
  harness.change((store) => applyRandomChange(random, store));

/** Enables graceful restart for all peers, or for none. */
const toggleGracefulRestart: ClusterEvent = (harness, random) =>
  harness.change((store) => {
    const enableGracefulRestart = random.chance(0.5);
    for (const name of ['r1', 'r2', 'r3'])
      store.patch(`BGPPeer ${name}`, { spec: { enableGracefulRestart } });
  });

const moveNode: ClusterEvent = (harness, random) =>
  harness.change((store) =>
    store.patch('Node n1', { status: nodeAddresses(...ADDRESSES.filter(() => random.chance(0.5))) }),
  );

const loseSession: ClusterEvent = (harness, random) => {
  const { session } = anyRouter(harness, random);
  session?.lose();
};

const changeRouter: ClusterEvent = (harness, random) => {
  const at = random.pick(ROUTERS);
  const router = harness.router(at);
  router.acceptsSessions = random.chance(0.7);
  router.lingerMs = random.pick([0, 0, 30, 3000]);
  router.windowBytes = random.pick([0, 100, 5000]);
  router.seenAddress = address(random.pick(LOCAL_ADDRESSES[at.includes(':') ? 6 : 4]));
  if (router.session !== null) return;
  const families = random.pick([[4], [6], [4, 6], [4, 6]] as const);
  router.open = routerOpen({ families, restart: random.chance(0.5), notification: random.chance(0.5) });
};

const stopReading: ClusterEvent = (harness, random) => {
  anyRouter(harness, random).isReading = false;
};

const resumeReading: ClusterEvent = (harness, random) => anyRouter(harness, random).resumeReading();

const refresh: ClusterEvent = (harness, random) =>
  anyRouter(harness, random).session?.receive({
    ...{ kind: 'route-refresh', afi: random.pick([1, 2]), safi: 1, subtype: REFRESH_SUBTYPE.request },
  });

/** BFD for all peers, or for none. */
const toggleBfd: ClusterEvent = (harness, random) =>
  harness.change((store) => {
    store.create(profile('fast', { detectMultiplier: random.pick([3, 5]) }));
    const bfdProfile = random.chance(0.7) ? 'fast' : null;
    for (const name of ['r1', 'r2', 'r3']) store.patch(`BGPPeer ${name}`, { spec: { bfdProfile } });
  });

/** A BFD session comes up, goes down, or is taken down on purpose. */
const changeBfd: ClusterEvent = ({ bfd }, random) => {
  const wanted = bfd.statuses();
  if (wanted.length === 0) return;
  const { key } = random.pick(wanted);
  if (random.chance(0.5)) bfd.comesUp(key);
  else if (random.chance(0.7)) bfd.goesDown(key);
  else bfd.change(key, { state: 'Down', remoteState: 'AdminDown' });
};

const drain: ClusterEvent = (harness, random) => harness.speaker.setDraining(random.chance(0.4));

const shutDown: ClusterEvent = (harness, random) => {
  if (random.chance(0.5)) void harness.speaker.shutDown();
};

const resume: ClusterEvent = (harness) => harness.speaker.resume();

/** Restores a Service and its peers, so that usually there is something to announce. */
const restore: ClusterEvent = (harness, random) => {
  harness.speaker.resume();
  for (const at of ROUTERS) harness.router(at).acceptsSessions = true;
  harness.change((store) => {
    store.delete('Service web/a');
    const objects = [
      node('n1', {}, nodeAddresses(...ADDRESSES)),
      pool('main', ['10.20.1.0/24', 'fd00:20:1::/64']),
    ];
    const ip = random.pick(['10.20.1.1', '10.20.1.9', 'fd00:20:1::9']);
    for (const raw of [...objects, advertisement('plain'), ...serviceWithEndpoint('a', ip)])
      store.create(raw);
  });
};

const EVENTS: readonly ClusterEvent[] = [
  ...[
    changeCluster,
    changeCluster,
    changeCluster,
    changeCluster,
    changeCluster,
    changeCluster,
    moveNode,
    toggleGracefulRestart,
    toggleBfd,
    changeBfd,
    changeBfd,
  ],
  ...[
    loseSession,
    loseSession,
    changeRouter,
    changeRouter,
    stopReading,
    resumeReading,
    resumeReading,
    refresh,
    drain,
    drain,
    shutDown,
    resume,
    resume,
  ],
];

/** Routes expected over an established session. */
function expectedTable(
  harness: SpeakerHarness,
  routes: DesiredRoutes,
  { session, settings }: Neighbour,
): readonly string[] {
  const { negotiated, localAddress } = session;
  assert.ok(negotiated !== null && localAddress !== null);
  const node = harness.current.nodes.find(({ name }) => name === DEFAULT_SPEAKER.node);
  assert.ok(node !== undefined);
  const context = sessionContextOf({
    settings,
    negotiated,
    localAddress: localAddress.address,
    interfaceAddresses: () => ({ 4: null, 6: null }),
    nodeAddresses: node.addresses,
  });
  const isDraining = harness.speaker.phase === 'draining';
  return [...routes]
    .flatMap(([text, route]) => {
      const path = buildPath(route, context);
      if (!path.ok || !negotiated.families.includes(route.prefix.family)) return [];
      return [`${text} ${formatPath(isDraining ? withGracefulShutdown(path.value) : path.value)}`];
    })
    .sort();
}

function checkRouters(harness: SpeakerHarness, expected: SpeakerModelState): void {
  const isAnnouncing = harness.speaker.phase !== 'left';
  assert.deepEqual(
    [...harness.speaker.neighbours.keys()].sort(),
    isAnnouncing ? expected.sessions.map(({ peer }) => peer.name).sort() : [],
  );
  let unclaimed = harness.sessions.filter(({ state }) => state === 'Established').length;
  for (const { peer, routes } of isAnnouncing ? expected.sessions : []) {
    const neighbour = harness.speaker.neighbours.get(peer.name);
    assert.ok(neighbour !== undefined);
    const router = harness.routers.get(neighbour.label.replace(/^\[?(.*?)\]?:\d+$/, '$1'));
    assert.ok(router !== undefined);
    const { negotiated } = neighbour.session;
    if (negotiated === null) continue;
    assert.equal(router.session?.negotiated, negotiated);
    unclaimed -= 1;
    assert.deepEqual(router.table, expectedTable(harness, routes, neighbour), peer.name);
    assert.deepEqual([...router.endOfRibs].sort(), negotiated.families, peer.name);
    assert.equal(router.stale.size, 0);
  }
  assert.equal(unclaimed, 0, 'an established session without a neighbour');
  const withBfd = (isAnnouncing ? expected.sessions : []).filter(({ peer }) => peer.bfd !== null);
  assert.deepEqual(
    harness.bfd.specs.map(({ remote }) => formatAddress(remote)).sort(),
    [...new Set(withBfd.map(({ peer }) => formatAddress(peer.address)))].sort(),
  );
}

test('after any history each router has exactly the desired routes', async () => {
  for (const seed of seeds(60, 3000)) {
    const random = seeded(seed);
    const harness = new SpeakerHarness(randomCluster(random));
    let expected: SpeakerModelState | null = null;
    // The pool of an address and the last valid version of an object are kept between reconciles.
    harness.onReconcile = () => {
      expected = computeSpeakerState(DEFAULT_SPEAKER, harness.current, expected);
    };
    try {
      moveNode(harness, random);
      for (const _ of ROUTERS) changeRouter(harness, random);
      await harness.start();
      for (let round = 0; round < 4; round++) {
        for (let count = random.below(25); count >= 0; count--) {
          random.pick(EVENTS)(harness, random);
          if (random.chance(0.5)) await harness.clock.advanceAsync(random.pick([0, 1, 5, 20, RETRY_TIME]));
        }
        if (random.chance(0.7)) restore(harness, random);
        for (const at of ROUTERS) harness.router(at).resumeReading();
        await harness.clock.advanceAsync(SETTLE_TIME);
        assert.ok(expected !== null);
        checkRouters(harness, expected);
      }
    } catch (cause) {
      throw new Error(`the law does not hold under SEED=${seed}: ${String(cause)}`, { cause });
    }
  }
});

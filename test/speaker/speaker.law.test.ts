/**
 * Whatever happens to the cluster, the sessions, the routers and the node: when it is quiet again, each router whose
 * session stands has what the cluster, looked at as a whole, says that it should hear.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { computeSpeakerState, type SpeakerModelState } from '../../src/announce/model/full-model.ts';
import { withGracefulShutdown } from '../../src/announce/routes/graceful-shutdown.ts';
import { buildPath } from '../../src/announce/routes/path-builder.ts';
import type { DesiredRoutes } from '../../src/announce/routes/routes.ts';
import { REFRESH_SUBTYPE } from '../../src/bgp/wire/message.ts';
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
import { address, type FakeRouter, formatPath, routerOpen } from './support/fake-router.ts';
import { RETRY_TIME } from './support/fake-session.ts';
import { nodeAddresses, SpeakerWorld } from './support/speaker-world.ts';

const ROUTERS = ['10.213.0.1', '10.213.0.2', '10.213.0.3', '10.213.0.4', 'fd00:213::1'];
const ADDRESSES = ['10.213.0.11', '10.213.0.12', 'fd00:213::11', 'fd00:213::12'];
const LOCAL_ADDRESSES = { 4: ['10.213.0.11', '10.213.0.99'], 6: ['fd00:213::11', 'fd00:213::99'] } as const;

/** Longer than any rest, lingering and gathering together. */
const SETTLE_TIME = 10 * RETRY_TIME;

type ClusterEvent = (world: SpeakerWorld, random: Random) => void;

const anyRouter = (world: SpeakerWorld, random: Random): FakeRouter => world.router(random.pick(ROUTERS));

const changeCluster: ClusterEvent = (world, random) =>
  world.change((store) => applyRandomChange(random, store));

/** Every peer is told to bridge restarts, or none. */
const toggleGracefulRestart: ClusterEvent = (world, random) =>
  world.change((store) => {
    const enableGracefulRestart = random.chance(0.5);
    for (const name of ['r1', 'r2', 'r3'])
      store.patch(`BGPPeer ${name}`, { spec: { enableGracefulRestart } });
  });

const moveNode: ClusterEvent = (world, random) =>
  world.change((store) =>
    store.patch('Node n1', { status: nodeAddresses(...ADDRESSES.filter(() => random.chance(0.5))) }),
  );

const loseSession: ClusterEvent = (world, random) => {
  const { session } = anyRouter(world, random);
  session?.lose();
};

const changeRouter: ClusterEvent = (world, random) => {
  const at = random.pick(ROUTERS);
  const router = world.router(at);
  router.acceptsSessions = random.chance(0.7);
  router.lingerMs = random.pick([0, 0, 30, 3000]);
  router.windowBytes = random.pick([0, 100, 5000]);
  router.seenAddress = address(random.pick(LOCAL_ADDRESSES[at.includes(':') ? 6 : 4]));
  if (router.session !== null) return;
  const families = random.pick([[4], [6], [4, 6], [4, 6]] as const);
  router.open = routerOpen({ families, restart: random.chance(0.5), notification: random.chance(0.5) });
};

const stopReading: ClusterEvent = (world, random) => {
  anyRouter(world, random).isReading = false;
};

const resumeReading: ClusterEvent = (world, random) => anyRouter(world, random).resumeReading();

const refresh: ClusterEvent = (world, random) =>
  anyRouter(world, random).session?.receive({
    ...{ kind: 'route-refresh', afi: random.pick([1, 2]), safi: 1, subtype: REFRESH_SUBTYPE.request },
  });

const drain: ClusterEvent = (world, random) => world.speaker.setDraining(random.chance(0.4));

const leave: ClusterEvent = (world, random) => {
  if (random.chance(0.5)) void world.speaker.shutDown();
};

const comeBack: ClusterEvent = (world) => world.speaker.resume();

/** So that there is something to hear, most of the time. */
const restore: ClusterEvent = (world, random) => {
  world.speaker.resume();
  for (const at of ROUTERS) world.router(at).acceptsSessions = true;
  world.change((store) => {
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
    leave,
    comeBack,
    comeBack,
  ],
];

/** What a peer hears over a session as it came about. */
function expectedTable(
  world: SpeakerWorld,
  routes: DesiredRoutes,
  { session, settings }: Neighbour,
): readonly string[] {
  const { negotiated, localAddress } = session;
  assert.ok(negotiated !== null && localAddress !== null);
  const node = world.current.nodes.find(({ name }) => name === DEFAULT_SPEAKER.node);
  assert.ok(node !== undefined);
  const context = sessionContextOf({
    settings,
    negotiated,
    localAddress: localAddress.address,
    nodeAddresses: node.addresses,
  });
  const isDraining = world.speaker.phase === 'draining';
  return [...routes]
    .flatMap(([text, route]) => {
      const path = buildPath(route, context);
      if (!path.ok || !negotiated.families.includes(route.prefix.family)) return [];
      return [`${text} ${formatPath(isDraining ? withGracefulShutdown(path.value) : path.value)}`];
    })
    .sort();
}

function checkRouters(world: SpeakerWorld, expected: SpeakerModelState): void {
  const isAnnouncing = world.speaker.phase !== 'left';
  assert.deepEqual(
    [...world.speaker.neighbours.keys()].sort(),
    isAnnouncing ? expected.sessions.map(({ peer }) => peer.name).sort() : [],
  );
  let unclaimed = world.sessions.filter(({ state }) => state === 'Established').length;
  for (const { peer, routes } of isAnnouncing ? expected.sessions : []) {
    const neighbour = world.speaker.neighbours.get(peer.name);
    assert.ok(neighbour !== undefined);
    const router = world.routers.get(neighbour.label.replace(/^\[?(.*?)\]?:\d+$/, '$1'));
    assert.ok(router !== undefined);
    const { negotiated } = neighbour.session;
    if (negotiated === null) continue;
    assert.equal(router.session?.negotiated, negotiated);
    unclaimed -= 1;
    assert.deepEqual(router.table, expectedTable(world, routes, neighbour), peer.name);
    assert.deepEqual([...router.endOfRibs].sort(), negotiated.families, peer.name);
    assert.equal(router.stale.size, 0);
  }
  assert.equal(unclaimed, 0, 'a session stands that belongs to nobody');
}

test('after any history each router has what it should have', async () => {
  for (const seed of seeds(60, 3000)) {
    const random = seeded(seed);
    const world = new SpeakerWorld(randomCluster(random));
    let answer: SpeakerModelState | null = null;
    // The pool of an address and the last good version of an object are remembered from look to look.
    world.onReconcile = () => {
      answer = computeSpeakerState(DEFAULT_SPEAKER, world.current, answer);
    };
    try {
      moveNode(world, random);
      for (const _ of ROUTERS) changeRouter(world, random);
      await world.start();
      for (let round = 0; round < 4; round++) {
        for (let count = random.below(25); count >= 0; count--) {
          random.pick(EVENTS)(world, random);
          if (random.chance(0.5)) await world.clock.advanceAsync(random.pick([0, 1, 5, 20, RETRY_TIME]));
        }
        if (random.chance(0.7)) restore(world, random);
        for (const at of ROUTERS) world.router(at).resumeReading();
        await world.clock.advanceAsync(SETTLE_TIME);
        assert.ok(answer !== null);
        checkRouters(world, answer);
      }
    } catch (cause) {
      throw new Error(`the law does not hold under SEED=${seed}: ${String(cause)}`, { cause });
    }
  }
});

/**
 * Whatever happens to the cluster, the sessions, the routers and the node: when it is quiet again, each router whose
 * session stands has what the cluster, looked at as a whole, says that it should hear.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerFor, type NodeAnswer } from '../../src/announce/answer.ts';
import { drained } from '../../src/announce/drain.ts';
import { readNode } from '../../src/announce/node.ts';
import { pathOf } from '../../src/announce/path.ts';
import type { Routes } from '../../src/announce/table.ts';
import { REFRESH } from '../../src/bgp/wire/message.ts';
import { factsOf } from '../../src/speaker/facts.ts';
import type { Neighbour } from '../../src/speaker/neighbour.ts';
import { advertisement, node, PLAIN, pool, served } from '../announce/cluster.ts';
import { beginning, happen } from '../announce/histories.ts';
import { type Random, seeded, seeds } from '../support/random.ts';
import { RETRY } from './line.ts';
import { address, inShort, type Router, routerOpen } from './router.ts';
import { addressed, World } from './world.ts';

const ROUTERS = ['10.213.0.1', '10.213.0.2', '10.213.0.3', '10.213.0.4', 'fd00:213::1'];
const ADDRESSES = ['10.213.0.11', '10.213.0.12', 'fd00:213::11', 'fd00:213::12'];
const OURS = { 4: ['10.213.0.11', '10.213.0.99'], 6: ['fd00:213::11', 'fd00:213::99'] } as const;

/** Longer than any rest, lingering and gathering together. */
const LONG = 10 * RETRY;

type Event = (world: World, random: Random) => void;

const anyRouter = (world: World, random: Random): Router => world.router(random.pick(ROUTERS));

const cluster: Event = (world, random) => world.change((store) => happen(random, store));

/** Every peer is told to bridge restarts, or none. */
const graceful: Event = (world, random) =>
  world.change((store) => {
    const enableGracefulRestart = random.chance(0.5);
    for (const name of ['r1', 'r2', 'r3'])
      store.patch(`BGPPeer ${name}`, { spec: { enableGracefulRestart } });
  });

const moveNode: Event = (world, random) =>
  world.change((store) =>
    store.patch('Node n1', { status: addressed(...ADDRESSES.filter(() => random.chance(0.5))) }),
  );

const lose: Event = (world, random) => {
  const { line } = anyRouter(world, random);
  line?.lose();
};

const change: Event = (world, random) => {
  const at = random.pick(ROUTERS);
  const router = world.router(at);
  router.isUp = random.chance(0.7);
  router.lingers = random.pick([0, 0, 30, 3000]);
  router.window = random.pick([0, 100, 5000]);
  router.sees = address(random.pick(OURS[at.includes(':') ? 6 : 4]));
  if (router.line !== null) return;
  const families = random.pick([[4], [6], [4, 6], [4, 6]] as const);
  router.open = routerOpen({ families, restart: random.chance(0.5), notification: random.chance(0.5) });
};

const stopReading: Event = (world, random) => {
  anyRouter(world, random).reads = false;
};

const read: Event = (world, random) => anyRouter(world, random).read();

const refresh: Event = (world, random) =>
  anyRouter(world, random).line?.says({
    ...{ kind: 'route-refresh', afi: random.pick([1, 2]), safi: 1, subtype: REFRESH.request },
  });

const drain: Event = (world, random) => world.speaker.drain(random.chance(0.4));

const leave: Event = (world, random) => {
  if (random.chance(0.5)) void world.speaker.leave();
};

const comeBack: Event = (world) => world.speaker.comeBack();

/** So that there is something to hear, most of the time. */
const mend: Event = (world, random) => {
  world.speaker.comeBack();
  for (const at of ROUTERS) world.router(at).isUp = true;
  world.change((store) => {
    store.delete('Service web/a');
    const objects = [
      node('n1', {}, addressed(...ADDRESSES)),
      pool('main', ['10.20.1.0/24', 'fd00:20:1::/64']),
    ];
    const ip = random.pick(['10.20.1.1', '10.20.1.9', 'fd00:20:1::9']);
    for (const raw of [...objects, advertisement('plain'), ...served('a', ip)]) store.create(raw);
  });
};

const EVENTS: readonly Event[] = [
  ...[cluster, cluster, cluster, cluster, cluster, cluster, moveNode, graceful],
  ...[lose, lose, change, change, stopReading, read, read, refresh, drain, drain, leave, comeBack, comeBack],
];

/** What a peer hears over a session as it came about. */
function due(world: World, routes: Routes, { line, settings }: Neighbour): readonly string[] {
  const { agreement, local } = line;
  assert.ok(agreement !== null && local !== null);
  const raw = world.objects.nodes.find((one) => readNode(one).name === PLAIN.node);
  const facts = factsOf({ settings, agreement, local: local.address, addresses: readNode(raw).addresses });
  const isDraining = world.speaker.phase === 'draining';
  return [...routes]
    .flatMap(([text, route]) => {
      const path = pathOf(route, facts);
      if (!path.ok || !agreement.families.includes(route.prefix.family)) return [];
      return [`${text} ${inShort(isDraining ? drained(path.value) : path.value)}`];
    })
    .sort();
}

function check(world: World, answer: NodeAnswer): void {
  const speaks = world.speaker.phase !== 'left';
  assert.deepEqual(
    [...world.speaker.neighbours.keys()].sort(),
    speaks ? answer.sessions.map(({ peer }) => peer.name).sort() : [],
  );
  let standing = world.lines.filter(({ state }) => state === 'Established').length;
  for (const { peer, routes } of speaks ? answer.sessions : []) {
    const neighbour = world.speaker.neighbours.get(peer.name);
    assert.ok(neighbour !== undefined);
    const router = world.routers.get(neighbour.label.replace(/^\[?(.*?)\]?:\d+$/, '$1'));
    assert.ok(router !== undefined);
    const { agreement } = neighbour.line;
    if (agreement === null) continue;
    assert.equal(router.line?.agreement, agreement);
    standing -= 1;
    assert.deepEqual(router.table, due(world, routes, neighbour), peer.name);
    assert.deepEqual([...router.ended].sort(), agreement.families, peer.name);
    assert.equal(router.stale.size, 0);
  }
  assert.equal(standing, 0, 'a session stands that belongs to nobody');
}

test('after any history each router has what it should have', async () => {
  for (const seed of seeds(60, 3000)) {
    const random = seeded(seed);
    const world = new World(beginning(random));
    let answer: NodeAnswer | null = null;
    // The pool of an address and the last good version of an object are remembered from look to look.
    world.onLook = () => {
      answer = answerFor(PLAIN, world.objects, answer);
    };
    try {
      moveNode(world, random);
      for (const _ of ROUTERS) change(world, random);
      await world.begin();
      for (let round = 0; round < 4; round++) {
        for (let count = random.below(25); count >= 0; count--) {
          random.pick(EVENTS)(world, random);
          if (random.chance(0.5)) await world.clock.pass(random.pick([0, 1, 5, 20, RETRY]));
        }
        if (random.chance(0.7)) mend(world, random);
        for (const at of ROUTERS) world.router(at).read();
        await world.clock.pass(LONG);
        assert.ok(answer !== null);
        check(world, answer);
      }
    } catch (cause) {
      throw new Error(`the law does not hold under SEED=${seed}: ${String(cause)}`, { cause });
    }
  }
});

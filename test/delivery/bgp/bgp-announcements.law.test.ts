/** Nodes by class announce exactly what a model of each node alone announces, before and after edits. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { computeSpeakerState, type SpeakerModelState } from '../../../src/announce/model/full-model.ts';
import { carriesPrefix, isTargetPeer } from '../../../src/announce/routes/routes.ts';
import { SimulatedObjectStore } from '../../../src/announce/simulator/object-store.ts';
import type { Raw } from '../../../src/base/json.ts';
import { findCalicoRouters } from '../../../src/calico/confd/calico-routers.ts';
import {
  announceByBgp,
  type BgpAnnouncements,
  decidedNodes,
} from '../../../src/delivery/bgp/bgp-announcements.ts';
import { deliveryRoutes, eachRoute } from '../../../src/delivery/bgp/delivery-routes.ts';
import { readSpeakerCluster, type SpeakerCluster } from '../../../src/delivery/speaker-cluster.ts';
import { formatAddress } from '../../../src/net/address.ts';
import { formatPrefix } from '../../../src/net/prefix.ts';
import { endpointSlice, node } from '../../announce/support/cluster.ts';
import { applyRandomChange, randomCluster } from '../../announce/support/histories.ts';
import { type Random, underSeeds } from '../../support/random.ts';

const NAMESPACE = 'metallb-system';
const NODES = ['n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7'];
const SERVICES = ['a', 'b', 'c', 'd', 'e'];

const clusterOf = (store: SimulatedObjectStore, kinds: readonly string[]): SpeakerCluster =>
  readSpeakerCluster(store.stored(), {
    ...{ namespace: NAMESPACE, lbClass: null },
    completeKinds: new Set(kinds),
  });

const randomNode = (random: Random, name: string): Raw =>
  node(
    name,
    {
      ...random.pick([{ zone: 'a' }, { zone: 'a' }, { zone: 'b' }, {}]),
      ...(random.chance(0.1) ? { 'node.kubernetes.io/exclude-from-external-load-balancers': '' } : {}),
    },
    { conditions: random.chance(0.1) ? [{ type: 'NetworkUnavailable', status: 'True' }] : [] },
  );

/** Endpoints on many nodes, so that classes share some, and differ in others. */
const randomSpread = (random: Random): Raw =>
  endpointSlice(
    random.pick(SERVICES),
    NODES.filter(() => random.chance(random.pick([0.2, 0.9]))).map((nodeName) => ({
      ...{ addresses: [random.pick(['10.244.0.1', '10.244.0.2', 'fd00:244::1'])], nodeName },
      conditions: random.pick([{ ready: true }, { ready: true }, { ready: false, serving: true }]),
    })),
  );

const calicoPeer = (random: Random): Raw => ({
  apiVersion: 'crd.projectcalico.org/v1',
  kind: 'BGPPeer',
  metadata: { name: 'fabric' },
  spec: { peerIP: '10.213.0.1', asNumber: 64512, nodeSelector: random.pick(['zone == "a"', 'all()']) },
});

function randomCrowd(random: Random): SimulatedObjectStore {
  const store = new SimulatedObjectStore(NAMESPACE);
  for (const name of NODES.slice(0, 2 + random.below(6))) store.create(randomNode(random, name));
  for (const raw of randomCluster(random)) store.create(raw);
  for (let count = random.below(4); count > 0; count--) store.create(randomSpread(random));
  return store;
}

/** The naive model: every node alone. */
function naive(
  { namespace, flags, objects, running, calicoPeers }: SpeakerCluster,
  before: ReadonlyMap<string, SpeakerModelState>,
): ReadonlyMap<string, SpeakerModelState> {
  return new Map(
    running.flatMap((name) => {
      const own = objects.nodes.find((one) => one.name === name);
      if (own === undefined) return [];
      const config = { ...objects.config, foreignSessions: findCalicoRouters(calicoPeers, own) };
      const speaker = { node: name, namespace, flags };
      return [
        [name, computeSpeakerState(speaker, { ...objects, config }, before.get(name) ?? null)] as const,
      ];
    }),
  );
}

const decisionsByNode = (bgp: BgpAnnouncements, service: string) =>
  new Map(
    decidedNodes(bgp, service).flatMap(({ nodes, decision }) =>
      nodes.map((name) => [name, decision] as const),
    ),
  );

/** What the class says of one peer of the node, by prefix. */
const routesOn = (bgp: BgpAnnouncements, name: string) =>
  [...(bgp.classOf(name)?.nodeConfig.peers.active.values() ?? [])].map((peer) => ({
    peer,
    routes: new Map(
      [...(bgp.classOf(name)?.routesTo(peer) ?? [])]
        .flatMap(([prefix, routes]) =>
          routes.filter(({ nodes }) => nodes.includes(name)).map(({ route }) => [prefix, route] as const),
        )
        .sort(),
    ),
  }));

/** As the naive model leads to each address: `node peer prefix`. */
const naiveRoutes = (states: ReadonlyMap<string, SpeakerModelState>, service: string, address: string) => [
  ...new Set(
    [...states].flatMap(([name, { decisions, sessions }]) => {
      const decision = decisions.get(service);
      if (decision?.kind !== 'announced') return [];
      return decision.contributions
        .filter((one) => formatAddress(one.address) === address)
        .flatMap(({ prefix, advertisement }) =>
          sessions
            .filter(({ peer }) => isTargetPeer(peer, advertisement) && carriesPrefix(peer, prefix))
            .map(({ peer }) => `${name} ${peer.name} ${formatPrefix(prefix)}`),
        );
    }),
  ),
];

function assertSame(
  cluster: SpeakerCluster,
  bgp: BgpAnnouncements,
  states: ReadonlyMap<string, SpeakerModelState>,
): void {
  assert.deepEqual(bgp.classes.flatMap(({ nodes }) => nodes).sort(), [...states.keys()].sort());
  const routesOf = deliveryRoutes(bgp);
  for (const [name, { nodeConfig, sessions }] of states) {
    const own = bgp.classOf(name)?.nodeConfig;
    assert.deepEqual(own?.errors, nodeConfig.errors, name);
    assert.deepEqual(own?.warnings, nodeConfig.warnings, name);
    const expected = sessions.map(({ peer, routes }) => ({ peer, routes: new Map([...routes].sort()) }));
    assert.deepEqual(routesOn(bgp, name), expected, name);
  }
  for (const { key } of cluster.services) {
    const decisions = decisionsByNode(bgp, key);
    for (const [name, state] of states)
      assert.deepEqual(decisions.get(name), state.decisions.get(key), `${key} on ${name}`);
    for (const [address, routes] of routesOf(key))
      assert.deepEqual(
        eachRoute(routes).map((one) => `${one.node} ${one.peer} ${one.prefix}`),
        naiveRoutes(states, key, address).sort(),
        `${key} ${address}`,
      );
    const reached = [...states.values()].some(({ targetPeers }) => targetPeers.has(key));
    if (!reached) assert.ok([...routesOf(key).values()].every((routes) => routes.length === 0));
  }
}

test('nodes by class announce what each node alone announces', () => {
  underSeeds(60, 5_000, (random) => {
    const store = randomCrowd(random);
    if (random.chance(0.2)) store.create(calicoPeer(random));
    // Without any EndpointSlice, endpoints are assumed on every node.
    const kinds = ['Secret', ...(random.chance(0.8) ? ['EndpointSlice'] : [])];
    let bgp: BgpAnnouncements | null = null;
    let states: ReadonlyMap<string, SpeakerModelState> = new Map();
    for (let step = 0; step < 4; step++) {
      const cluster = clusterOf(store, kinds);
      bgp = announceByBgp(cluster, bgp);
      states = naive(cluster, states);
      assertSame(cluster, bgp, states);
      for (let count = random.below(4); count >= 0; count--) {
        if (random.chance(0.3)) {
          const raw = random.chance(0.5) ? randomSpread(random) : randomNode(random, random.pick(NODES));
          const { name, namespace } = raw['metadata'] as {
            readonly name: string;
            readonly namespace?: string;
          };
          store.create(raw);
          store.patch(`${raw['kind']} ${namespace === undefined ? '' : `${namespace}/`}${name}`, raw);
        } else applyRandomChange(random, store);
      }
    }
  });
});

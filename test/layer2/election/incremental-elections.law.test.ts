/** Laws of the incremental election: it is the full one, and a change costs what it touches. */
import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import { resolvePools } from '../../../src/announce/config/pools.ts';
import {
  IncrementalElections,
  type TouchedServices,
} from '../../../src/layer2/election/incremental-elections.ts';
import { type Layer2Config, resolveLayer2Config } from '../../../src/layer2/election/layer2-config.ts';
import { type Layer2Service, toLayer2Service } from '../../../src/layer2/election/layer2-service.ts';
import { computeLayer2State, type Layer2State } from '../../../src/layer2/election/layer2-state.ts';
import { nodeShare, nodeShares } from '../../../src/layer2/election/node-share.ts';
import type { ElectionNode } from '../../../src/layer2/election/standing.ts';
import type { UsableEndpoints } from '../../../src/layer2/election/usable-endpoints.ts';
import { type AliveNodes, aliveAlways, aliveByVerdicts } from '../../../src/layer2/membership/alive.ts';
import { decodeService } from '../../../src/objects/service.ts';
import { pool, service } from '../../announce/support/cluster.ts';
import { type Random, underSeeds } from '../../support/random.ts';
import { layer2Advertisement, NAMESPACE, nic } from '../support/layer2-cluster.ts';

const flags = { lbClass: null, ignoreExcludeLabel: false };

/** A cluster whose parts are replaced one at a time, as informers replace them. */
class Cluster {
  readonly services = new Map<string, Layer2Service>();
  readonly endpoints = new Map<string, UsableEndpoints>();
  readonly nodes = new Map<string, ElectionNode>();
  readonly recorded = new Map<string, string>();
  readonly handOver = new Map<string, string>();
  config: Layer2Config = { advertisements: [], isUnknown: false };
  pools = resolvePools([pool('main', ['10.0.0.0/16', 'fd00::/112'])], null);
  alive: AliveNodes = aliveAlways([]);
  returned: ReadonlySet<string> = new Set();
  leaving: ReadonlySet<string> = new Set();

  putService(name: string, ips: readonly string[], policy = 'Cluster'): void {
    const raw = { apiVersion: 'v1', ...service(name, ips, { externalTrafficPolicy: policy }) };
    const decoded = decodeService(raw);
    if (decoded !== null) this.services.set(decoded.key, toLayer2Service(decoded));
  }

  /** Its own address is that of a few Services. */
  putNode(name: string, labels: Readonly<Record<string, string>>, ...interfaces: string[]): void {
    const bits = 0x0a000000n + BigInt(NODES.indexOf(name) * 3);
    const addresses = NODES.includes(name)
      ? { 4: { family: 4, bits } as const, 6: null }
      : { 4: null, 6: null };
    const node = { labels, isExcluded: false, isNetworkUnavailable: false, addresses };
    this.nodes.set(name, { name, node, interfaces: interfaces.map((one) => nic(one)) });
  }

  putConfig(specs: readonly Parameters<typeof layer2Advertisement>[1][]): void {
    const raws = specs.map((spec, index) => layer2Advertisement(`a${index}`, spec));
    this.config = resolveLayer2Config(raws, { namespace: NAMESPACE }, null);
  }

  get inputs() {
    const { services, endpoints, config, pools, nodes, alive, returned, leaving, recorded, handOver } = this;
    return [
      { services: services.values(), endpoints, config, pools, flags },
      { nodes: [...nodes.values()], alive, returned, leaving, recorded, handOver, keepsOwner: true },
    ] as const;
  }
}

/** Finds by comparison which Services changed between two calls; at times it names one more. */
class Comparison {
  #services = new Map<string, Layer2Service>();
  #others: readonly ReadonlyMap<string, unknown>[] = [];

  touchedSince(
    { services, endpoints, recorded, handOver }: Cluster,
    more: readonly string[],
  ): TouchedServices {
    const changed = new Map<string, Layer2Service | null>();
    for (const key of new Set([...services.keys(), ...this.#services.keys()]))
      if (services.get(key) !== this.#services.get(key)) changed.set(key, services.get(key) ?? null);
    const others = [endpoints, recorded, handOver].map((map) => new Map<string, unknown>(map));
    const keys = others.flatMap((map, index) => {
      const before = this.#others[index] ?? new Map();
      return [...map.keys(), ...before.keys()].filter((key) => map.get(key) !== before.get(key));
    });
    this.#services = new Map(services);
    this.#others = others;
    return { services: changed, keys: new Set([...keys, ...more]) };
  }
}

const NODES = ['n1', 'n2', 'n3', 'n4'];
const KEYS = ['s1', 's2', 's3', 's4', 's5'];

/** One change of any kind. */
function change(cluster: Cluster, random: Random): void {
  const zone = () => ({ matchLabels: { zone: random.pick(['a', 'b']) } });
  const name = random.pick(KEYS);
  const key = `web/${name}`;
  const nodes = NODES.filter(() => random.chance(0.6));
  const some = <T>(probability: number, make: () => T): readonly T[] =>
    random.chance(probability) ? [make()] : [];
  const changes: readonly (() => void)[] = [
    () => {
      const ips = [`10.0.0.${random.below(4)}`, ...some(0.4, () => `fd00::${random.below(4)}`)];
      cluster.putService(name, ips, random.pick(['Cluster', 'Local']));
    },
    () => cluster.services.delete(key),
    () => cluster.endpoints.set(key, { hasAny: nodes.length > 0, nodes: new Set(nodes) }),
    () =>
      cluster.putNode(
        random.pick(NODES),
        { zone: random.pick(['a', 'b']) },
        ...['eth0', 'eth1'].filter(() => random.chance(0.7)),
      ),
    () => cluster.nodes.delete(random.pick(NODES)),
    () => {
      cluster.alive = random.chance(0.5)
        ? aliveAlways(nodes)
        : aliveByVerdicts(NODES, [
            { watcher: random.pick(NODES), node: random.pick(NODES), isUp: random.chance(0.5) },
          ]);
    },
    () => {
      cluster.returned = new Set(nodes);
    },
    () => {
      cluster.leaving = new Set(nodes);
    },
    () => cluster.recorded.set(key, random.pick(NODES)),
    () => cluster.recorded.delete(key),
    () => cluster.handOver.set(key, random.pick(NODES)),
    () => cluster.handOver.delete(key),
    () =>
      cluster.putConfig(
        ['x', 'y'].map(() => ({
          nodeSelectors: some(0.4, zone),
          interfaces: some(0.4, () => random.pick(['eth0', 'eth1'])),
          preferredNodeSelectors: some(0.4, () => ({ weight: 1 + random.below(3), preference: zone() })),
        })),
      ),
    () => {
      const range = random.pick(['10.0.0.0/16', '10.0.0.0/31']);
      cluster.pools = resolvePools([pool('main', [range, 'fd00::/112'])], null);
    },
  ];
  random.pick(changes)();
}

test('after each change of a random history, the incremental election is the full one, and so is a share', () => {
  underSeeds(40, 1_000, (random) => {
    const shareOf = nodeShares('n1');
    const cluster = new Cluster();
    cluster.putConfig([{}]);
    const [incremental, told] = [new IncrementalElections(), new IncrementalElections()];
    const comparison = new Comparison();
    let full: Layer2State | null = null;
    for (let step = 0; step < 60; step++) {
      for (let count = random.below(3); count >= 0; count--) change(cluster, random);
      full = computeLayer2State(...cluster.inputs, full);
      const state = incremental.update(...cluster.inputs);
      assert.deepEqual(state, full, `step ${step}`);
      const touched = comparison.touchedSince(cluster, random.chance(0.3) ? ['web/s1', 'web/none'] : []);
      assert.deepEqual(told.update(...cluster.inputs, touched), full, `step ${step}, by what changed`);
      assert.deepEqual(shareOf(state), nodeShare(full, 'n1'), `step ${step}`);
    }
  });
});

describe('with 5,000 Services and 100 nodes', () => {
  const nodes = Array.from({ length: 100 }, (_, index) => `node-${index}`);
  const cluster = new Cluster();
  for (const name of nodes) cluster.putNode(name, {}, 'eth0');
  for (let index = 0; index < 5_000; index++) {
    cluster.putService(`s${index}`, [`10.0.${index >> 8}.${index & 255}`], index % 2 ? 'Local' : 'Cluster');
    cluster.endpoints.set(`web/s${index}`, { hasAny: true, nodes: new Set([`node-${index % 100}`]) });
    cluster.recorded.set(`web/s${index}`, `node-${index % 100}`);
  }
  cluster.putConfig([{}]);
  cluster.alive = aliveAlways(nodes);
  const incremental = new IncrementalElections();
  const comparison = new Comparison();
  const workOf = (act: () => void) => {
    const { decisions, elections, visits } = incremental.work;
    act();
    incremental.update(...cluster.inputs, comparison.touchedSince(cluster, []));
    const { work } = incremental;
    return {
      decisions: work.decisions - decisions,
      elections: work.elections - elections,
      visits: work.visits - visits,
    };
  };
  workOf(() => {});

  const rows: readonly (readonly [
    says: string,
    act: () => void,
    decisions: number,
    elections: number,
    visits: number,
  ])[] = [
    ['nothing that changes costs nothing', () => {}, 0, 0, 0],
    [
      'an endpoint costs one decision and one election, and no look at any other Service',
      () => cluster.endpoints.set('web/s1', { hasAny: true, nodes: new Set(['node-7']) }),
      ...([1, 1, 2] as const),
    ],
    ['a new Service costs the same', () => cluster.putService('s5000', ['10.0.200.1']), 1, 0, 1],
    ['a record costs one election', () => cluster.recorded.set('web/s2', 'node-9'), 0, 1, 2],
    [
      'a Service that takes the address of another costs the election of both together',
      () => cluster.putService('s4', ['10.0.0.6']),
      ...([1, 1, 2] as const),
    ],
    ['a Service that goes costs nothing', () => cluster.services.delete('web/s8'), 0, 0, 0],
    [
      'a node that dies costs all elections, and no decision',
      () => {
        cluster.alive = aliveAlways(nodes.slice(1));
      },
      ...([0, 4_998, 4_998] as const),
    ],
  ];
  for (const [says, act, decisions, elections, visits] of rows)
    it(says, () => assert.deepEqual(workOf(act), { decisions, elections, visits }));

  it('it is still the full election', () => {
    const full = computeLayer2State(...cluster.inputs, null);
    const state = incremental.update(...cluster.inputs);
    for (const [index, election] of full.elections.entries()) {
      const own = state.elections[index];
      assert.deepEqual([own?.owner, own?.eligible], [election.owner, election.eligible]);
    }
  });
});

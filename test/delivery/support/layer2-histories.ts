/** Random clusters and changes for laws of layer 2: few nodes and addresses, so that Services share and owners change. */
import type { SimulatedObjectStore } from '../../../src/announce/simulator/object-store.ts';
import type { Raw } from '../../../src/base/json.ts';
import { endpointSlice, node, pool, service } from '../../announce/support/cluster.ts';
import { layer2Advertisement } from '../../layer2/support/layer2-cluster.ts';
import type { Random } from '../../support/random.ts';

const NODES = ['n1', 'n2', 'n3'];
const SERVICES = ['a', 'b', 'c', 'd'];
const ADDRESSES = ['10.20.1.1', '10.20.1.2', '10.20.1.3', '10.20.2.1', 'fd00:20:1::1'];
const TIERS: readonly Raw[] = [{}, { tier: 'gold' }, { tier: 'iron' }];
const ZONES: readonly Raw[] = [{ zone: 'a' }, { zone: 'b' }];

const selectors = (random: Random, key: string, values: readonly string[], chance: number): readonly Raw[] =>
  random.chance(chance) ? [{ matchLabels: { [key]: random.pick(values) } }] : [];

const randomNode = (random: Random): Raw =>
  node(
    random.pick(NODES),
    {
      ...random.pick(ZONES),
      ...(random.chance(0.1) ? { 'node.kubernetes.io/exclude-from-external-load-balancers': '' } : {}),
    },
    { conditions: random.chance(0.1) ? [{ type: 'NetworkUnavailable', status: 'True' }] : [] },
  );

const randomSpeaker = (random: Random): Raw => ({
  apiVersion: 'berth.dev/v1alpha1',
  kind: 'SpeakerStatus',
  metadata: { name: random.pick(NODES), namespace: 'metallb-system' },
  status: {
    phase: random.chance(0.15) ? 'stopped' : 'speaking',
    layer2: random.chance(0.1)
      ? null
      : {
          interfaces: ['eth0', 'eth1']
            .filter(() => random.chance(0.8))
            .map((name) => ({
              name,
              mac: '02:00:00:00:00:01',
              arp: true,
              ndp: random.chance(0.8),
              subnets: [],
            })),
        },
  },
});

const randomService = (random: Random): Raw =>
  service(
    random.pick(SERVICES),
    [random.pick(ADDRESSES), ...(random.chance(0.2) ? [random.pick(ADDRESSES)] : [])],
    { externalTrafficPolicy: random.pick(['Local', 'Cluster', 'Cluster']) },
    random.pick(TIERS),
  );

const randomEndpoints = (random: Random): Raw =>
  endpointSlice(
    random.pick(SERVICES),
    NODES.filter(() => random.chance(0.6)).map((name) => ({
      ...{ addresses: ['10.244.0.1'], nodeName: name },
      conditions: { ready: random.chance(0.9) },
    })),
  );

const randomLayer2Advertisement = (random: Random): Raw =>
  layer2Advertisement(random.pick(['x', 'y']), {
    ipAddressPools: random.chance(0.4) ? [random.pick(['main', 'spare'])] : [],
    nodeSelectors: selectors(random, 'zone', ['a', 'b'], 0.2),
    serviceSelectors: selectors(random, 'tier', ['gold', 'iron'], 0.2),
    interfaces: random.chance(0.2) ? [random.pick(['eth0', 'eth1', 'eth9'])] : [],
    ...(random.chance(0.1) ? { interfaces: 'nonsense' } : {}),
  });

const randomPool = (random: Random): Raw =>
  pool(
    random.pick(['main', 'spare']),
    random.pick([['10.20.1.0/24', 'fd00:20:1::/64'], ['10.20.2.0/24'], ['10.20.1.0/30']]),
  );

const GENERATORS: readonly ((random: Random) => Raw)[] = [
  ...[randomNode, randomSpeaker, randomService, randomService, randomEndpoints, randomEndpoints],
  ...[randomLayer2Advertisement, randomLayer2Advertisement, randomPool],
];

export function randomLayer2Cluster(random: Random): readonly Raw[] {
  const many = (count: number, make: (random: Random) => Raw): readonly Raw[] =>
    Array.from({ length: count }, () => make(random));
  return [
    ...NODES.map((name) => node(name, random.pick(ZONES))),
    ...NODES.map((name) => ({ ...randomSpeaker(random), metadata: { name, namespace: 'metallb-system' } })),
    pool('main', ['10.20.1.0/24', 'fd00:20:1::/64']),
    ...many(1, randomPool),
    ...many(2, randomLayer2Advertisement),
    ...many(4, randomService),
    ...many(6, randomEndpoints),
  ];
}

/** Something is made, edited or deleted. A Node stays, since a speaker whose Node is gone drains. */
export function randomLayer2Change(random: Random, store: SimulatedObjectStore): void {
  store.advanceClock();
  const raw = random.pick(GENERATORS)(random);
  const { name, namespace } = raw['metadata'] as { readonly name: string; readonly namespace?: string };
  const reference = `${raw['kind']} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
  if (raw['kind'] !== 'Node' && random.chance(0.2)) store.delete(reference);
  else {
    store.create(raw);
    store.patch(reference, raw);
  }
}

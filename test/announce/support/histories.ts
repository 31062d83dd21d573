/** Random clusters and changes for laws of announcing: few names and addresses, so that objects conflict. */

import type { SimulatedObjectStore } from '../../../src/announce/simulator/object-store.ts';
import type { Raw } from '../../../src/base/json.ts';
import type { Random } from '../../support/random.ts';
import { advertisement, community, endpointSlice, node, peer, pool, secret, service } from './cluster.ts';

const SERVICES = ['a', 'b', 'c', 'd', 'e'];
const ADDRESSES = ['10.20.1.1', '10.20.1.2', '10.20.1.200', '10.20.2.1', 'fd00:20:1::1'];
const ENDPOINTS = ['10.244.0.1', '10.244.0.2', '10.244.1.1', 'fd00:244::1'];
const NODES = ['n1', 'n1', 'n2'];
const ZONES = [{}, { zone: 'a' }, { zone: 'b' }];
const TIERS = [{}, { tier: 'gold' }, { tier: 'gold' }, { tier: 'iron' }, { tier: 'iron' }];

const randomSubset = <T>(random: Random, items: readonly T[], probability = 0.5): readonly T[] =>
  items.filter(() => random.chance(probability));

const randomSelectors = (
  random: Random,
  key: string,
  values: readonly string[],
  probability: number,
): Raw[] => (random.chance(probability) ? [{ matchLabels: { [key]: random.pick(values) } }] : []);

const randomService = (random: Random): Raw =>
  service(
    random.pick(SERVICES),
    random.chance(0.05) ? [random.pick(['', 'nothing', '198.51.100.1'])] : randomAddresses(random),
    {
      externalTrafficPolicy: random.pick(['Local', 'Cluster']),
      ...(random.chance(0.05) ? { type: 'NodePort' } : {}),
      ...(random.chance(0.05) ? { loadBalancerClass: 'a/b' } : {}),
    },
    random.pick(TIERS),
  );

const randomAddresses = (random: Random): readonly string[] => [
  random.pick(ADDRESSES),
  ...(random.chance(0.3) ? [random.pick(ADDRESSES)] : []),
];

const randomEndpointSlice = (random: Random): Raw => {
  const of = random.pick(SERVICES);
  const endpoints = randomSubset(random, ENDPOINTS, 0.7).map((address) => ({
    addresses: [address],
    ...(random.chance(0.9) ? { nodeName: random.pick(NODES) } : {}),
    conditions: random.pick([{}, { ready: true }, { ready: false }, { ready: false, serving: true }]),
  }));
  const made = endpointSlice(of, endpoints);
  const name = `${random.pick(SERVICES)}-${random.below(2)}`;
  return { ...made, metadata: { ...(made['metadata'] as Raw), name } };
};

const randomNode = (random: Random): Raw =>
  node(
    random.chance(0.8) ? 'n1' : 'n2',
    {
      ...random.pick(ZONES),
      ...(random.chance(0.1) ? { 'node.kubernetes.io/exclude-from-external-load-balancers': '' } : {}),
    },
    { conditions: random.chance(0.1) ? [{ type: 'NetworkUnavailable', status: 'True' }] : [] },
  );

const randomPool = (random: Random): Raw =>
  pool(
    random.pick(['main', 'spare']),
    random.pick([
      ['10.20.1.0/24', 'fd00:20:1::/64'],
      ['10.20.1.0/24', '10.20.2.0/24', 'fd00:20:1::/64'],
      ['10.20.1.0/25', 'fd00:20:1::/64'],
      ['10.20.2.0/24'],
      ['10.20.1.0/24', '10.20.2.0/24', 'fd00:20:1::/64'],
      ...(random.chance(0.3) ? [['nonsense']] : []),
    ]),
    { labels: random.pick(TIERS) },
  );

const randomAdvertisement = (random: Random): Raw => {
  const made = advertisement(random.pick(['x', 'y', 'z']), {
    ...(random.chance(0.3) ? { ipAddressPools: [random.pick(['main', 'spare'])] } : {}),
    ipAddressPoolSelectors: randomSelectors(random, 'tier', ['gold', 'iron'], 0.15),
    nodeSelectors: randomSelectors(random, 'zone', ['a', 'b'], 0.2),
    ...randomAggregation(random),
    peers: random.chance(0.4) ? randomSubset(random, ['r1', 'r2', 'r3']) : [],
    communities: [
      ...randomSubset(random, ['64500:1', '64500:2', 'large:64500:1:1'], 0.25),
      ...randomSubset(random, ['named', 'nobody'], 0.05),
    ],
    localPref: random.pick([0, 150, 250]),
    ...(random.chance(0.1) ? { asPathPrepend: random.pick([1, 3]) } : {}),
  });
  return { ...made, metadata: { ...(made['metadata'] as Raw), annotations: randomExtensions(random) } };
};

const randomAggregation = (random: Random): Raw =>
  random.chance(0.3)
    ? {
        aggregationLength: random.pick([24, 24, 25, random.chance(0.2) ? 20 : 24]),
        aggregationLengthV6: random.pick([64, 128]),
      }
    : { serviceSelectors: randomSelectors(random, 'tier', ['gold', 'iron'], 0.7) };

const randomExtensions = (random: Random): Raw => ({
  ...(random.chance(0.3) ? { 'berth.dev/weighted-ecmp': random.pick(['true', 'transitive', 'no']) } : {}),
  ...(random.chance(0.5) ? { 'berth.dev/med': random.pick(['10', '20', '30', '-1']) } : {}),
  ...(random.chance(0.3) ? { 'berth.dev/as-path-prepend': random.pick(['0', '2', '99']) } : {}),
});

const randomPeer = (random: Random): Raw =>
  peer(random.pick(['r1', 'r2', 'r3']), {
    peerAddress: random.pick([
      '10.213.0.1',
      '10.213.0.2',
      'fd00:213::1',
      '10.213.0.3',
      random.chance(0.3) ? 'nowhere' : '10.213.0.4',
    ]),
    dualStackAddressFamily: random.chance(0.4),
    nodeSelectors: randomSelectors(random, 'zone', ['a', 'b'], 0.3),
    ...(random.chance(0.2) ? { passwordSecret: { name: 'key' } } : {}),
    ...(random.chance(0.1) ? { vrf: 'blue' } : {}),
  });

const randomCommunity = (random: Random): Raw =>
  community(random.pick(['first', 'second']), { named: random.pick(['64500:7', '64500:8', 'bad']) });

const randomSecret = (random: Random): Raw =>
  secret('key', 'kubernetes.io/basic-auth', random.pick([{ password: 'b25l' }, { password: 'dHdv' }, {}]));

const GENERATORS: readonly ((random: Random) => Raw)[] = [
  ...[
    randomService,
    randomService,
    randomService,
    randomService,
    randomEndpointSlice,
    randomEndpointSlice,
    randomEndpointSlice,
  ],
  ...[
    randomNode,
    randomPool,
    randomAdvertisement,
    randomAdvertisement,
    randomAdvertisement,
    randomPeer,
    randomCommunity,
    randomSecret,
  ],
];

export function randomCluster(random: Random): readonly Raw[] {
  const many = (count: number, make: (random: Random) => Raw): readonly Raw[] =>
    Array.from({ length: count }, () => make(random));
  return [
    node('n1', random.pick(ZONES)),
    pool('main', ['10.20.1.0/24', 'fd00:20:1::/64']),
    ...[
      ...many(1, randomPool),
      ...many(3, randomAdvertisement),
      ...many(3, randomPeer),
      randomCommunity(random),
    ],
    ...[...many(6, randomService), ...many(10, randomEndpointSlice), randomSecret(random)],
  ];
}

/** Something is made, edited or deleted. */
export function applyRandomChange(random: Random, store: SimulatedObjectStore): void {
  if (random.chance(0.7)) store.advanceClock();
  const raw = random.pick(GENERATORS)(random);
  const metadata = raw['metadata'] as Raw;
  const namespace = metadata['namespace'];
  const reference = `${raw['kind']} ${namespace === undefined ? '' : `${namespace}/`}${metadata['name']}`;
  const what = random.below(10);
  if (what < 2) store.delete(reference);
  else if (what < 3) {
    store.delete(reference);
    store.create(raw);
  } else {
    store.create(raw);
    store.patch(reference, raw);
  }
}

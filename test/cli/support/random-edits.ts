/** Random clusters with speakers, whose Services only say what they request, and random edits of one or two objects. */
import type { Raw } from '../../../src/base/json.ts';
import {
  advertisement,
  community,
  endpointSlice,
  node,
  peer,
  pool,
  service,
} from '../../announce/support/cluster.ts';
import { answering, daemonSet, speakerStatus } from '../../delivery/support/speaker-clusters.ts';
import { withTypes } from '../../delivery/support/with-types.ts';
import { layer2Advertisement } from '../../layer2/support/layer2-cluster.ts';
import type { Random } from '../../support/random.ts';

export const NODES = ['n1', 'n2', 'n3'];
const SERVICES = ['a', 'b', 'c', 'd', 'e'];
const ZONES: readonly Raw[] = [{ zone: 'a' }, { zone: 'b' }];
const TIERS: readonly Raw[] = [{ tier: 'gold' }, { tier: 'iron' }];

const selectors = (random: Random, key: string, values: readonly string[], chance: number): readonly Raw[] =>
  random.chance(chance) ? [{ matchLabels: { [key]: random.pick(values) } }] : [];

const randomNode = (random: Random, name = random.pick(NODES)): Raw => ({
  ...node(name, {
    ...random.pick(ZONES),
    'node.kubernetes.io/exclude-from-external-load-balancers': random.chance(0.15) ? '' : null,
  }),
  spec: {
    unschedulable: random.chance(0.25) ? true : null,
    taints: random.chance(0.1) ? [{ key: 'maintenance', effect: 'NoExecute' }] : null,
  },
});

const randomDaemonSet = (random: Random): Raw =>
  daemonSet('speaker', 'berth', {
    args: ['speaker', ...(random.chance(0.6) ? ['--drain-on-cordon'] : [])],
  });

const randomPool = (random: Random, name = random.pick(['main', 'spare'])): Raw => ({
  ...pool(
    name,
    random.pick([
      ['10.20.1.0/24'],
      ['10.20.1.0/30'],
      ['10.20.1.0/24', '10.20.2.0/24'],
      ['10.20.2.0/24'],
      ['10.20.1.128/25'],
    ]),
  ),
});

const randomPeer = (random: Random, name = random.pick(['r1', 'r2'])): Raw =>
  peer(name, {
    // Of the own AS, which is sent LOCAL_PREF.
    ...(name === 'r2' ? { peerASN: 64_500 } : {}),
    peerAddress: name === 'r1' ? '10.213.0.1' : random.pick(['10.213.0.2', '10.213.0.3']),
    nodeSelectors: selectors(random, 'zone', ['a', 'b'], 0.3),
    holdTime: random.pick(['90s', '90s', '9s']),
  });

const VALID_COMMUNITIES = ['64500:1', 'named'];

const randomAdvertisement = (random: Random, communities = [...VALID_COMMUNITIES, 'nobody', 'nobody']): Raw =>
  advertisement(random.pick(['x', 'y']), {
    ipAddressPools: random.chance(0.3) ? [random.pick(['main', 'spare'])] : [],
    nodeSelectors: selectors(random, 'zone', ['a', 'b'], 0.2),
    // The API server refuses both at once.
    ...(random.chance(0.3)
      ? { aggregationLength: random.pick([24, 25]), serviceSelectors: null }
      : { aggregationLength: null, serviceSelectors: selectors(random, 'tier', ['gold', 'iron'], 0.3) }),
    peers: random.chance(0.3) ? [random.pick(['r1', 'r2'])] : [],
    communities: random.chance(0.6) ? [random.pick(communities)] : [],
    localPref: random.pick([0, 0, 150]),
  });

const randomLayer2Advertisement = (random: Random): Raw =>
  layer2Advertisement('all', {
    ipAddressPools: random.chance(0.3) ? [random.pick(['main', 'spare'])] : [],
    nodeSelectors: selectors(random, 'zone', ['a', 'b'], 0.5),
    serviceSelectors: selectors(random, 'tier', ['gold', 'iron'], 0.2),
    interfaces: random.pick([[], [], ['eth0'], ['eth9']]),
  });

const randomService = (random: Random, name = random.pick(SERVICES)): Raw => {
  const clusterIP = `10.96.0.${SERVICES.indexOf(name) + 10}`;
  const made = service(
    name,
    [],
    {
      ...{ clusterIP, clusterIPs: [clusterIP], ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' },
      ...{ ports: [{ port: 80, protocol: 'TCP' }], allocateLoadBalancerNodePorts: true },
      externalTrafficPolicy: random.pick(['Local', 'Cluster', 'Cluster']),
    },
    random.pick(TIERS),
  );
  const annotations = {
    'metallb.io/address-pool': random.chance(0.2) ? random.pick(['main', 'spare', 'gone']) : null,
    'metallb.io/loadBalancerIPs': random.chance(0.2) ? random.pick(['10.20.1.5', '10.20.2.7']) : null,
  };
  const { status: _, ...rest } = made;
  return { ...rest, metadata: { ...(made['metadata'] as Raw), annotations } };
};

const randomSlice = (random: Random, name = random.pick(SERVICES)): Raw =>
  endpointSlice(
    name,
    NODES.filter(() => random.chance(0.6)).map((nodeName) => ({
      ...{ addresses: ['10.244.0.1'], nodeName, conditions: { ready: random.chance(0.9) } },
    })),
  );

const randomCommunity = (random: Random): Raw =>
  community('aliases', { named: random.pick(['64500:7', '64500:8']) });

const EDITS: readonly ((random: Random) => Raw)[] = [
  ...[randomNode, randomPool, randomPool, randomPeer],
  ...[(random: Random) => randomAdvertisement(random), (random: Random) => randomAdvertisement(random)],
  ...[randomLayer2Advertisement, randomService, randomService, randomSlice, randomSlice, randomCommunity],
];

/** Without the fields that an edit of an object that exists takes away. */
const asCreated = (raw: Raw): Raw => JSON.parse(JSON.stringify(raw, (_, value) => value ?? undefined));

export const randomSpeakers = (random: Random): readonly Raw[] =>
  [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'web' } },
    ...NODES.map((name) => randomNode(random, name)),
    randomDaemonSet(random),
    ...NODES.map((name) => speakerStatus(name, answering(['10.20.0.0/16']))),
    pool('main', ['10.20.1.0/24']),
    ...(random.chance(0.5) ? [randomPool(random, 'spare')] : []),
    ...[randomPeer(random, 'r1'), randomPeer(random, 'r2')],
    ...[randomAdvertisement(random, VALID_COMMUNITIES), randomCommunity(random)],
    ...(random.chance(0.3) ? [advertisement('y')] : []),
    ...(random.chance(0.7) ? [randomLayer2Advertisement(random)] : []),
    // Of kinds of which the input shows none at all, objects are assumed.
    ...[community('kept', { other: '64500:9' }), endpointSlice('kept', [])],
    ...SERVICES.slice(0, 4).map((name) => randomService(random, name)),
    ...SERVICES.map((name) => randomSlice(random, name)),
  ].map((raw) => asCreated(withTypes(raw)));

export type RandomEdit = {
  readonly applied: readonly Raw[];
  /** `Kind name`, or `Kind namespace/name`. */
  readonly deleted: readonly string[];
};

/** `stored` are the objects of the cluster. */
export function randomEdit(random: Random, stored: readonly Raw[]): RandomEdit {
  const applied = random.chance(0.75)
    ? Array.from({ length: 1 + random.below(2) }, () => withTypes(random.pick(EDITS)(random)))
    : [];
  const idOf = (raw: Raw): string => {
    const { name, namespace } = raw['metadata'] as { readonly name: string; readonly namespace?: string };
    return `${raw['kind']} ${namespace === undefined || namespace === '' ? '' : `${namespace}/`}${name}`;
  };
  const unique = [...new Map(applied.map((raw) => [idOf(raw), raw])).values()];
  const deletable = stored
    .filter(({ kind }) => !['Namespace', 'SpeakerStatus', 'Node', 'DaemonSet'].includes(`${kind}`))
    .map(idOf)
    .filter(
      (id) => !id.endsWith('kept') && !id.endsWith('kept-1') && !unique.some((raw) => idOf(raw) === id),
    );
  return { applied: unique, deleted: applied.length === 0 ? [random.pick(deletable)] : [] };
}

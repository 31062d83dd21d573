/**
 * Random clusters with what `random-cluster.ts` leaves out: both address families, several BGPConfigurations, passwords, ports,
 * TTL security, restart times, AS numbers of nodes, kept next hops in both spellings, filters of every kind, pools of IPAM, nodes
 * without an address or not ready, and Services with several slices.
 */
import type { Raw } from '../../../src/base/json.ts';
import type { Random } from '../../support/random.ts';
import { CONTROL_PLANE, calicoVersion, exposedService, node, object, pool } from './clusters.ts';

const VERSIONS = [
  'v3.26.4',
  'v3.29.1',
  'v3.30.1',
  'v3.30.7',
  'v3.31.2',
  'v3.31.7',
  'v3.32.1',
  'v3.33.0',
] as const;
const EXCLUDE_LABEL = 'node.kubernetes.io/exclude-from-external-load-balancers';
const CLUSTER_IDS = ['224.0.0.1', '224.0.0.2', '224.0.0.3'] as const;
const SELECTORS = [
  '',
  '',
  'all()',
  'has(peers)',
  '!has(peers)',
  'has(rr)',
  '!has(rr)',
  "kubernetes.io/hostname == 'n1'",
] as const;
const ROUTERS = [
  '10.10.0.1',
  '10.10.0.2',
  '10.10.0.1:1179',
  '[fd00:10::1]:179',
  'fd00:10::1',
  'fd00:10::2',
] as const;
const RANGES4 = [
  '192.168.5.0/24',
  '192.168.5.0/25',
  '192.168.5.128/25',
  '192.168.6.9/32',
  '192.168.7.0/30',
  '192.168.5.7/24',
  '192.168.4.0/23',
] as const;
const RANGES6 = ['fd00:9::/112', 'fd00:9::/64', 'fd00:9::7/128'] as const;
const ADDRESSES4 = ['192.168.5.7', '192.168.5.200', '192.168.6.9', '192.168.7.1', '192.168.4.4'] as const;
const ADDRESSES6 = ['fd00:9::7', 'fd00:9::99'] as const;

/** The last one cannot be read. */
const RESTART_TIMES = ['15s', '1500ms', '2m', '0s', '15'] as const;

const maybe = (random: Random, chance: number, spec: Raw): Raw => (random.chance(chance) ? spec : {});
const some = <T>(random: Random, items: readonly T[], chance: number): readonly T[] =>
  items.filter(() => random.chance(chance));

export function randomMixedCluster(random: Random): readonly Raw[] {
  const names = Array.from({ length: 1 + random.below(6) }, (_, index) => `n${index}`);
  const reflectors = random.chance(0.4) ? 1 + random.below(3) : 0;
  return [
    ...names.map((name, index) => randomNode(random, name, index < reflectors)),
    ...maybeList(random, 0.6, () => calicoVersion(random.pick(VERSIONS))),
    ...randomConfigurations(random, names),
    ...randomPeers(random, reflectors > 0),
    ...['f', 'g'].map((name) => randomFilter(random, name)),
    ...randomPools(random, names),
    ...randomServices(random, names),
    ...maybeList(random, 0.4, () =>
      pool(random.pick(RANGES4).replace('.7/', '.0/'), random.pick(RANGES6).replace('::7/', '::/')),
    ),
    ...maybeList(random, 0.7, () =>
      object(
        'Secret',
        'bgp',
        { metadata: { namespace: 'kube-system' }, stringData: { tor: 'x', bad: 'x\n' } },
        'v1',
      ),
    ),
  ];
}

const maybeList = (random: Random, chance: number, make: () => Raw): readonly Raw[] =>
  random.chance(chance) ? [make()] : [];

function randomNode(random: Random, name: string, isReflector: boolean): Raw {
  const last = 20 + Number(name.slice(1));
  const made = node(
    name,
    last,
    {
      ...maybe(random, 0.6, { peers: 'a' }),
      ...maybe(random, 0.15, CONTROL_PLANE),
      ...(isReflector ? { rr: 'yes' } : {}),
      ...maybe(random, 0.15, { [EXCLUDE_LABEL]: random.pick(['true', 'true', '', 'false']) }),
    },
    {
      ...maybe(random, 0.7, { 'projectcalico.org/IPv6Address': `fd00:10::${last}/64` }),
      ...maybe(random, 0.1, { 'projectcalico.org/ASNumber': random.pick(['64999', '64998', '1.10']) }),
      ...(isReflector ? { 'projectcalico.org/RouteReflectorClusterID': random.pick(CLUSTER_IDS) } : {}),
    },
  );
  const conditions = [{ type: 'Ready', status: random.chance(0.1) ? 'Unknown' : 'True' }];
  const status = { ...(made['status'] as Raw), ...maybe(random, 0.5, { conditions }) };
  if (!random.chance(0.07)) return { ...made, status };
  const metadata = made['metadata'] as Raw;
  const { 'projectcalico.org/IPv4Address': _, ...annotations } = metadata['annotations'] as Raw;
  return { ...made, metadata: { ...metadata, annotations }, status };
}

const entries = (cidrs: readonly string[]): readonly Raw[] => cidrs.map((cidr) => ({ cidr }));

function randomConfigurations(random: Random, names: readonly string[]): readonly Raw[] {
  const ranges = [...some(random, RANGES4, 0.25), ...some(random, RANGES6, 0.35)];
  const external = some(random, [...RANGES4, ...RANGES6], 0.12);
  const settings: Raw = {
    ...maybe(random, 0.6, { nodeToNodeMeshEnabled: random.chance(0.5) }),
    ...maybe(random, 0.3, { asNumber: random.pick([64700, '64701', 64512]) }),
    ...maybe(random, 0.4, { serviceLoadBalancerAggregation: random.pick(['Enabled', 'Disabled']) }),
    ...maybe(random, 0.3, { serviceClusterIPs: entries(['10.43.0.0/16']) }),
    ...(external.length > 0 ? { serviceExternalIPs: entries(external) } : {}),
    ...maybe(random, 0.15, { listenPort: 1790 }),
    ...maybe(random, 0.15, { nodeMeshMaxRestartTime: random.pick(RESTART_TIMES) }),
    ...maybe(random, 0.1, {
      nodeMeshPassword: { secretKeyRef: { name: 'bgp', key: random.pick(['tor', 'missing']) } },
    }),
    ...maybe(random, 0.3, {
      communities: [{ name: 'c', value: random.pick(['64700:1', '64700:1:2', '70000:1']) }],
      prefixAdvertisements: [
        { cidr: random.pick([...RANGES4, ...RANGES6]), communities: [random.pick(['c', 'd', '64700:9'])] },
      ],
    }),
  };
  const lists = { serviceLoadBalancerIPs: entries(ranges) };
  const others = [
    ...maybeList(random, 0.1, () => object('BGPConfiguration', 'other', { spec: lists })),
    ...maybeList(random, 0.15, () =>
      object('BGPConfiguration', `node.${random.pick([...names, 'n99'])}`, {
        spec: random.pick([lists, { listenPort: 1791 }, { prefixAdvertisements: [] }]),
      }),
    ),
  ];
  return [
    ...(random.chance(0.93)
      ? [object('BGPConfiguration', 'default', { spec: { ...settings, ...lists } })]
      : []),
    ...others,
  ];
}

function randomPeers(random: Random, hasReflectors: boolean): readonly Raw[] {
  const toRouters = Array.from({ length: random.below(4) }, (_, index) =>
    object('BGPPeer', `tor${index}`, {
      spec: {
        peerIP: random.pick(ROUTERS),
        ...(random.chance(0.05) ? {} : { asNumber: random.pick([65001, 65001, 65001, 65002, 64512]) }),
        ...(random.chance(0.15) ? { node: 'n0' } : { nodeSelector: random.pick(SELECTORS) }),
        ...maybe(random, 0.3, { filters: some(random, ['f', 'g', 'missing'], 0.5) }),
        ...maybe(random, 0.2, { nextHopMode: random.pick(['Auto', 'Keep', 'Self']) }),
        ...maybe(random, 0.2, { keepOriginalNextHop: true }),
        ...maybe(random, 0.1, { localASNumber: 64800 }),
        ...maybe(random, 0.1, { numAllowedLocalASNumbers: 1 }),
        ...maybe(random, 0.1, { ttlSecurity: 1 }),
        ...maybe(random, 0.3, { maxRestartTime: random.pick(RESTART_TIMES) }),
        ...maybe(random, 0.2, {
          password: {
            secretKeyRef: { name: random.pick(['bgp', 'gone']), key: random.pick(['tor', 'bad', 'missing']) },
          },
        }),
      },
    }),
  );
  if (!hasReflectors) return toRouters;
  const inside = object('BGPPeer', 'to-reflectors', {
    spec: {
      nodeSelector: random.pick(['!has(rr)', 'all()', 'has(rr)']),
      peerSelector: 'has(rr)',
      ...maybe(random, 0.2, { nextHopMode: random.pick(['Keep', 'Self']) }),
      ...maybe(random, 0.15, { filters: ['f'] }),
      ...maybe(random, 0.1, { reversePeering: 'Manual' }),
      ...maybe(random, 0.1, { ttlSecurity: 1 }),
      ...maybe(random, 0.2, { maxRestartTime: random.pick(RESTART_TIMES) }),
    },
  });
  return [...toRouters, inside];
}

function randomRule(random: Random, ranges: readonly string[]): Raw {
  return {
    ...maybe(random, 0.8, {
      cidr: random.pick(ranges),
      matchOperator: random.pick(['In', 'NotIn', 'Equal', 'NotEqual']),
    }),
    ...maybe(random, 0.3, { source: 'RemotePeers' }),
    ...maybe(random, 0.15, { peerType: random.pick(['eBGP', 'iBGP']) }),
    ...maybe(random, 0.15, { prefixLength: { min: random.pick([24, 31, 32]) } }),
    action: random.pick(['Accept', 'Reject', 'Reject']),
  };
}

const randomFilter = (random: Random, name: string): Raw =>
  object('BGPFilter', name, {
    spec: {
      exportV4: some(random, [0, 1], 0.6).map(() =>
        randomRule(
          random,
          RANGES4.filter((one) => one !== '192.168.5.7/24' || random.chance(0.1)),
        ),
      ),
      exportV6: some(random, [0, 1], 0.4).map(() =>
        randomRule(
          random,
          RANGES6.filter((one) => !one.endsWith('/128')),
        ),
      ),
      ...maybe(random, 0.1, { importV4: [randomRule(random, ['192.168.5.0/24'])] }),
    },
  });

const randomPools = (random: Random, names: readonly string[]): readonly Raw[] => [
  ...maybeList(random, 0.6, () =>
    object('IPPool', 'pods', {
      spec: {
        cidr: random.pick(['192.168.0.0/16', '10.244.0.0/16', '10.244.0.0/16']),
        ...maybe(random, 0.6, { vxlanMode: 'Always' }),
        ...maybe(random, 0.1, { disableBGPExport: true }),
        ...maybe(random, 0.1, { disabled: true }),
      },
    }),
  ),
  ...maybeList(random, 0.1, () =>
    object('IPPool', 'balancers', { spec: { cidr: '192.168.5.0/24', allowedUses: ['LoadBalancer'] } }),
  ),
  ...maybeList(random, 0.1, () =>
    object('IPReservation', 'kept', { spec: { reservedCIDRs: ['192.168.5.0/24'] } }),
  ),
  ...names.slice(0, 2).map((name, index) =>
    object('BlockAffinity', `b${index}`, {
      spec: {
        node: name,
        cidr: random.chance(0.2) ? `192.168.5.${index * 64}/26` : `10.244.${index}.0/26`,
        state: 'confirmed',
      },
    }),
  ),
];

function randomServices(random: Random, names: readonly string[]): readonly Raw[] {
  return Array.from({ length: 1 + random.below(5) }, (_, index) => {
    const ip = random.pick([...ADDRESSES4, ...ADDRESSES6]);
    const isV6 = ip.includes(':');
    const [service, slice] = exposedService(`s${index}`, {
      ip,
      local: random.chance(0.5),
      on: names.filter(() => random.chance(0.4)),
      ready: random.chance(0.85),
    }) as [Raw, Raw];
    const second = random.pick(isV6 ? ADDRESSES4 : ADDRESSES6);
    const spec = {
      ...(service['spec'] as Raw),
      ...maybe(random, 0.15, { externalIPs: [random.pick(ADDRESSES4)] }),
      ...maybe(random, 0.1, { loadBalancerIP: ip }),
      ...maybe(random, 0.05, { type: random.pick(['ClusterIP', 'NodePort', 'ExternalName']) }),
      ...maybe(random, 0.05, { clusterIP: 'None' }),
    };
    const ingress = [{ ip }, ...(random.chance(0.25) ? [{ ip: second }] : [])];
    const families = ingress.length > 1 ? { ipFamilies: isV6 ? ['IPv6', 'IPv4'] : ['IPv4', 'IPv6'] } : {};
    const more = random.chance(0.15)
      ? [
          {
            ...slice,
            metadata: { ...(slice['metadata'] as Raw), name: `s${index}` },
            addressType: isV6 ? 'IPv4' : 'IPv6',
          },
        ]
      : [];
    return [
      { ...service, spec: { ...spec, ...families }, status: { loadBalancer: { ingress } } },
      ...(random.chance(0.9) ? [slice] : []),
      ...more,
    ];
  }).flat();
}

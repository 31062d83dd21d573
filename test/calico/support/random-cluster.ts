/**
 * Random clusters for laws: up to ten nodes of few kinds, with a mesh, route reflectors, kept next hops, filters, IPAM blocks,
 * and lists that mix ranges and single addresses of load balancers and externalIPs.
 */
import type { Raw } from '../../../src/base/json.ts';
import type { Random } from '../../support/random.ts';
import { CONTROL_PLANE, calicoVersion, exposedService, node, object, pool } from './clusters.ts';

const VERSIONS = ['v3.26.4', 'v3.29.1', 'v3.30.7', 'v3.31.2', 'v3.31.7', 'v3.32.1', 'v3.33.0'] as const;
const NEXT_HOP_MODES = ['Auto', 'Keep', 'Self'] as const;
const EXCLUDED = { 'node.kubernetes.io/exclude-from-external-load-balancers': 'true' };

export function randomCluster(random: Random): readonly Raw[] {
  const hasReflectors = random.chance(0.4);
  const nodes = Array.from({ length: 2 + random.below(9) }, (_, index) =>
    randomNode(random, `n${index}`, hasReflectors && index < 1 + random.below(2)),
  );
  const names = nodes.map((_, index) => `n${index}`);
  return [
    ...nodes,
    ...(random.chance(0.5) ? [calicoVersion(random.pick(VERSIONS))] : []),
    randomConfiguration(random, hasReflectors),
    ...randomPeers(random, hasReflectors),
    randomFilter(random),
    ...(random.chance(0.5) ? [randomPool(random)] : []),
    ...names.slice(0, 3).map((name, index) => randomBlock(random, name, index)),
    ...randomServices(random, names),
    ...(random.chance(0.5) ? [pool('192.168.5.0/24')] : []),
  ];
}

function randomNode(random: Random, name: string, isReflector: boolean): Raw {
  const labels = {
    ...(random.chance(0.7) ? { peers: 'a' } : {}),
    ...(random.chance(0.1) ? CONTROL_PLANE : {}),
    ...(isReflector ? { rr: 'yes' } : {}),
    ...(random.chance(isReflector ? 0.4 : 0.1) ? EXCLUDED : {}),
  };
  const annotations = {
    ...(random.chance(0.05) ? { 'projectcalico.org/ASNumber': '64999' } : {}),
    ...(isReflector
      ? { 'projectcalico.org/RouteReflectorClusterID': random.pick(['224.0.0.1', '224.0.0.2']) }
      : {}),
  };
  return node(name, 20 + Number(name.slice(1)), labels, annotations);
}

const randomConfiguration = (random: Random, hasReflectors: boolean): Raw =>
  object('BGPConfiguration', 'default', {
    spec: {
      nodeToNodeMeshEnabled: random.chance(hasReflectors ? 0.3 : 0.7),
      serviceLoadBalancerIPs: [
        ...(random.chance(0.85) ? [{ cidr: '192.168.5.0/24' }] : []),
        { cidr: '192.168.6.9/32' },
      ],
      ...(random.chance(0.3)
        ? {
            serviceExternalIPs: [
              { cidr: random.pick(['192.168.5.0/24', '192.168.7.0/24', '192.168.7.1/32']) },
            ],
          }
        : {}),
      serviceLoadBalancerAggregation: random.chance(0.5) ? 'Enabled' : 'Disabled',
      ...(random.chance(0.3) ? { serviceClusterIPs: [{ cidr: '10.43.0.0/16' }] } : {}),
      prefixAdvertisements: [{ cidr: '192.168.5.0/25', communities: ['64700:7'] }],
    },
  });

function randomPeers(random: Random, hasReflectors: boolean): readonly Raw[] {
  const filters = random.chance(0.4) ? ['f'] : [];
  const routerOf = hasReflectors && random.chance(0.7) ? 'has(rr)' : random.pick(['has(peers)', 'all()']);
  const asNumber = random.chance(0.2) ? 64512 : 65001;
  return [
    object('BGPPeer', 'a', {
      spec: {
        ...{ nodeSelector: routerOf, peerIP: '10.10.0.1', asNumber, filters },
        nextHopMode: random.pick(NEXT_HOP_MODES),
      },
    }),
    ...(random.chance(0.5)
      ? [object('BGPPeer', 'b', { spec: { peerIP: '10.10.0.2', asNumber: 65002, filters } })]
      : []),
    ...(hasReflectors
      ? [
          object('BGPPeer', 'to-reflectors', {
            spec: {
              ...{ nodeSelector: random.pick(['!has(rr)', 'all()']), peerSelector: 'has(rr)' },
              ...(random.chance(0.2) ? { nextHopMode: random.pick(NEXT_HOP_MODES) } : {}),
            },
          }),
        ]
      : []),
  ];
}

const randomFilter = (random: Random): Raw =>
  object('BGPFilter', 'f', {
    spec: {
      exportV4: [
        random.chance(0.5)
          ? { cidr: '192.168.5.0/24', matchOperator: 'In', source: 'RemotePeers', action: 'Reject' }
          : { cidr: '192.168.5.0/26', matchOperator: 'NotIn', action: 'Accept' },
      ],
    },
  });

const randomPool = (random: Random): Raw =>
  object('IPPool', 'p', {
    spec: {
      cidr: random.chance(0.3) ? '192.168.0.0/16' : '10.244.0.0/16',
      ...(random.chance(0.7) ? { vxlanMode: 'Always' } : {}),
    },
  });

const randomBlock = (random: Random, nodeName: string, index: number): Raw =>
  object('BlockAffinity', `b${index}`, {
    spec: {
      node: nodeName,
      cidr: random.chance(0.2) ? `192.168.5.${index * 64}/26` : `10.244.${index}.0/26`,
      state: 'confirmed',
    },
  });

function randomServices(random: Random, names: readonly string[]): readonly Raw[] {
  return Array.from({ length: 6 }, (_, index) => {
    const [service, slice] = exposedService(`s${index}`, {
      ip: random.chance(0.85)
        ? `192.168.5.${random.below(200)}`
        : random.pick(['192.168.6.9', '192.168.7.3']),
      local: random.chance(0.6),
      on: names.filter(() => random.chance(0.3)),
      ready: random.chance(0.9),
    }) as [Raw, Raw];
    const externalIPs = random.chance(0.1) ? [random.pick(['192.168.7.1', '192.168.7.2'])] : [];
    return [{ ...service, spec: { ...(service['spec'] as Raw), externalIPs } }, slice];
  }).flat();
}

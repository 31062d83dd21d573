/** Others that announce or allocate, or Calico doing neither: P10, P16, P17, P18. */
import {
  fieldsOf,
  listOf,
  mapOf,
  nameOf,
  namespaceOf,
  type Raw,
  specOf,
  textOf,
} from '../../cluster/fields.ts';
import { formatAddress } from '../../net/address.ts';
import { calicoClaims } from '../ipam.ts';
import { peerAddress } from '../objects/prefixes.ts';
import { type Check, someOf } from './check.ts';
import type { Edit, Found } from './finding.ts';
import { patchOf, refOf, refTo, serviceRef, type World } from './world.ts';

const P10: Check = {
  code: 'P10',
  needs: ['DaemonSet'],
  open: 'whether Calico runs with BGP at all',
  find({ backend }) {
    if (backend.runs !== false) return [];
    return [
      {
        severity: 'error',
        object: backend.object === null ? refTo('DaemonSet', 'calico-node') : refOf(backend.object),
        field: backend.field,
        says: `Calico does not run BGP here (${backend.because}): nothing announces any address, whatever its objects say.`,
        todo: "Install Calico with BGP (backend bird, operator: bgp: Enabled), or announce with Berth's own speaker.",
        hurts: () => true,
      },
    ];
  },
};

const imagesOf = (raw: Raw): readonly string[] =>
  listOf(fieldsOf(fieldsOf(specOf(raw)['template'])['spec'])['containers']).map((one) =>
    textOf(fieldsOf(one)['image']),
  );

/** Other programs that open BGP sessions from nodes, with the addresses that they are told to peer with. */
type Speaker = {
  readonly says: string;
  readonly image: RegExp;
  /** Kinds whose objects name peers; without one, nothing is announced and nothing dialled. */
  readonly peers: (world: World, daemonSet: Raw) => readonly string[];
  /** What keeps it from announcing, besides deleting it. */
  readonly objects: (world: World) => readonly Raw[];
};

const isMetalLB = (raw: Raw): boolean => textOf(raw['apiVersion']).startsWith('metallb.io/');
const variablesOf = (raw: Raw): readonly string[] =>
  listOf(fieldsOf(fieldsOf(specOf(raw)['template'])['spec'])['containers'])
    .flatMap((one) => listOf(fieldsOf(one)['env']))
    .map(fieldsOf)
    .filter((one) => /^bgp_(peeraddress|peers)$/.test(textOf(one['name'])))
    .flatMap((one) => textOf(one['value']).split(','))
    .map((text) => text.replace(/:\d+:.*$/, ''));

const SPEAKERS: readonly Speaker[] = [
  {
    says: "MetalLB's speaker",
    image: /metallb\/speaker/,
    peers: ({ of }) =>
      of('BGPAdvertisement').length === 0
        ? []
        : of('BGPPeer')
            .filter(isMetalLB)
            .map((raw) => textOf(specOf(raw)['peerAddress'])),
    objects: ({ of }) => of('BGPAdvertisement').filter(isMetalLB),
  },
  {
    says: 'frr-k8s',
    image: /frr-k8s/,
    peers: ({ of }) =>
      of('FRRConfiguration')
        .flatMap((raw) => listOf(fieldsOf(specOf(raw)['bgp'])['routers']))
        .flatMap((one) => listOf(fieldsOf(one)['neighbors']))
        .map((one) => textOf(fieldsOf(one)['address'])),
    objects: () => [],
  },
  {
    says: 'kube-vip',
    image: /kube-vip/,
    peers: (_, raw) => variablesOf(raw),
    objects: () => [],
  },
  {
    says: 'Cilium',
    image: /cilium/,
    peers: ({ of }) =>
      [
        ...of('CiliumBGPClusterConfig').flatMap((raw) => listOf(specOf(raw)['bgpInstances'])),
        ...of('CiliumBGPPeeringPolicy').flatMap((raw) => listOf(specOf(raw)['virtualRouters'])),
      ]
        .flatMap((one) => [...listOf(fieldsOf(one)['peers']), ...listOf(fieldsOf(one)['neighbors'])])
        .map((one) => textOf(fieldsOf(one)['peerAddress']).replace(/\/\d+$/, '')),
    objects: () => [],
  },
  {
    says: 'OpenELB',
    image: /openelb/,
    peers: ({ of }) =>
      of('BgpPeer').map((raw) => textOf(fieldsOf(fieldsOf(specOf(raw)['conf']))['neighborAddress'])),
    objects: () => [],
  },
  {
    says: "PureLB's node agent",
    image: /purelb/,
    peers: () => [],
    objects: () => [],
  },
];

const P16: Check = {
  code: 'P16',
  needs: ['DaemonSet', 'BGPPeer'],
  open: 'whether another BGP speaker peers with the same router',
  find(world) {
    const ours = new Set(
      world.picture.cluster.peers.flatMap(({ peerIP }) => {
        const end = peerAddress(peerIP);
        return end === null ? [] : [formatAddress(end.address)];
      }),
    );
    return world.of('DaemonSet').flatMap((raw): readonly Found[] => {
      const speaker = SPEAKERS.find(({ image }) => imagesOf(raw).some((one) => image.test(one)));
      const shared = speaker?.peers(world, raw).filter((one) => ours.has(one)) ?? [];
      if (speaker === undefined || shared.length === 0) return [];
      const where = `${namespaceOf(raw)}/${nameOf(raw)}`;
      const objects = speaker.objects(world);
      return [
        {
          severity: 'warning',
          object: refOf(raw),
          field: '',
          says: `${speaker.says} (DaemonSet ${where}) and Calico both open a BGP session from each node to ${someOf([...new Set(shared)])}: a router keeps one session per pair of addresses, so the two displace each other.`,
          todo: "Let one of them announce: delete the other's peers or advertisements, or the DaemonSet.",
          fix:
            objects.length > 0
              ? objects.map((one): Edit => ({ do: 'delete', object: refOf(one) }))
              : [{ do: 'delete', object: refOf(raw) }],
        },
      ];
    });
  },
};

const P17: Check = {
  code: 'P17',
  needs: ['Deployment'],
  open: "whether MetalLB's controller still runs",
  find: (world) =>
    world.of('Deployment').flatMap((raw): readonly Found[] => {
      const runs = specOf(raw)['replicas'] !== 0;
      if (!runs || !imagesOf(raw).some((image) => /metallb\/controller/.test(image))) return [];
      return [
        {
          severity: 'warning',
          object: refOf(raw),
          field: 'spec.replicas',
          says: `MetalLB's controller (Deployment ${namespaceOf(raw)}/${nameOf(raw)}) runs and assigns addresses from the same pools to the same Services as Berth's: two allocators are active, and they can give one address twice.`,
          todo: `Let one of them assign: kubectl scale deployment ${nameOf(raw)} -n ${namespaceOf(raw)} --replicas=0`,
          fix: [patchOf(refOf(raw), { spec: { replicas: 0 } })],
        },
      ];
    }),
};

const P18: Check = {
  code: 'P18',
  needs: ['IPPool', 'Service'],
  open: "whether Calico's own allocator assigns addresses, too",
  find(world) {
    const { behaviour, pools } = world.picture.cluster;
    const configuration =
      world.of('KubeControllersConfiguration').find((raw) => nameOf(raw) === 'default') ?? null;
    const claims = calicoClaims(behaviour, pools, configuration);
    if (claims === null) return [];
    const claimed = world
      .of('Service')
      .filter((raw) => textOf(specOf(raw)['type']) === 'LoadBalancer' && claims.takes(raw));
    if (claimed.length === 0) return [];
    const keys = claimed.map((raw) => `${namespaceOf(raw)}/${nameOf(raw)}`);
    return [
      {
        severity: 'error',
        object: refTo('KubeControllersConfiguration', 'default'),
        field: 'spec.controllers.loadBalancer.assignIPs',
        says: `Calico's own LoadBalancer controller (${claims.mode}, IPPool ${claims.pools.join(', ')}) also assigns addresses to ${keys.length > 1 ? `${keys.length} Services` : 'Service'} ${someOf(keys)}: each allocator overwrites the other's.`,
        todo:
          claims.mode === 'AllServices'
            ? 'Set assignIPs: RequestedServicesOnly, or give the Services a loadBalancerClass.'
            : 'Take the projectcalico.org annotations off the Services, or leave these Services to Calico.',
        fix:
          claims.mode === 'AllServices'
            ? [
                patchOf(refTo('KubeControllersConfiguration', 'default'), {
                  spec: { controllers: { loadBalancer: { assignIPs: 'RequestedServicesOnly' } } },
                }),
              ]
            : claimed.map((raw) => patchOf(refOf(raw), { metadata: { annotations: unclaimed(raw) } })),
        concerns: keys.map(serviceRef),
      },
    ];
  },
};

const unclaimed = (raw: Raw): Raw =>
  Object.fromEntries(
    Object.keys(mapOf(fieldsOf(raw['metadata'])['annotations']))
      .filter((name) => name.startsWith('projectcalico.org/'))
      .map((name) => [name, null]),
  );

export const OTHERS: readonly Check[] = [P10, P16, P17, P18];

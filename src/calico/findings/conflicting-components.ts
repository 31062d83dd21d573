/** Others that announce or allocate, or Calico doing neither: P10, P16, P17, P18. */

import { fieldsOf, listOf, mapOf, type Raw, textOf } from '../../base/json.ts';
import { formatAddress } from '../../net/address.ts';
import { nameOf, namespaceOf, specOf } from '../../objects/metadata.ts';
import { isClaimed, readIpamClaims, toClaimableService } from '../objects/load-balancer-ipam.ts';
import { readPeerAddress } from '../objects/prefixes.ts';
import { abbreviateList, type DiagnosticCheck } from './check.ts';
import type { CheckResult, ObjectEdit } from './finding.ts';
import { type ClusterSnapshot, makeRef, objectRefOf, patchOf, serviceRef } from './snapshot.ts';

const P10: DiagnosticCheck = {
  code: 'P10',
  needs: ['DaemonSet'],
  question: 'whether Calico runs with BGP at all',
  find({ backend }) {
    if (backend.isRunning !== false) return [];
    return [
      {
        severity: 'error',
        object: backend.object === null ? makeRef('DaemonSet', 'calico-node') : objectRefOf(backend.object),
        field: backend.field,
        problem: `Calico does not run BGP here (${backend.because}): nothing announces any address, whatever its objects say.`,
        remedy:
          "Install Calico with BGP (backend bird, operator: bgp: Enabled), or announce with Berth's own speaker.",
        explains: () => true,
      },
    ];
  },
};

const imagesOf = (raw: Raw): readonly string[] =>
  listOf(fieldsOf(fieldsOf(specOf(raw)['template'])['spec'])['containers']).map((one) =>
    textOf(fieldsOf(one)['image']),
  );

/** Other programs that open BGP sessions from nodes, with the addresses that they are told to peer with. */
type OtherSpeaker = {
  readonly name: string;
  readonly image: RegExp;
  /** Kinds whose objects name peers; without one, nothing is announced and nothing dialled. */
  readonly peers: (snapshot: ClusterSnapshot, daemonSet: Raw) => readonly string[];
  /** What keeps it from announcing, besides deleting it. */
  readonly objects: (snapshot: ClusterSnapshot) => readonly Raw[];
};

const isMetalLB = (raw: Raw): boolean => textOf(raw['apiVersion']).startsWith('metallb.io/');
const kubeVipPeers = (raw: Raw): readonly string[] =>
  listOf(fieldsOf(fieldsOf(specOf(raw)['template'])['spec'])['containers'])
    .flatMap((one) => listOf(fieldsOf(one)['env']))
    .map(fieldsOf)
    .filter((one) => /^bgp_(peeraddress|peers)$/.test(textOf(one['name'])))
    .flatMap((one) => textOf(one['value']).split(','))
    .map((text) => text.replace(/:\d+:.*$/, ''));

const OTHER_SPEAKERS: readonly OtherSpeaker[] = [
  {
    name: "MetalLB's speaker",
    image: /metallb\/speaker/,
    peers: ({ objectsOf }) =>
      objectsOf('BGPAdvertisement').length === 0
        ? []
        : objectsOf('BGPPeer')
            .filter(isMetalLB)
            .map((raw) => textOf(specOf(raw)['peerAddress'])),
    objects: ({ objectsOf }) => objectsOf('BGPAdvertisement').filter(isMetalLB),
  },
  {
    name: 'frr-k8s',
    image: /frr-k8s/,
    peers: ({ objectsOf }) =>
      objectsOf('FRRConfiguration')
        .flatMap((raw) => listOf(fieldsOf(specOf(raw)['bgp'])['routers']))
        .flatMap((one) => listOf(fieldsOf(one)['neighbors']))
        .map((one) => textOf(fieldsOf(one)['address'])),
    objects: () => [],
  },
  {
    name: 'kube-vip',
    image: /kube-vip/,
    peers: (_, raw) => kubeVipPeers(raw),
    objects: () => [],
  },
  {
    name: 'Cilium',
    image: /cilium/,
    peers: ({ objectsOf }) =>
      [
        ...objectsOf('CiliumBGPClusterConfig').flatMap((raw) => listOf(specOf(raw)['bgpInstances'])),
        ...objectsOf('CiliumBGPPeeringPolicy').flatMap((raw) => listOf(specOf(raw)['virtualRouters'])),
      ]
        .flatMap((one) => [...listOf(fieldsOf(one)['peers']), ...listOf(fieldsOf(one)['neighbors'])])
        .map((one) => textOf(fieldsOf(one)['peerAddress']).replace(/\/\d+$/, '')),
    objects: () => [],
  },
  {
    name: 'OpenELB',
    image: /openelb/,
    peers: ({ objectsOf }) =>
      objectsOf('BgpPeer').map((raw) => textOf(fieldsOf(fieldsOf(specOf(raw)['conf']))['neighborAddress'])),
    objects: () => [],
  },
  {
    name: "PureLB's node agent",
    image: /purelb/,
    peers: () => [],
    objects: () => [],
  },
];

const P16: DiagnosticCheck = {
  code: 'P16',
  needs: ['DaemonSet', 'BGPPeer'],
  question: 'whether another BGP speaker peers with the same router',
  find(snapshot) {
    const calicoPeers = new Set(
      snapshot.converged.cluster.peers.flatMap(({ peerIP }) => {
        const remote = readPeerAddress(peerIP);
        return remote === null ? [] : [formatAddress(remote.address)];
      }),
    );
    return snapshot.objectsOf('DaemonSet').flatMap((raw): readonly CheckResult[] => {
      const speaker = OTHER_SPEAKERS.find(({ image }) => imagesOf(raw).some((one) => image.test(one)));
      const shared = speaker?.peers(snapshot, raw).filter((one) => calicoPeers.has(one)) ?? [];
      if (speaker === undefined || shared.length === 0) return [];
      const where = `${namespaceOf(raw)}/${nameOf(raw)}`;
      const objects = speaker.objects(snapshot);
      return [
        {
          severity: 'warning',
          object: objectRefOf(raw),
          field: '',
          problem: `${speaker.name} (DaemonSet ${where}) and Calico both open a BGP session from each node to ${abbreviateList([...new Set(shared)])}: a router keeps one session per pair of addresses, so the two displace each other.`,
          remedy: "Let one of them announce: delete the other's peers or advertisements, or the DaemonSet.",
          edits:
            objects.length > 0
              ? objects.map((one): ObjectEdit => ({ do: 'delete', object: objectRefOf(one) }))
              : [{ do: 'delete', object: objectRefOf(raw) }],
        },
      ];
    });
  },
};

const P17: DiagnosticCheck = {
  code: 'P17',
  needs: ['Deployment'],
  question: "whether MetalLB's controller still runs",
  find: (snapshot) =>
    snapshot.objectsOf('Deployment').flatMap((raw): readonly CheckResult[] => {
      const runs = specOf(raw)['replicas'] !== 0;
      if (!runs || !imagesOf(raw).some((image) => /metallb\/controller/.test(image))) return [];
      return [
        {
          severity: 'warning',
          object: objectRefOf(raw),
          field: 'spec.replicas',
          problem: `MetalLB's controller (Deployment ${namespaceOf(raw)}/${nameOf(raw)}) runs and assigns addresses from the same pools to the same Services as Berth's: two allocators are active, and they can give one address twice.`,
          remedy: `Let one of them assign: kubectl scale deployment ${nameOf(raw)} -n ${namespaceOf(raw)} --replicas=0`,
          edits: [patchOf(objectRefOf(raw), { spec: { replicas: 0 } })],
        },
      ];
    }),
};

const P18: DiagnosticCheck = {
  code: 'P18',
  needs: ['IPPool', 'Service'],
  question: "whether Calico's own allocator assigns addresses, too",
  find(snapshot) {
    const { behaviour, pools } = snapshot.converged.cluster;
    const configuration =
      snapshot.objectsOf('KubeControllersConfiguration').find((raw) => nameOf(raw) === 'default') ?? null;
    const claims = readIpamClaims(behaviour, pools, configuration);
    if (claims === null) return [];
    const claimed = snapshot
      .objectsOf('Service')
      .filter(
        (raw) => textOf(specOf(raw)['type']) === 'LoadBalancer' && isClaimed(claims, toClaimableService(raw)),
      );
    if (claimed.length === 0) return [];
    const keys = claimed.map((raw) => `${namespaceOf(raw)}/${nameOf(raw)}`);
    return [
      {
        severity: 'error',
        object: makeRef('KubeControllersConfiguration', 'default'),
        field: 'spec.controllers.loadBalancer.assignIPs',
        problem: `Calico's own LoadBalancer controller (${claims.mode}, IPPool ${claims.pools.join(', ')}) also assigns addresses to ${keys.length > 1 ? `${keys.length} Services` : 'Service'} ${abbreviateList(keys)}: each allocator overwrites the other's.`,
        remedy:
          claims.mode === 'AllServices'
            ? 'Set assignIPs: RequestedServicesOnly, or give the Services a loadBalancerClass.'
            : 'Take the projectcalico.org annotations off the Services, or leave these Services to Calico.',
        edits:
          claims.mode === 'AllServices'
            ? [
                patchOf(makeRef('KubeControllersConfiguration', 'default'), {
                  spec: { controllers: { loadBalancer: { assignIPs: 'RequestedServicesOnly' } } },
                }),
              ]
            : claimed.map((raw) =>
                patchOf(objectRefOf(raw), { metadata: { annotations: removeCalicoAnnotations(raw) } }),
              ),
        concerns: keys.map(serviceRef),
      },
    ];
  },
};

const removeCalicoAnnotations = (raw: Raw): Raw =>
  Object.fromEntries(
    Object.keys(mapOf(fieldsOf(raw['metadata'])['annotations']))
      .filter((name) => name.startsWith('projectcalico.org/'))
      .map((name) => [name, null]),
  );

export const CONFLICT_CHECKS: readonly DiagnosticCheck[] = [P10, P16, P17, P18];

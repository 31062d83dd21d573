/** Checks of components that announce or allocate beside Calico, and of Calico without BGP: P10, P16, P17, P18. */

import { fieldsOf, listOf, type Raw, textOf } from '../../base/json.ts';
import { inflect, listSome } from '../../base/text.ts';
import type { ObjectEdit } from '../../findings/finding.ts';
import { formatAddress } from '../../net/address.ts';
import { CALICO_REQUEST_ANNOTATIONS } from '../../objects/annotations.ts';
import { nameOf, namespaceOf, specOf } from '../../objects/metadata.ts';
import { containersOf, findMetallbContainer } from '../../objects/metallb-program.ts';
import { isClaimed, readIpamClaims } from '../objects/load-balancer-ipam.ts';
import { readPeerAddress } from '../objects/prefixes.ts';
import type { DiagnosticCheck } from './check.ts';
import type { CheckResult } from './finding.ts';
import { type ClusterSnapshot, makeRef, objectRefOf, patchOf, serviceRef } from './snapshot.ts';

const P10: DiagnosticCheck = {
  code: 'P10',
  needs: [],
  needsAll: ['DaemonSet'],
  question: 'whether Calico runs with BGP',
  find({ backend }) {
    if (backend.isRunning !== false) return [];
    return [
      {
        severity: 'error',
        object: backend.object === null ? makeRef('DaemonSet', 'calico-node') : objectRefOf(backend.object),
        field: backend.field,
        problem: `Calico announces no address, whatever its objects contain, since it runs without BGP (${backend.because}).`,
        remedy:
          "Install Calico with BGP (backend bird, operator: bgp: Enabled), or announce with Berth's speakers.",
        explains: () => true,
      },
    ];
  },
};

const hasImage = (raw: Raw, image: RegExp): boolean =>
  containersOf(raw).some((one) => image.test(textOf(one['image'])));

/** A program that opens BGP sessions from nodes, with the addresses that it is configured to peer with. */
type OtherSpeaker = {
  readonly name: string;
  readonly runsIn: (workload: Raw) => boolean;
  /** Addresses of its peers. */
  readonly peers: (snapshot: ClusterSnapshot, daemonSet: Raw) => readonly string[];
  /** Objects whose deletion stops its announcements; empty where only the DaemonSet does. */
  readonly objects: (snapshot: ClusterSnapshot) => readonly Raw[];
};

const kubeVipPeers = (raw: Raw): readonly string[] =>
  containersOf(raw)
    .flatMap((one) => listOf(one['env']))
    .map(fieldsOf)
    .filter((one) => /^bgp_(peeraddress|peers)$/.test(textOf(one['name'])))
    .flatMap((one) => textOf(one['value']).split(','))
    .map((text) => text.replace(/:\d+:.*$/, ''));

const OTHER_SPEAKERS: readonly OtherSpeaker[] = [
  {
    name: "MetalLB's speaker",
    runsIn: (raw) => findMetallbContainer(raw, 'speaker') !== null,
    peers: ({ objectsOf }) =>
      objectsOf('BGPAdvertisement').length === 0
        ? []
        : objectsOf('BGPPeer.metallb.io').map((raw) => textOf(specOf(raw)['peerAddress'])),
    objects: ({ objectsOf }) => objectsOf('BGPAdvertisement'),
  },
  {
    name: 'frr-k8s',
    runsIn: (raw) => hasImage(raw, /frr-k8s/),
    peers: ({ objectsOf }) =>
      objectsOf('FRRConfiguration')
        .flatMap((raw) => listOf(fieldsOf(specOf(raw)['bgp'])['routers']))
        .flatMap((one) => listOf(fieldsOf(one)['neighbors']))
        .map((one) => textOf(fieldsOf(one)['address'])),
    objects: () => [],
  },
  {
    name: 'kube-vip',
    runsIn: (raw) => hasImage(raw, /kube-vip/),
    peers: (_, raw) => kubeVipPeers(raw),
    objects: () => [],
  },
  {
    name: 'Cilium',
    runsIn: (raw) => hasImage(raw, /cilium/),
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
    runsIn: (raw) => hasImage(raw, /openelb/),
    peers: ({ objectsOf }) =>
      objectsOf('BgpPeer').map((raw) => textOf(fieldsOf(fieldsOf(specOf(raw)['conf']))['neighborAddress'])),
    objects: () => [],
  },
  {
    name: "PureLB's node agent",
    runsIn: (raw) => hasImage(raw, /purelb/),
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
      const speaker = OTHER_SPEAKERS.find(({ runsIn }) => runsIn(raw));
      const shared = speaker?.peers(snapshot, raw).filter((one) => calicoPeers.has(one)) ?? [];
      if (speaker === undefined || shared.length === 0) return [];
      const where = `${namespaceOf(raw)}/${nameOf(raw)}`;
      const objects = speaker.objects(snapshot);
      return [
        {
          severity: 'warning',
          object: objectRefOf(raw),
          field: '',
          problem: `BGP sessions with ${listSome([...new Set(shared)])} displace each other: ${speaker.name} (DaemonSet ${where}) and Calico both open them. A router keeps one session per pair of addresses.`,
          remedy: "Let one of them announce: delete the other's peers or advertisements, or its DaemonSet.",
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
      if (!runs || findMetallbContainer(raw, 'controller') === null) return [];
      return [
        {
          severity: 'warning',
          object: objectRefOf(raw),
          field: 'spec.replicas',
          problem: `Two allocators can assign one address twice. MetalLB's controller (Deployment ${namespaceOf(raw)}/${nameOf(raw)}) serves the same pools and Services as Berth's.`,
          remedy: `Stop one of them: kubectl scale deployment ${nameOf(raw)} -n ${namespaceOf(raw)} --replicas=0`,
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
    const claimed = snapshot.services.filter(
      (service) => service.type === 'LoadBalancer' && isClaimed(claims, service),
    );
    if (claimed.length === 0) return [];
    const keys = claimed.map(({ key }) => key);
    return [
      {
        severity: 'error',
        object: makeRef('KubeControllersConfiguration', 'default'),
        field: 'spec.controllers.loadBalancer.assignIPs',
        problem: `Two allocators overwrite each other's addresses of ${inflect(keys.length, 'Service', `${keys.length} Services`)} ${listSome(keys)}. Calico's LoadBalancer controller (${claims.mode}, IPPool ${listSome(claims.pools)}) serves them, too.`,
        remedy:
          claims.mode === 'AllServices'
            ? 'Set assignIPs: RequestedServicesOnly, or give the Services a loadBalancerClass.'
            : 'Remove the projectcalico.org annotations from the Services, or leave these Services to Calico.',
        edits:
          claims.mode === 'AllServices'
            ? [
                patchOf(makeRef('KubeControllersConfiguration', 'default'), {
                  spec: { controllers: { loadBalancer: { assignIPs: 'RequestedServicesOnly' } } },
                }),
              ]
            : claimed.map(({ key, annotations }) =>
                patchOf(serviceRef(key), { metadata: { annotations: withoutRequests(annotations) } }),
              ),
        concerns: keys.map(serviceRef),
      },
    ];
  },
};

/** The patch that removes the annotations by which a Service requests an address from Calico. */
const withoutRequests = (annotations: Readonly<Record<string, string>>): Raw =>
  Object.fromEntries(
    CALICO_REQUEST_ANNOTATIONS.filter((name) => Object.hasOwn(annotations, name)).map((name) => [name, null]),
  );

export const CONFLICT_CHECKS: readonly DiagnosticCheck[] = [P10, P16, P17, P18];

/** Checks of host routes that wrong nodes announce, or that break the nodes themselves: P4, P5, P7, P8. */
import { listOf } from '../../base/json.ts';
import { formatPrefix, prefixContains } from '../../net/prefix.ts';
import { specOf } from '../../objects/metadata.ts';
import { routerFamily } from '../cluster/converged-cluster.ts';
import { wideRanges } from '../confd/service-ranges.ts';
import { coversPrefix, isSingle, type RangeEntry } from '../objects/prefixes.ts';
import type { CalicoService } from '../objects/services.ts';
import type { AssignedAddress } from './assigned-addresses.ts';
import { abbreviateList, type DiagnosticCheck } from './check.ts';
import type { CheckResult, ObjectEdit } from './finding.ts';
import { peerRef } from './peers.ts';
import {
  type ClusterSnapshot,
  configure,
  creationOf,
  DEFAULT_CONFIGURATION,
  defaultSpec,
  findObject,
  makeRef,
  patchOf,
  serviceRef,
} from './snapshot.ts';

/** Nodes with an endpoint that Calico counts for the Service. */
export function endpointNodes(snapshot: ClusterSnapshot, service: CalicoService): ReadonlySet<string> {
  const { slices, behaviour } = snapshot.converged.cluster;
  const countedSlices = (slices.get(service.key) ?? []).filter(({ addressType }) =>
    service.families.includes(addressType),
  );
  return new Set(
    countedSlices.flatMap(({ endpoints }) =>
      endpoints.filter(({ isReady }) => isReady || !behaviour.needsReadiness).map(({ node }) => node),
    ),
  );
}

type Leak = {
  readonly assigned: AssignedAddress;
  readonly router: string;
  readonly leakingNodes: readonly string[];
  readonly as: number;
};

/** Addresses of Local Services whose traffic routers send to nodes without an endpoint. */
function findLeaks(snapshot: ClusterSnapshot): readonly Leak[] {
  const { routers, longestMatch } = snapshot.converged;
  return snapshot.assigned.flatMap((assigned) => {
    if (!assigned.services.every(({ isLocal }) => isLocal)) return [];
    const endpointNodeNames = new Set(assigned.services.flatMap((one) => [...endpointNodes(snapshot, one)]));
    return routers.flatMap((router): readonly Leak[] => {
      if (routerFamily(router) !== assigned.address.family) return [];
      const route = longestMatch(router, assigned.address);
      if (route === null || !isSingle(route.prefix)) return [];
      // Traffic goes to the next hop, which is not the sender where next hops are kept.
      const leakingNodes = route.nextHops
        .map(({ node }) => node)
        .filter((name) => !endpointNodeNames.has(name));
      return leakingNodes.length === 0
        ? []
        : [{ assigned, router: router.name, leakingNodes: leakingNodes, as: router.as }];
    });
  });
}

const FILTER_NAME = 'own-service-routes-only';

const P4: DiagnosticCheck = {
  code: 'P4',
  needs: ['BGPConfiguration', 'BGPPeer', 'Node', 'Service', 'EndpointSlice'],
  question: 'whether nodes without an endpoint re-advertise addresses of Local Services',
  find(snapshot) {
    const found = findLeaks(snapshot);
    if (found.length === 0) return [];
    const { aggregation } = snapshot.converged.cluster.configuration;
    const services = [...new Set(found.flatMap(({ assigned }) => assigned.services.map(({ key }) => key)))];
    const [first] = found;
    return [
      {
        severity: 'error',
        object: DEFAULT_CONFIGURATION,
        field: aggregation ? 'spec.nodeToNodeMeshEnabled' : 'spec.serviceLoadBalancerIPs',
        problem: `${services.length > 1 ? 'Services' : 'Service'} ${abbreviateList(services)} ${services.length > 1 ? 'are' : 'is'} Local, but ${abbreviateList(first?.leakingNodes ?? [])} without an endpoint ${(first?.leakingNodes.length ?? 0) > 1 ? 'pass' : 'passes'} ${first?.assigned.text} on to ${first?.router}, learned from the other nodes: requests that go there are dropped.`,
        remedy: `Add a BGPFilter to the peers that rejects routes learned from other nodes, turn the mesh off${aggregation ? ', or set serviceLoadBalancerAggregation: Disabled' : ''}.`,
        edits: filterEdits(snapshot),
        concerns: services.map(serviceRef),
        mentioned: found.map(({ assigned }) => assigned.text),
      },
    ];
  },
};

/** A BGPFilter that rejects routes learned from other nodes, on every BGPPeer with the address of a router. */
export function filterEdits(snapshot: ClusterSnapshot): readonly ObjectEdit[] {
  const { cluster } = snapshot.converged;
  const rejectRule = (entry: RangeEntry): readonly unknown[] =>
    entry.prefix === null
      ? []
      : [{ cidr: formatPrefix(entry.prefix), matchOperator: 'In', source: 'RemotePeers', action: 'Reject' }];
  const rulesOf = (family: 4 | 6) =>
    cluster.configuration.loadBalancerIPs
      .filter(({ prefix }) => prefix?.family === family)
      .flatMap(rejectRule);
  const lists = { exportV4: rulesOf(4), exportV6: rulesOf(6) };
  const spec = Object.fromEntries(Object.entries(lists).filter(([, rules]) => rules.length > 0));
  return [
    creationOf({
      apiVersion: 'projectcalico.org/v3',
      kind: 'BGPFilter',
      metadata: { name: FILTER_NAME },
      spec,
    }),
    ...cluster.peers
      .filter(({ peerIP }) => peerIP !== '')
      .map(({ name, filters }) => patchOf(peerRef(name), { spec: { filters: [FILTER_NAME, ...filters] } })),
  ];
}

const P5: DiagnosticCheck = {
  code: 'P5',
  needs: ['BGPConfiguration'],
  question: 'whether nodes drop the traffic of their own processes to Services',
  find(snapshot) {
    const { configuration, pools } = snapshot.converged.cluster;
    const { aggregation, loadBalancerIPs } = configuration;
    const coveringRanges = [
      ...(aggregation ? wideRanges(loadBalancerIPs) : []),
      ...pools.filter(({ vxlan }) => vxlan).map(({ range }) => range),
    ];
    const uncovered = loadBalancerIPs.filter(
      ({ prefix }) =>
        prefix !== null &&
        (!aggregation || isSingle(prefix)) &&
        !coveringRanges.some(({ prefix: outer }) => outer !== null && coversPrefix(outer, prefix)),
    );
    if (uncovered.length === 0) return [];
    const affected = snapshot.assigned.filter(({ address }) =>
      uncovered.some(({ prefix }) => prefix !== null && prefixContains(prefix, address)),
    );
    return [
      {
        severity: 'warning',
        object: DEFAULT_CONFIGURATION,
        field: aggregation ? 'spec.serviceLoadBalancerIPs' : 'spec.serviceLoadBalancerAggregation',
        problem: `Processes on the host network of announcing nodes (kubelet, container runtime) cannot reach single addresses in ${abbreviateList(uncovered.map(({ text }) => text))}. Kernel routes of these nodes drop the traffic; pods and clients are not affected.`,
        remedy: aggregation
          ? 'If such processes need the Service, list a range that contains the address.'
          : 'If such processes need the Services, set serviceLoadBalancerAggregation: Enabled, with a BGPFilter against routes of other nodes.',
        edits: aggregation ? listPairRanges(snapshot, uncovered) : enableAggregation(snapshot),
        mentioned: affected.map(({ text }) => text),
      },
    ];
  },
};

/** Adds the pair around each single address, so that BIRD keeps the host route out of the kernel. */
const listPairRanges = (snapshot: ClusterSnapshot, singles: readonly RangeEntry[]): readonly ObjectEdit[] => [
  configure(snapshot, {
    serviceLoadBalancerIPs: [
      ...listOf(defaultSpec(snapshot)['serviceLoadBalancerIPs']),
      ...singles.flatMap(({ prefix }) => {
        if (prefix === null) return [];
        const pair = { ...prefix, bits: prefix.bits & ~1n, length: prefix.length - 1 };
        return [{ cidr: formatPrefix(pair) }];
      }),
    ],
  }),
];

const enableAggregation = (snapshot: ClusterSnapshot): readonly ObjectEdit[] => [
  configure(snapshot, { serviceLoadBalancerAggregation: 'Enabled' }),
  ...(snapshot.converged.cluster.configuration.mesh ? filterEdits(snapshot) : []),
];

const P7: DiagnosticCheck = {
  code: 'P7',
  needs: ['BGPConfiguration', 'ClusterInformation'],
  question: 'whether this version of Calico announces entries for single addresses',
  find(snapshot) {
    const { configuration, behaviour } = snapshot.converged.cluster;
    if (behaviour.matchesStatus || !configuration.aggregation) return [];
    const { ranges } = snapshot.converged;
    const wide = wideRanges(configuration.loadBalancerIPs);
    const single = configuration.loadBalancerIPs.filter(
      ({ prefix }) =>
        prefix !== null &&
        isSingle(prefix) &&
        !wide.some(({ prefix: outer }) => outer !== null && coversPrefix(outer, prefix)),
    );
    const within = ({ address }: AssignedAddress): boolean =>
      single.some(({ prefix }) => prefix !== null && prefixContains(prefix, address));
    const affected = snapshot.assigned.filter(
      (one) =>
        within(one) &&
        one.services.every(
          ({ isLocal, loadBalancerIP }) =>
            !isLocal && (loadBalancerIP === null || !ranges.isSingleLoadBalancer(loadBalancerIP)),
        ),
    );
    const isUsed = snapshot.assigned.some(within);
    if (single.length === 0 || (isUsed && affected.length === 0)) return [];
    return [
      {
        severity: 'error',
        object: DEFAULT_CONFIGURATION,
        field: 'spec.serviceLoadBalancerIPs',
        problem: `Calico does not announce single-address entries (${abbreviateList(single.map(({ text }) => text))}) for addresses in the status of a Service. This version compares them with spec.loadBalancerIP alone.`,
        remedy: 'Upgrade Calico to 3.30.7, 3.31.5 or 3.32, or list a range that contains the address.',
        edits: listPairRanges(snapshot, single),
        concerns: affected.flatMap(({ services }) => services.map(({ key }) => serviceRef(key))),
        explains: ({ address, isListed }) => isListed && affected.some(({ text }) => text === address),
      },
    ];
  },
};

/** The first version of each minor that checks readiness again. */
const FIXED_VERSIONS = { 31: 'v3.31.7', 32: 'v3.32.2' } as const;

const P8: DiagnosticCheck = {
  code: 'P8',
  needs: ['ClusterInformation', 'Service'],
  question: 'whether this version of Calico announces endpoints that are not ready',
  find(snapshot): readonly CheckResult[] {
    const { behaviour, services, version } = snapshot.converged.cluster;
    if (behaviour.needsReadiness) return [];
    const isLocal = [...services.values()].filter((one) => one.type === 'LoadBalancer' && one.isLocal);
    if (isLocal.length === 0) return [];
    const fixedVersion = version?.[1] === 31 ? FIXED_VERSIONS[31] : FIXED_VERSIONS[32];
    const daemonSet = snapshot
      .objectsOf('DaemonSet')
      .some((raw) => findObject(snapshot, 'DaemonSet', 'calico-node') === raw);
    return [
      {
        severity: 'warning',
        object: makeRef('ClusterInformation', 'default'),
        field: 'spec.calicoVersion',
        problem: `Requests to Local Services (${abbreviateList(isLocal.map(({ key }) => key))}) can reach pods that are not ready. Calico v${version?.join('.')} announces them from nodes of such pods, too.`,
        remedy: `Upgrade Calico to ${fixedVersion} or later.`,
        edits: daemonSet ? [upgradeEdit(snapshot, fixedVersion)] : [],
        concerns: isLocal.map(({ key }) => serviceRef(key)),
      },
    ];
  },
};

function upgradeEdit(snapshot: ClusterSnapshot, toVersion: string): ObjectEdit {
  const raw = findObject(snapshot, 'DaemonSet', 'calico-node');
  const template = specOf(raw)['template'] as { spec?: { containers?: { name?: string; image?: string }[] } };
  const image = template.spec?.containers?.find(({ name }) => name === 'calico-node')?.image ?? 'calico/node';
  const containers = [{ name: 'calico-node', image: `${image.replace(/:[^:/]*$/, '')}:${toVersion}` }];
  const ref = makeRef(
    'DaemonSet',
    'calico-node',
    String((raw['metadata'] as { namespace?: string }).namespace ?? snapshot.namespace),
  );
  return patchOf(ref, { spec: { template: { spec: { containers } } } });
}

export const NODE_ANNOUNCEMENT_CHECKS: readonly DiagnosticCheck[] = [P4, P5, P7, P8];

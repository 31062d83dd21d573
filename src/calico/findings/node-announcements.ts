/** Checks of host routes that break the announcing nodes themselves, or depend on the version: P5, P7, P8. */

import { listOf } from '../../base/json.ts';
import { listSome } from '../../base/text.ts';
import type { ObjectEdit } from '../../findings/finding.ts';
import { formatPrefix, prefixContains } from '../../net/prefix.ts';
import { wideRanges } from '../confd/service-ranges.ts';
import { coversPrefix, isSingle, type RangeEntry } from '../objects/prefixes.ts';
import type { AssignedAddress } from './assigned-addresses.ts';
import type { DiagnosticCheck } from './check.ts';
import type { CheckResult } from './finding.ts';
import { filterEdits } from './local-leaks.ts';
import {
  type ClusterSnapshot,
  configure,
  DEFAULT_CONFIGURATION,
  defaultSpec,
  makeRef,
  serviceRef,
} from './snapshot.ts';
import { FIXED_VERSIONS, upgradeEdits } from './upgrades.ts';

const P5: DiagnosticCheck = {
  code: 'P5',
  needs: ['BGPConfiguration'],
  question: 'whether nodes drop the traffic of their own processes to Services',
  find(snapshot) {
    const { configuration, pools } = snapshot.converged.cluster;
    const { aggregation, loadBalancerIPs } = configuration;
    const coveringRanges = [
      ...snapshot.converged.ranges.aggregated,
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
        problem: `Processes on the host network of announcing nodes (kubelet, container runtime) cannot reach single addresses in ${listSome(uncovered.map(({ text }) => text))}. Kernel routes of these nodes drop the traffic; pods and clients are not affected.`,
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
        problem: `Calico does not announce single-address entries (${listSome(single.map(({ text }) => text))}) for addresses in the status of a Service. This version compares them with spec.loadBalancerIP alone.`,
        remedy: 'Upgrade Calico to 3.30.7, 3.31.5 or 3.32, or list a range that contains the address.',
        edits: listPairRanges(snapshot, single),
        concerns: affected.flatMap(({ services }) => services.map(({ key }) => serviceRef(key))),
        explains: ({ address, isListed }) => isListed && affected.some(({ text }) => text === address),
      },
    ];
  },
};

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
    return [
      {
        severity: 'warning',
        object: makeRef('ClusterInformation', 'default'),
        field: 'spec.calicoVersion',
        problem: `Requests to Local Services (${listSome(isLocal.map(({ key }) => key))}) can reach pods that are not ready. Calico v${version?.join('.')} announces them from nodes of such pods, too.`,
        remedy: `Upgrade Calico to ${fixedVersion} or later.`,
        edits: upgradeEdits(snapshot, fixedVersion),
        concerns: isLocal.map(({ key }) => serviceRef(key)),
      },
    ];
  },
};

export const NODE_ANNOUNCEMENT_CHECKS: readonly DiagnosticCheck[] = [P5, P7, P8];

/** Checks of ranges of ClusterIPs: P6, and P50 about the environment of calico-node. */
import { CLUSTER_IPS_VARIABLE, readVariable } from '../confd/range-lists.ts';
import { configuredClusterIPs } from './calico-installation.ts';
import type { DiagnosticCheck } from './check.ts';
import type { CheckResult } from './finding.ts';
import {
  type ClusterSnapshot,
  configure,
  DEFAULT_CONFIGURATION,
  findObject,
  objectRefOf,
} from './snapshot.ts';

const P6: DiagnosticCheck = {
  code: 'P6',
  needs: ['BGPConfiguration'],
  question: 'whether every ClusterIP is announced as a host route',
  find(snapshot) {
    const { cluster, ranges } = snapshot.converged;
    const { configuration, services } = cluster;
    if (configuration.aggregation || ranges.clusterIPs.length === 0) return [];
    const count = [...services.values()].filter(({ clusterIPs }) => clusterIPs.length > 0).length;
    const clusterIPs = count === 0 ? 'every ClusterIP' : `about ${count} ClusterIPs`;
    const isListed = configuration.clusterIPs.length > 0 && ranges.evenIfExcluded.length === 0;
    return [
      {
        severity: 'warning',
        object: DEFAULT_CONFIGURATION,
        field: isListed ? 'spec.serviceClusterIPs' : 'spec.serviceLoadBalancerAggregation',
        problem: `Every node announces a host route for ${clusterIPs}. With serviceLoadBalancerAggregation Disabled any range of ClusterIPs does this, whatever it is.`,
        remedy: isListed
          ? 'Remove serviceClusterIPs, or set serviceLoadBalancerAggregation: Enabled.'
          : `Remove ${CLUSTER_IPS_VARIABLE} from the environment of calico-node, or set serviceLoadBalancerAggregation: Enabled.`,
        edits: isListed ? [configure(snapshot, { serviceClusterIPs: null })] : [],
      },
    ];
  },
};

const P50: DiagnosticCheck = {
  code: 'P50',
  needs: ['DaemonSet', 'BGPConfiguration'],
  question: 'whether the environment of calico-node names a range of ClusterIPs',
  find(snapshot): readonly CheckResult[] {
    const variable = configuredClusterIPs(snapshot.objectsOf);
    if (variable === null) return [];
    const raw = findObject(snapshot, 'DaemonSet', 'calico-node');
    const object = objectRefOf(raw);
    const removal = `kubectl -n ${object.namespace} set env daemonset/calico-node ${CLUSTER_IPS_VARIABLE}-`;
    const field = 'spec.template.spec.containers';
    if (variable.value === null) {
      return [
        {
          severity: 'hint',
          object,
          field,
          problem: `Which range of ClusterIPs Calico announces cannot be known. ${CLUSTER_IPS_VARIABLE} takes its value from another object.`,
          remedy: `Set the range in serviceClusterIPs of BGPConfiguration default, and remove the variable: \`${removal}\`.`,
        },
      ];
    }
    return [{ object, field, ...describeVariable(snapshot, variable.value, removal) }];
  },
};

function describeVariable(
  { converged: { cluster } }: ClusterSnapshot,
  value: string,
  removal: string,
): Omit<CheckResult, 'object' | 'field'> {
  const remedy = `List the ranges in serviceClusterIPs of BGPConfiguration default, and remove the variable: \`${removal}\`.`;
  const ignored = `Calico ignores serviceClusterIPs, since ${CLUSTER_IPS_VARIABLE} of calico-node is set.`;
  if (!cluster.behaviour.keepsClusterIPsVariable) {
    return {
      severity: 'warning',
      problem: `${ignored} This version also withdraws the range ${value} of the variable as soon as it has read the Nodes. So it announces no ClusterIP.`,
      remedy,
    };
  }
  const [entry] = readVariable(value);
  if (entry === undefined) {
    return {
      severity: 'warning',
      problem: `${ignored} Its value ${JSON.stringify(value)} is not one range, so Calico announces no ClusterIP.`,
      remedy,
    };
  }
  if (entry.hostBits) {
    return {
      severity: 'error',
      problem: `BIRD rejects its configuration on every node: ${value} in ${CLUSTER_IPS_VARIABLE} of calico-node has host bits. It ignores every later change, and announces nothing after a restart.`,
      remedy,
      explains: ({ family }) => family === entry.prefix?.family,
    };
  }
  return {
    severity: cluster.configuration.clusterIPs.length > 0 ? 'warning' : 'hint',
    problem: `${ignored} Every node announces ${value} instead, also one with the exclude label.`,
    remedy,
  };
}

export const CLUSTER_IP_RANGE_CHECKS: readonly DiagnosticCheck[] = [P6, P50];

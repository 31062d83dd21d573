/** Nodes: their sessions, labels, addresses, AS numbers and pod routes. */
import {
  CONTROL_PLANE,
  configurationPatch,
  daemonSet,
  MESH,
  node,
  object,
  peerPatch,
  WORKER,
  withChanges,
} from '../clusters.ts';
import type { FindingRow } from './row.ts';

const EXCLUDE = 'node.kubernetes.io/exclude-from-external-load-balancers';
const reports = (of: string, state: string) =>
  object('CalicoNodeStatus', of, {
    spec: { node: of },
    status: { lastUpdated: '2026-12-01T20:00:00Z', bgp: { peersV4: [{ peerIP: '10.10.0.1', state }] } },
  });
const plainPool = object('IPPool', 'pods', { spec: { cidr: '10.244.0.0/16' } });

export const NODES: readonly FindingRow[] = [
  {
    code: 'P12',
    title: 'a worker that lacks the label',
    failing: withChanges({ add: [node('w3', 13)] }),
    nearMiss: withChanges({ add: [node('cp2', 13, CONTROL_PLANE)] }),
  },
  {
    code: 'P13',
    title: 'all nodes that peer are excluded',
    failing: withChanges({
      set: {
        'Node/w1': { metadata: { labels: { [EXCLUDE]: 'true' } } },
        'Node/w2': { metadata: { labels: { [EXCLUDE]: 'true' } } },
      },
    }),
    nearMiss: withChanges({ set: { 'Node/w1': { metadata: { labels: { [EXCLUDE]: 'true' } } } } }),
  },
  {
    code: 'P13',
    title: 'the label has no value on a node that peers',
    failing: withChanges({ set: { 'Node/w1': { metadata: { labels: { [EXCLUDE]: '' } } } } }),
    nearMiss: withChanges({ set: { 'Node/cp1': { metadata: { labels: { [EXCLUDE]: '' } } } } }),
  },
  {
    code: 'P26',
    title: 'nodes of one AS meet at the router',
    failing: withChanges({ add: [plainPool, node('cp1', 10, { ...CONTROL_PLANE, ...WORKER })] }),
    nearMiss: withChanges({
      ...peerPatch({ numAllowedLocalASNumbers: 1 }),
      add: [plainPool, node('cp1', 10, { ...CONTROL_PLANE, ...WORKER })],
    }),
  },
  {
    code: 'P38',
    title: 'a node has no IPv4 address',
    failing: withChanges({
      set: { 'Node/w1': { metadata: { annotations: { 'projectcalico.org/IPv4Address': null } } } },
    }),
    nearMiss: withChanges({
      set: {
        'Node/w1': {
          metadata: {
            annotations: {
              'projectcalico.org/IPv4Address': null,
              'projectcalico.org/IPv6Address': 'fd00::1/64',
            },
          },
        },
      },
      add: [
        daemonSet('calico-node', 'kube-system', 'calico/node:v3.33.0', [
          { name: 'CALICO_ROUTER_ID', value: 'hash' },
        ]),
      ],
    }),
  },
  {
    code: 'P39',
    title: 'only some nodes have an AS number of their own',
    failing: withChanges({
      ...configurationPatch({ ...MESH, serviceLoadBalancerAggregation: 'Disabled' }),
      add: [node('w1', 11, WORKER, { 'projectcalico.org/ASNumber': '64701' })],
    }),
    nearMiss: withChanges({
      ...configurationPatch({ ...MESH, serviceLoadBalancerAggregation: 'Disabled' }),
      add: [node('w1', 11, WORKER, { 'projectcalico.org/ASNumber': '64700' })],
    }),
  },
  {
    code: 'P42',
    title: 'the control plane is left without pod routes',
    failing: withChanges({ add: [plainPool] }),
    nearMiss: withChanges({
      add: [object('IPPool', 'pods', { spec: { cidr: '10.244.0.0/16', vxlanMode: 'CrossSubnet' } })],
    }),
  },
  {
    code: 'P49',
    title: 'a node that was deleted reports a session',
    failing: withChanges({ add: [reports('w3', 'Established')] }),
    nearMiss: withChanges({ add: [reports('w2', 'Established'), reports('w3', 'Idle')] }),
    hasNoEdit: true,
  },
];

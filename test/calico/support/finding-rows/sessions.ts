/** Nodes, peers, passwords and who else speaks. */
import type { Raw } from '../../../../src/base/json.ts';
import {
  CONTROL_PLANE,
  calicoVersion,
  configurationPatch,
  DISABLED,
  daemonSet,
  HEALTHY,
  MESH,
  node,
  object,
  peerPatch,
  WORKER,
  withChanges,
} from '../clusters.ts';
import type { FindingRow } from './row.ts';

const EXCLUDE = 'node.kubernetes.io/exclude-from-external-load-balancers';
const password = { password: { secretKeyRef: { name: 'bgp', key: 'tor' } } };
const secret = (data: Raw): Raw =>
  object('Secret', 'bgp', { metadata: { namespace: 'kube-system' }, data }, 'v1');
const role = (namespace: string): readonly Raw[] => [
  object(
    'Role',
    'reads',
    {
      metadata: { namespace },
      rules: [
        { apiGroups: [''], resources: ['secrets'], resourceNames: ['bgp'], verbs: ['get', 'list', 'watch'] },
      ],
    },
    'rbac.authorization.k8s.io/v1',
  ),
  object(
    'RoleBinding',
    'reads',
    {
      metadata: { namespace },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reads' },
      subjects: [{ kind: 'ServiceAccount', name: 'calico-node', namespace: 'kube-system' }],
    },
    'rbac.authorization.k8s.io/v1',
  ),
];
const plainPool = object('IPPool', 'pods', { spec: { cidr: '10.244.0.0/16' } });
const metallb = (kind: string, name: string, spec: Raw): Raw =>
  object(kind, name, { metadata: { namespace: 'metallb-system' }, spec }, 'metallb.io/v1beta1');

export const SESSIONS: readonly FindingRow[] = [
  {
    code: 'P10',
    title: 'Calico runs with VXLAN alone',
    failing: withChanges({
      add: [
        daemonSet('calico-node', 'kube-system', 'calico/node:v3.32.1', [
          { name: 'CALICO_NETWORKING_BACKEND', value: 'vxlan' },
        ]),
      ],
    }),
    nearMiss: withChanges({
      add: [
        daemonSet('calico-node', 'kube-system', 'calico/node:v3.33.0', [
          { name: 'CALICO_NETWORKING_BACKEND', value: 'bird' },
        ]),
      ],
    }),
    hasNoEdit: true,
  },
  {
    code: 'P11',
    title: 'a selector misses a letter',
    failing: withChanges(peerPatch({ nodeSelector: 'has(node-role.kubernetes.io/wrker)' })),
    nearMiss: withChanges(peerPatch({ nodeSelector: 'has(node-role.kubernetes.io/worker)' })),
  },
  {
    code: 'P11',
    title: 'a selector cannot be read',
    failing: withChanges(peerPatch({ nodeSelector: 'has(node-role.kubernetes.io/worker' })),
    nearMiss: withChanges(peerPatch({ nodeSelector: 'all()' })),
  },
  {
    code: 'P11',
    title: 'a peer is for a node that does not exist',
    failing: withChanges(peerPatch({ nodeSelector: null, node: 'w9' })),
    nearMiss: withChanges(peerPatch({ nodeSelector: null, node: 'w2' })),
  },
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
    code: 'P14',
    title: 'there is no such Secret',
    failing: withChanges(peerPatch(password)),
    nearMiss: withChanges({ ...peerPatch(password), add: [secret({ tor: btoa('s3cret') })] }),
  },
  {
    code: 'P14',
    title: 'the Secret has another key',
    failing: withChanges({ ...peerPatch(password), add: [secret({ tore: btoa('s3cret') })] }),
    nearMiss: withChanges({ ...peerPatch(password), add: [secret({ tor: btoa('s3cret'), tore: '' })] }),
  },
  {
    code: 'P14',
    title: 'calico-node is bound in another namespace',
    failing: withChanges({
      ...peerPatch(password),
      add: [secret({ tor: btoa('s3cret') }), ...role('default')],
    }),
    nearMiss: withChanges({
      ...peerPatch(password),
      add: [secret({ tor: btoa('s3cret') }), ...role('kube-system')],
    }),
  },
  {
    code: 'P15',
    title: 'the password ends with a line break',
    failing: withChanges({ ...peerPatch(password), add: [secret({ tor: btoa('s3cret\n') })] }),
    nearMiss: withChanges({ ...peerPatch(password), add: [secret({ tor: btoa('s3 cret') })] }),
    hasNoEdit: true,
  },
  {
    code: 'P16',
    title: "MetalLB's speaker peers with the same router",
    failing: withChanges({
      add: [
        daemonSet('speaker', 'metallb-system', 'quay.io/metallb/speaker:v0.15.2'),
        metallb('BGPPeer', 'router', { myASN: 64700, peerASN: 65116, peerAddress: '10.10.0.1' }),
        metallb('BGPAdvertisement', 'all', {}),
      ],
    }),
    nearMiss: withChanges({
      add: [
        daemonSet('speaker', 'metallb-system', 'quay.io/metallb/speaker:v0.15.2'),
        metallb('BGPPeer', 'router', { myASN: 64700, peerASN: 65116, peerAddress: '10.10.0.2' }),
        metallb('BGPAdvertisement', 'all', {}),
      ],
    }),
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
    code: 'P32',
    title: 'a peer sets no maxRestartTime',
    failing: HEALTHY,
    nearMiss: withChanges(peerPatch({ maxRestartTime: '15s' })),
    hasNoEdit: true,
  },
  {
    code: 'P34',
    title: 'two peers name one router',
    failing: withChanges({
      add: [object('BGPPeer', 'tor-b', { spec: { node: 'w1', peerIP: '10.10.0.1', asNumber: 65116 } })],
    }),
    nearMiss: withChanges({
      add: [object('BGPPeer', 'tor-b', { spec: { node: 'cp1', peerIP: '10.10.0.1', asNumber: 65116 } })],
    }),
  },
  {
    code: 'P35',
    title: 'an AS number does not fit the schema',
    failing: withChanges({ ...peerPatch({ asNumber: 4_200_000_000 }), add: [calicoVersion('v3.32.1')] }),
    nearMiss: withChanges({ ...peerPatch({ asNumber: 2_147_483_647 }), add: [calicoVersion('v3.32.1')] }),
    hasNoEdit: true,
  },
  {
    code: 'P36',
    title: 'a peer has no AS number',
    failing: withChanges(peerPatch({ asNumber: null })),
    nearMiss: withChanges(
      peerPatch({ asNumber: null, peerIP: null, peerSelector: 'has(node-role.kubernetes.io/worker)' }),
    ),
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
    code: 'P40',
    title: 'a node of the mesh is off',
    failing: withChanges({
      ...configurationPatch({ ...MESH, serviceLoadBalancerAggregation: 'Disabled' }),
      set: {
        'BGPConfiguration/default': { spec: DISABLED },
        'Node/cp1': { status: { conditions: [{ type: 'Ready', status: 'Unknown' }] } },
      },
    }),
    nearMiss: withChanges({
      set: {
        'BGPConfiguration/default': { spec: DISABLED },
        'Node/cp1': { status: { conditions: [{ type: 'Ready', status: 'True' }] } },
      },
    }),
  },
  {
    code: 'P40',
    title: 'a session is seen to be down',
    failing: withChanges({
      add: [
        object('CalicoNodeStatus', 'w1', {
          spec: { node: 'w1' },
          status: { bgp: { peersV4: [{ peerIP: '10.10.0.2', state: 'Active' }] } },
        }),
        object('BGPPeer', 'gone', { spec: { peerIP: '10.10.0.2', asNumber: 65116 } }),
      ],
    }),
    nearMiss: withChanges({
      add: [
        object('CalicoNodeStatus', 'w1', {
          spec: { node: 'w1' },
          status: { bgp: { peersV4: [{ peerIP: '10.10.0.1', state: 'Established' }] } },
        }),
      ],
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
    code: 'P44',
    title: 'the API server refuses an object',
    failing: withChanges(configurationPatch({ communities: [{ name: 'a', value: '64700:1' }] })),
    nearMiss: withChanges(
      configurationPatch({
        communities: [{ name: 'a', value: '64700:1' }],
        prefixAdvertisements: [{ cidr: '192.168.5.0/24', communities: ['a'] }],
      }),
    ),
    hasNoEdit: true,
  },
  {
    code: 'P45',
    title: 'an address cannot be read',
    failing: withChanges(peerPatch({ peerIP: '10.10.0.1:bgp' })),
    nearMiss: withChanges(peerPatch({ peerIP: '10.10.0.1:179' })),
    hasNoEdit: true,
  },
];

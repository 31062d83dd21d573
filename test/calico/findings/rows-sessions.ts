/** Nodes, peers, passwords and who else speaks. */
import type { Raw } from '../../../src/cluster/fields.ts';
import {
  CONTROL_PLANE,
  calico,
  changed,
  configured,
  DISABLED,
  daemonSet,
  FINE,
  MESH,
  node,
  object,
  peered,
  WORKER,
} from './clusters.ts';
import type { Row } from './row.ts';

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

export const SESSIONS: readonly Row[] = [
  {
    code: 'P10',
    says: 'Calico runs with VXLAN alone',
    fires: changed({
      add: [
        daemonSet('calico-node', 'kube-system', 'calico/node:v3.32.1', [
          { name: 'CALICO_NETWORKING_BACKEND', value: 'vxlan' },
        ]),
      ],
    }),
    near: changed({
      add: [
        daemonSet('calico-node', 'kube-system', 'calico/node:v3.33.0', [
          { name: 'CALICO_NETWORKING_BACKEND', value: 'bird' },
        ]),
      ],
    }),
    unmendable: true,
  },
  {
    code: 'P11',
    says: 'a selector misses a letter',
    fires: changed(peered({ nodeSelector: 'has(node-role.kubernetes.io/wrker)' })),
    near: changed(peered({ nodeSelector: 'has(node-role.kubernetes.io/worker)' })),
  },
  {
    code: 'P11',
    says: 'a selector cannot be read',
    fires: changed(peered({ nodeSelector: 'has(node-role.kubernetes.io/worker' })),
    near: changed(peered({ nodeSelector: 'all()' })),
  },
  {
    code: 'P11',
    says: 'a peer is for a node that does not exist',
    fires: changed(peered({ nodeSelector: null, node: 'w9' })),
    near: changed(peered({ nodeSelector: null, node: 'w2' })),
  },
  {
    code: 'P12',
    says: 'a worker that lacks the label',
    fires: changed({ add: [node('w3', 13)] }),
    near: changed({ add: [node('cp2', 13, CONTROL_PLANE)] }),
  },
  {
    code: 'P13',
    says: 'all nodes that peer are excluded',
    fires: changed({
      set: {
        'Node/w1': { metadata: { labels: { [EXCLUDE]: 'true' } } },
        'Node/w2': { metadata: { labels: { [EXCLUDE]: 'true' } } },
      },
    }),
    near: changed({ set: { 'Node/w1': { metadata: { labels: { [EXCLUDE]: 'true' } } } } }),
  },
  {
    code: 'P13',
    says: 'the label has no value on a node that peers',
    fires: changed({ set: { 'Node/w1': { metadata: { labels: { [EXCLUDE]: '' } } } } }),
    near: changed({ set: { 'Node/cp1': { metadata: { labels: { [EXCLUDE]: '' } } } } }),
  },
  {
    code: 'P14',
    says: 'there is no such Secret',
    fires: changed(peered(password)),
    near: changed({ ...peered(password), add: [secret({ tor: btoa('s3cret') })] }),
  },
  {
    code: 'P14',
    says: 'the Secret has another key',
    fires: changed({ ...peered(password), add: [secret({ tore: btoa('s3cret') })] }),
    near: changed({ ...peered(password), add: [secret({ tor: btoa('s3cret'), tore: '' })] }),
  },
  {
    code: 'P14',
    says: 'calico-node is bound in another namespace',
    fires: changed({ ...peered(password), add: [secret({ tor: btoa('s3cret') }), ...role('default')] }),
    near: changed({ ...peered(password), add: [secret({ tor: btoa('s3cret') }), ...role('kube-system')] }),
  },
  {
    code: 'P15',
    says: 'the password ends with a line break',
    fires: changed({ ...peered(password), add: [secret({ tor: btoa('s3cret\n') })] }),
    near: changed({ ...peered(password), add: [secret({ tor: btoa('s3 cret') })] }),
    unmendable: true,
  },
  {
    code: 'P16',
    says: "MetalLB's speaker peers with the same router",
    fires: changed({
      add: [
        daemonSet('speaker', 'metallb-system', 'quay.io/metallb/speaker:v0.15.2'),
        metallb('BGPPeer', 'router', { myASN: 64700, peerASN: 65116, peerAddress: '10.10.0.1' }),
        metallb('BGPAdvertisement', 'all', {}),
      ],
    }),
    near: changed({
      add: [
        daemonSet('speaker', 'metallb-system', 'quay.io/metallb/speaker:v0.15.2'),
        metallb('BGPPeer', 'router', { myASN: 64700, peerASN: 65116, peerAddress: '10.10.0.2' }),
        metallb('BGPAdvertisement', 'all', {}),
      ],
    }),
  },
  {
    code: 'P26',
    says: 'nodes of one AS meet at the router',
    fires: changed({ add: [plainPool, node('cp1', 10, { ...CONTROL_PLANE, ...WORKER })] }),
    near: changed({
      ...peered({ numAllowedLocalASNumbers: 1 }),
      add: [plainPool, node('cp1', 10, { ...CONTROL_PLANE, ...WORKER })],
    }),
  },
  {
    code: 'P32',
    says: 'a peer sets no maxRestartTime',
    fires: FINE,
    near: changed(peered({ maxRestartTime: '15s' })),
    unmendable: true,
  },
  {
    code: 'P34',
    says: 'two peers name one router',
    fires: changed({
      add: [object('BGPPeer', 'tor-b', { spec: { node: 'w1', peerIP: '10.10.0.1', asNumber: 65116 } })],
    }),
    near: changed({
      add: [object('BGPPeer', 'tor-b', { spec: { node: 'cp1', peerIP: '10.10.0.1', asNumber: 65116 } })],
    }),
  },
  {
    code: 'P35',
    says: 'an AS number does not fit the schema',
    fires: changed({ ...peered({ asNumber: 4_200_000_000 }), add: [calico('v3.32.1')] }),
    near: changed({ ...peered({ asNumber: 2_147_483_647 }), add: [calico('v3.32.1')] }),
    unmendable: true,
  },
  {
    code: 'P36',
    says: 'a peer has no AS number',
    fires: changed(peered({ asNumber: null })),
    near: changed(
      peered({ asNumber: null, peerIP: null, peerSelector: 'has(node-role.kubernetes.io/worker)' }),
    ),
  },
  {
    code: 'P38',
    says: 'a node has no IPv4 address',
    fires: changed({
      set: { 'Node/w1': { metadata: { annotations: { 'projectcalico.org/IPv4Address': null } } } },
    }),
    near: changed({
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
    says: 'only some nodes have an AS number of their own',
    fires: changed({
      ...configured({ ...MESH, serviceLoadBalancerAggregation: 'Disabled' }),
      add: [node('w1', 11, WORKER, { 'projectcalico.org/ASNumber': '64701' })],
    }),
    near: changed({
      ...configured({ ...MESH, serviceLoadBalancerAggregation: 'Disabled' }),
      add: [node('w1', 11, WORKER, { 'projectcalico.org/ASNumber': '64700' })],
    }),
  },
  {
    code: 'P40',
    says: 'a node of the mesh is off',
    fires: changed({
      ...configured({ ...MESH, serviceLoadBalancerAggregation: 'Disabled' }),
      set: {
        'BGPConfiguration/default': { spec: DISABLED },
        'Node/cp1': { status: { conditions: [{ type: 'Ready', status: 'Unknown' }] } },
      },
    }),
    near: changed({
      set: {
        'BGPConfiguration/default': { spec: DISABLED },
        'Node/cp1': { status: { conditions: [{ type: 'Ready', status: 'True' }] } },
      },
    }),
  },
  {
    code: 'P40',
    says: 'a session is seen to be down',
    fires: changed({
      add: [
        object('CalicoNodeStatus', 'w1', {
          spec: { node: 'w1' },
          status: { bgp: { peersV4: [{ peerIP: '10.10.0.2', state: 'Active' }] } },
        }),
        object('BGPPeer', 'gone', { spec: { peerIP: '10.10.0.2', asNumber: 65116 } }),
      ],
    }),
    near: changed({
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
    says: 'the control plane is left without pod routes',
    fires: changed({ add: [plainPool] }),
    near: changed({
      add: [object('IPPool', 'pods', { spec: { cidr: '10.244.0.0/16', vxlanMode: 'CrossSubnet' } })],
    }),
  },
  {
    code: 'P44',
    says: 'the API server refuses an object',
    fires: changed(configured({ communities: [{ name: 'a', value: '64700:1' }] })),
    near: changed(
      configured({
        communities: [{ name: 'a', value: '64700:1' }],
        prefixAdvertisements: [{ cidr: '192.168.5.0/24', communities: ['a'] }],
      }),
    ),
    unmendable: true,
  },
  {
    code: 'P45',
    says: 'an address cannot be read',
    fires: changed(peered({ peerIP: '10.10.0.1:bgp' })),
    near: changed(peered({ peerIP: '10.10.0.1:179' })),
    unmendable: true,
  },
];

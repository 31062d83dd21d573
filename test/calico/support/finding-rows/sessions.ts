/** BGP sessions: BGPPeers, passwords, AS numbers, and peers that are down. */
import type { Raw } from '../../../../src/base/json.ts';
import {
  CONTROL_PLANE,
  calicoVersion,
  configurationPatch,
  DISABLED,
  exposedService,
  HEALTHY,
  MESH,
  node,
  object,
  peerPatch,
  WORKER,
  withChanges,
} from '../clusters.ts';
import type { FindingRow } from './row.ts';

const IPV6_ADDRESS = { 'projectcalico.org/IPv6Address': 'fd00:10::9/64' };
const withIPv6: readonly Raw[] = [
  ...exposedService('six', { ip: 'fd00:9::7' }),
  object('BGPPeer', 'tor6', {
    spec: { nodeSelector: 'has(node-role.kubernetes.io/worker)', peerIP: 'fd00:10::1', asNumber: 65116 },
  }),
];
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

export const SESSIONS: readonly FindingRow[] = [
  {
    code: 'P11',
    title: 'the nodes that peer with an IPv6 router have no IPv6 address, and others have',
    failing: withChanges({ add: [...withIPv6, node('cp1', 10, CONTROL_PLANE, IPV6_ADDRESS)] }),
    nearMiss: withChanges({ add: [...withIPv6, node('w1', 11, WORKER, IPV6_ADDRESS)] }),
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

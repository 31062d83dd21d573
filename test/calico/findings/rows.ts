/** For each code a cluster where it is found, one that is nearly the same where it is not, and what the fix does. */
import type { Raw } from '../../../src/calico/fields.ts';
import type { Code } from '../../../src/calico/findings/codes.ts';
import {
  CONTROL_PLANE,
  calico,
  changed,
  configured,
  container,
  DISABLED,
  daemonSet,
  exposed,
  FINE,
  MESH,
  node,
  object,
  peered,
  pool,
  WORKER,
} from './clusters.ts';

export type Row = {
  readonly code: Code;
  readonly says: string;
  readonly fires: readonly Raw[];
  readonly near: readonly Raw[];
  /** No object can mend it. */
  readonly unmendable?: true;
};

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
const filter = (...exportV4: readonly Raw[]): Raw => object('BGPFilter', 'own', { spec: { exportV4 } });
const ownOnly = { cidr: '192.168.5.0/24', matchOperator: 'In', source: 'RemotePeers', action: 'Reject' };
const balancerPool = object('IPPool', 'balancers', {
  spec: { cidr: '198.51.100.0/24', allowedUses: ['LoadBalancer'] },
});
const plainPool = object('IPPool', 'pods', { spec: { cidr: '10.244.0.0/16' } });
const around = (more: Raw = {}): Raw =>
  object('IPPool', 'wide', { spec: { cidr: '192.168.0.0/16', vxlanMode: 'Always', ...more } });
const status = (destination: string, sourceType: string): Raw =>
  object('CalicoNodeStatus', 'w1', {
    spec: { node: 'w1' },
    status: { routes: { routesV4: [{ destination, learnedFrom: { sourceType } }] } },
  });
const metallb = (kind: string, name: string, spec: Raw): Raw =>
  object(kind, name, { metadata: { namespace: 'metallb-system' }, spec }, 'metallb.io/v1beta1');

export const ROWS: readonly Row[] = [
  {
    code: 'P1',
    says: 'half of a pool lies outside of the listed range',
    fires: changed({ add: [pool('192.168.5.0-192.168.6.31')] }),
    near: changed({ add: [pool('192.168.5.128-192.168.5.255')] }),
  },
  {
    code: 'P1',
    says: 'a Service holds an address that is in no pool and not listed',
    fires: changed({ add: exposed('web', { ip: '192.168.9.9' }) }),
    near: changed({ add: exposed('web', { ip: '192.168.5.255' }) }),
  },
  {
    code: 'P2',
    says: 'the ranges are listed in an object that is called Default',
    fires: changed({
      drop: ['BGPConfiguration/default'],
      add: [
        object('BGPConfiguration', 'Default', {
          spec: {
            asNumber: 64700,
            nodeToNodeMeshEnabled: false,
            serviceLoadBalancerIPs: [{ cidr: '192.168.5.0/24' }],
          },
        }),
      ],
    }),
    near: changed({ add: [object('BGPConfiguration', 'node.w1', { spec: { listenPort: 1790 } })] }),
  },
  {
    code: 'P3',
    says: 'a whole range is announced',
    fires: FINE,
    near: changed(configured({ serviceLoadBalancerAggregation: 'Disabled' })),
  },
  {
    code: 'P4',
    says: 'the mesh passes on addresses of Local Services',
    fires: changed(configured(MESH)),
    near: changed({
      add: [filter(ownOnly)],
      set: { 'BGPConfiguration/default': { spec: MESH }, 'BGPPeer/tor': { spec: { filters: ['own'] } } },
    }),
  },
  {
    code: 'P5',
    says: 'single addresses are announced, so that kernels drop them',
    fires: changed(configured(DISABLED)),
    near: changed({ ...configured(DISABLED), add: [around({ disabled: true })] }),
  },
  {
    code: 'P5',
    says: 'an entry for one address stands by itself',
    fires: changed(
      configured({ serviceLoadBalancerIPs: [{ cidr: '192.168.5.10/32' }, { cidr: '192.168.5.20/32' }] }),
    ),
    near: changed(
      configured({ serviceLoadBalancerIPs: [{ cidr: '192.168.5.10/32' }, { cidr: '192.168.5.0/24' }] }),
    ),
  },
  {
    code: 'P6',
    says: 'every ClusterIP becomes a route',
    fires: changed(configured({ ...DISABLED, serviceClusterIPs: [{ cidr: '10.43.0.0/16' }] })),
    near: changed(configured({ serviceClusterIPs: [{ cidr: '10.43.0.0/16' }] })),
  },
  {
    code: 'P7',
    says: 'an old version does not match entries for single addresses with the status',
    fires: changed({
      ...configured({ serviceLoadBalancerIPs: [{ cidr: '192.168.5.20/32' }] }),
      add: [calico('v3.31.3')],
    }),
    near: changed({
      ...configured({ serviceLoadBalancerIPs: [{ cidr: '192.168.5.20/32' }] }),
      add: [calico('v3.31.5')],
    }),
  },
  {
    code: 'P8',
    says: 'a version announces pods that are not ready',
    fires: changed({
      add: [calico('v3.31.6'), daemonSet('calico-node', 'kube-system', 'quay.io/calico/node:v3.31.6')],
    }),
    near: changed({
      add: [calico('v3.31.7'), daemonSet('calico-node', 'kube-system', 'quay.io/calico/node:v3.31.7')],
    }),
  },
  {
    code: 'P9',
    says: 'a range has host bits',
    fires: changed(configured({ serviceLoadBalancerIPs: [{ cidr: '192.168.5.7/24' }] })),
    near: changed(
      configured({
        serviceLoadBalancerIPs: [{ cidr: '192.168.5.7/24' }],
        serviceLoadBalancerAggregation: 'Disabled',
      }),
    ),
  },
  {
    code: 'P9',
    says: 'a filter that nobody uses has host bits',
    fires: changed({ add: [filter({ ...ownOnly, cidr: '192.168.5.7/24' })] }),
    near: changed({ add: [filter(ownOnly)] }),
  },
  {
    code: 'P9',
    says: 'a prefixAdvertisement has host bits',
    fires: changed(
      configured({ prefixAdvertisements: [{ cidr: '192.168.5.7/24', communities: ['64700:1'] }] }),
    ),
    near: changed(
      configured({ prefixAdvertisements: [{ cidr: '192.168.5.0/24', communities: ['64700:1'] }] }),
    ),
  },
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
    code: 'P17',
    says: "MetalLB's controller runs, too",
    fires: changed({
      add: [
        object(
          'Deployment',
          'controller',
          {
            metadata: { namespace: 'metallb-system' },
            ...container('controller', 'quay.io/metallb/controller:v0.15.2'),
          },
          'apps/v1',
        ),
      ],
    }),
    near: changed({
      add: [
        object(
          'Deployment',
          'berth-controller',
          { metadata: { namespace: 'metallb-system' }, ...container('controller', 'berth') },
          'apps/v1',
        ),
      ],
    }),
  },
  {
    code: 'P18',
    says: "Calico's own allocator takes every Service",
    fires: changed({ add: [balancerPool] }),
    near: changed({
      add: [
        balancerPool,
        object('KubeControllersConfiguration', 'default', {
          spec: { controllers: { loadBalancer: { assignIPs: 'RequestedServicesOnly' } } },
        }),
      ],
    }),
  },
  {
    code: 'P19',
    says: 'pods can get the same addresses',
    fires: changed({ add: [around()] }),
    near: changed({
      add: [around(), object('IPReservation', 'balancers', { spec: { reservedCIDRs: ['192.168.5.0/24'] } })],
    }),
  },
  {
    code: 'P20',
    says: 'a pool that is not exported lies around',
    fires: changed({ add: [around({ disableBGPExport: true, disabled: true })] }),
    near: changed({ add: [around({ disabled: true })] }),
  },
  {
    code: 'P21',
    says: 'a range holds the nodes',
    fires: changed(
      configured({ serviceLoadBalancerIPs: [{ cidr: '192.168.5.0/24' }, { cidr: '10.10.0.0/24' }] }),
    ),
    near: changed(
      configured({ serviceLoadBalancerIPs: [{ cidr: '192.168.5.0/24' }, { cidr: '10.10.1.0/24' }] }),
    ),
  },
  {
    code: 'P21',
    says: 'a range is broader than anybody needs',
    fires: changed(configured({ serviceLoadBalancerIPs: [{ cidr: '192.160.0.0/12' }] })),
    near: changed(configured({ serviceLoadBalancerIPs: [{ cidr: '192.168.0.0/16' }] })),
  },
  {
    code: 'P22',
    says: "a range overlaps the ClusterIPs'",
    fires: changed(
      configured({
        serviceLoadBalancerIPs: [{ cidr: '192.168.5.0/24' }, { cidr: '10.43.9.0/24' }],
        serviceClusterIPs: [{ cidr: '10.43.0.0/16' }],
      }),
    ),
    near: changed(configured({ serviceClusterIPs: [{ cidr: '10.43.0.0/16' }] })),
  },
  {
    code: 'P23',
    says: 'a community is misspelt',
    fires: changed(
      configured({
        communities: [{ name: 'services', value: '64700:1' }],
        prefixAdvertisements: [{ cidr: '192.168.5.0/24', communities: ['service'] }],
      }),
    ),
    near: changed(
      configured({
        communities: [{ name: 'services', value: '64700:1' }],
        prefixAdvertisements: [{ cidr: '192.168.5.0/24', communities: ['services'] }],
      }),
    ),
  },
  {
    code: 'P23',
    says: 'what is tagged is narrower than what is announced',
    fires: changed(
      configured({ prefixAdvertisements: [{ cidr: '192.168.5.0/25', communities: ['64700:1'] }] }),
    ),
    near: changed(
      configured({ prefixAdvertisements: [{ cidr: '192.168.4.0/23', communities: ['64700:1'] }] }),
    ),
  },
  {
    code: 'P24',
    says: 'a filter does not exist',
    fires: changed({ ...peered({ filters: ['owm'] }), add: [filter(ownOnly)] }),
    near: changed({ ...peered({ filters: ['own'] }), add: [filter(ownOnly)] }),
  },
  {
    code: 'P25',
    says: 'a filter rejects what the node itself announces',
    fires: changed({
      ...peered({ filters: ['own'] }),
      add: [filter({ cidr: '192.168.5.0/24', matchOperator: 'In', action: 'Reject' })],
    }),
    near: changed({ ...peered({ filters: ['own'] }), add: [filter(ownOnly)] }),
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
    code: 'P27',
    says: 'there is a router',
    fires: FINE,
    near: changed({ drop: ['BGPPeer/tor'] }),
    unmendable: true,
  },
  {
    code: 'P28',
    says: 'the endpoints of a Local Service are where nobody announces',
    fires: changed({ add: exposed('edge', { ip: '192.168.5.10', local: true, on: ['cp1'] }) }),
    near: changed({ add: exposed('edge', { ip: '192.168.5.10', on: ['cp1'] }) }),
  },
  {
    code: 'P28',
    says: 'a Local Service has no ready endpoint',
    fires: changed({ add: exposed('edge', { ip: '192.168.5.10', local: true, ready: false }) }),
    near: changed({ add: exposed('edge', { ip: '192.168.5.10', local: true, ready: true }) }),
  },
  {
    code: 'P29',
    says: 'a Service has no EndpointSlice',
    fires: changed({ ...configured(DISABLED), drop: ['EndpointSlice/web-1'] }),
    near: changed({ drop: ['EndpointSlice/web-1'] }),
  },
  {
    code: 'P30',
    says: 'a version loses routes',
    fires: changed({ add: [calico('v3.31.2')] }),
    near: changed({ add: [calico('v3.31.4')] }),
    unmendable: true,
  },
  {
    code: 'P31',
    says: 'Felix answers for the range, too',
    fires: changed({
      ...configured({ serviceLoadBalancerIPs: [{ cidr: '192.168.5.0/24' }, { cidr: '10.10.0.128/25' }] }),
      add: [
        object('IPPool', 'lan', { spec: { cidr: '10.10.0.0/24', disabled: true } }),
        object('FelixConfiguration', 'default', { spec: { localSubnetL2Reachability: 'Enabled' } }),
      ],
    }),
    near: changed({
      add: [
        object('IPPool', 'lan', { spec: { cidr: '10.10.0.0/24', disabled: true } }),
        object('FelixConfiguration', 'default', { spec: { localSubnetL2Reachability: 'Enabled' } }),
      ],
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
    code: 'P33',
    says: 'the datastore is being migrated',
    fires: changed({ add: [object('DatastoreMigration', 'v3', { status: { phase: 'Migrating' } })] }),
    near: changed({ add: [object('DatastoreMigration', 'v3', { status: { phase: 'Complete' } })] }),
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
    code: 'P37',
    says: 'a standard community is too large',
    fires: changed(
      configured({ prefixAdvertisements: [{ cidr: '192.168.5.0/24', communities: ['70000:1'] }] }),
    ),
    near: changed(
      configured({ prefixAdvertisements: [{ cidr: '192.168.5.0/24', communities: ['70000:1:1'] }] }),
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
    code: 'P41',
    says: 'a deleted slice leaves its route behind',
    fires: changed({
      ...configured(DISABLED),
      drop: ['EndpointSlice/web-1'],
      add: [status('192.168.5.20/32', 'Static')],
    }),
    near: changed({ ...configured(DISABLED), add: [status('192.168.5.20/32', 'Static')] }),
    unmendable: true,
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
    code: 'P43',
    says: "a filter puts the router's own AS into the path, which it takes for a loop",
    fires: changed({
      ...peered({ filters: ['own'] }),
      add: [filter({ action: 'Accept', operations: [{ prependASPath: { prefix: [65116] } }] })],
    }),
    near: FINE,
    unmendable: true,
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

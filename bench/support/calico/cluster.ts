/**
 * Generates the objects of a large cluster with Calico, as an API server returns them. A tenth of the Services are Local,
 * each has three endpoints on any nodes, every node peers with every router and has one block of pod addresses.
 */
import type { Raw } from '../../../src/base/json.ts';

/** The set-ups of `docs/calico.md`: A without a mesh, B with one, D with one and without aggregation. */
export const SETUPS = ['A', 'B', 'D'] as const;
export type Setup = (typeof SETUPS)[number];

export type Size = { readonly nodes: number; readonly services: number };

export const LARGE: Size = { nodes: 500, services: 10_000 };

export const ROUTERS = 4;
const LOCAL_EVERY = 10;
const ENDPOINTS = 3;
const NAMESPACES = 50;

const V3 = 'projectcalico.org/v3';
const CREATED = '2026-01-01T00:00:00Z';

/** The two low bytes of an address. */
const lowBytes = (index: number): string => `${index >> 8}.${index & 255}`;

export const addressOf = (index: number): string => `192.168.${lowBytes(index)}`;
export const isLocal = (index: number): boolean => index % LOCAL_EVERY === 0;

const uid = (kind: number, index: number): string =>
  `00000000-0000-4000-8${String(kind).padStart(3, '0')}-${index.toString(16).padStart(12, '0')}`;

const nodeName = (index: number): string => `worker-${String(index).padStart(3, '0')}`;
const namespaceOf = (index: number): string => `team-${index % NAMESPACES}`;

export function calicoCluster(setup: Setup, { nodes, services }: Size): readonly Raw[] {
  const count = (many: number, make: (index: number) => Raw): readonly Raw[] =>
    Array.from({ length: many }, (_, i) => make(i));
  return [
    ...configuration(setup),
    ...count(ROUTERS, router),
    ...count(nodes, (index) => nodeOf(index)),
    ...count(nodes, block),
    ...count(services, service),
    ...count(services, (index) => sliceOf(index, nodesForEndpoints(index, nodes))),
  ];
}

const object = (apiVersion: string, kind: string, metadata: Raw, rest: Raw): Raw => ({
  apiVersion,
  kind,
  metadata: { creationTimestamp: CREATED, resourceVersion: '1000', ...metadata },
  ...rest,
});

/** Without a mesh pods use VXLAN, else the routes of the mesh. */
function configuration(setup: Setup): readonly Raw[] {
  const mesh = setup !== 'A';
  const spec = {
    logSeverityScreen: 'Info',
    nodeToNodeMeshEnabled: mesh,
    asNumber: 64700,
    serviceLoadBalancerIPs: [{ cidr: '192.168.0.0/16' }],
    serviceLoadBalancerAggregation: setup === 'D' ? 'Disabled' : 'Enabled',
  };
  const pods = {
    cidr: '10.128.0.0/10',
    blockSize: 26,
    ipipMode: 'Never',
    vxlanMode: mesh ? 'Never' : 'Always',
  };
  const env = [{ name: 'CALICO_NETWORKING_BACKEND', value: 'bird' }];
  const containers = [{ name: 'calico-node', image: 'quay.io/calico/node:v3.32.2', env }];
  const labels = { 'k8s-app': 'calico-node' };
  return [
    object(V3, 'BGPConfiguration', { name: 'default' }, { spec }),
    object(V3, 'IPPool', { name: 'pods' }, { spec: { ...pods, natOutgoing: true, nodeSelector: 'all()' } }),
    object(
      'metallb.io/v1beta1',
      'IPAddressPool',
      { name: 'services', namespace: 'metallb-system' },
      {
        spec: { addresses: ['192.168.0.0/16'] },
      },
    ),
    object(
      'apps/v1',
      'DaemonSet',
      { name: 'calico-node', namespace: 'kube-system' },
      {
        spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
      },
    ),
  ];
}

const router = (index: number): Raw =>
  object(
    V3,
    'BGPPeer',
    { name: `router-${index}` },
    {
      spec: { nodeSelector: 'all()', peerIP: `10.10.255.${index + 1}`, asNumber: 65116 },
    },
  );

const block = (index: number): Raw => {
  const cidr = `10.${128 + (index >> 10)}.${(index >> 2) & 255}.${(index & 3) * 64}/26`;
  return object(
    V3,
    'BlockAffinity',
    { name: `${nodeName(index)}-block`, uid: uid(4, index) },
    {
      spec: { node: nodeName(index), cidr, state: 'confirmed', type: 'host', deleted: false },
    },
  );
};

/** `heartbeatAt` is the time that a kubelet updates in each report. */
export function nodeOf(index: number, heartbeatAt = CREATED): Raw {
  const name = nodeName(index);
  const condition = (type: string, status: string): Raw => ({
    type,
    status,
    lastHeartbeatTime: heartbeatAt,
    lastTransitionTime: CREATED,
    reason: `Kubelet${type}`,
    message: `kubelet reports ${type}`,
  });
  const metadata = {
    name,
    uid: uid(1, index),
    labels: {
      'kubernetes.io/hostname': name,
      'kubernetes.io/os': 'linux',
      'node-role.kubernetes.io/worker': '',
      'topology.kubernetes.io/zone': `zone-${index % 3}`,
    },
    annotations: {
      'projectcalico.org/IPv4Address': `10.10.${lowBytes(index + 1)}/16`,
      'projectcalico.org/IPv4VXLANTunnelAddr': `10.191.${lowBytes(index)}`,
      'volumes.kubernetes.io/controller-managed-attach-detach': 'true',
    },
  };
  const quantities = { cpu: '32', memory: '131889572Ki', pods: '250' };
  const images = Array.from({ length: 10 }, (_, i) => ({
    names: [`registry.example/app-${i}:v1`],
    sizeBytes: 1e8 + i,
  }));
  return object('v1', 'Node', metadata, {
    spec: { podCIDR: `10.${128 + (index >> 8)}.${index & 255}.0/24` },
    status: {
      addresses: [
        { type: 'InternalIP', address: `10.10.${lowBytes(index + 1)}` },
        { type: 'Hostname', address: name },
      ],
      capacity: quantities,
      allocatable: quantities,
      conditions: [
        ...['MemoryPressure', 'DiskPressure', 'PIDPressure'].map((type) => condition(type, 'False')),
        condition('Ready', 'True'),
      ],
      images,
      nodeInfo: { kubeletVersion: 'v1.35.4', osImage: 'Debian GNU/Linux 13', architecture: 'amd64' },
    },
  });
}

function service(index: number): Raw {
  const name = `s${index}`;
  const ip = addressOf(index);
  const metadata = {
    name,
    namespace: namespaceOf(index),
    uid: uid(2, index),
    labels: { 'app.kubernetes.io/name': name },
    annotations: { 'metallb.io/ip-allocated-from-pool': 'services' },
  };
  const clusterIP = `10.43.${lowBytes(index)}`;
  return object('v1', 'Service', metadata, {
    spec: {
      type: 'LoadBalancer',
      clusterIP,
      clusterIPs: [clusterIP],
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      allocateLoadBalancerNodePorts: false,
      externalTrafficPolicy: isLocal(index) ? 'Local' : 'Cluster',
      internalTrafficPolicy: 'Cluster',
      selector: { 'app.kubernetes.io/name': name },
      sessionAffinity: 'None',
      ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 8080 }],
    },
    status: {
      loadBalancer: { ingress: [{ ip, ipMode: 'VIP' }] },
      conditions: [
        {
          type: 'berth.dev/Assigned',
          status: 'True',
          reason: 'Assigned',
          message: `${ip} from pool "services".`,
          lastTransitionTime: CREATED,
        },
      ],
    },
  });
}

/** Spread over the cluster, and the same in every run. */
const nodesForEndpoints = (index: number, nodes: number): readonly number[] =>
  Array.from({ length: ENDPOINTS }, (_, i) => hashIndex(index * ENDPOINTS + i) % nodes);

function hashIndex(value: number): number {
  const mixed = Math.imul(value ^ (value >>> 16) ^ 0x9e37_79b9, 0x85eb_ca6b);
  return (Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35) ^ (mixed >>> 16)) >>> 0;
}

/** The EndpointSlice of a Service, with an endpoint on each of these nodes. */
export function sliceOf(index: number, places: readonly number[]): Raw {
  const metadata = {
    name: `s${index}-abcde`,
    namespace: namespaceOf(index),
    uid: uid(3, index),
    labels: {
      'app.kubernetes.io/name': `s${index}`,
      'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
      'kubernetes.io/service-name': `s${index}`,
    },
  };
  return object('discovery.k8s.io/v1', 'EndpointSlice', metadata, {
    addressType: 'IPv4',
    ports: [{ name: 'http', protocol: 'TCP', port: 8080 }],
    endpoints: places.map((place, i) => ({
      addresses: [`10.${128 + (place >> 10)}.${(place >> 2) & 255}.${(place & 3) * 64 + i + 1}`],
      conditions: { ready: true, serving: true, terminating: false },
      nodeName: nodeName(place),
      targetRef: { kind: 'Pod', name: `s${index}-${i}`, namespace: namespaceOf(index), uid: uid(5, index) },
      zone: `zone-${place % 3}`,
    })),
  });
}

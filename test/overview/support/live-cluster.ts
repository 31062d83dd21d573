/** A small live cluster where all is well: two nodes with speakers, two controllers, a pool and two Services. */
import type { Raw } from '../../../src/base/json.ts';

export const NAMESPACE = 'metallb-system';

const time = (wall: number): string => `${new Date(wall).toISOString().slice(0, 19)}Z`;
const HOUR = 3_600_000;

/** As it is at the wall time `wall`. */
export const liveCluster = (wall: number): readonly Raw[] => [
  {
    ...{ apiVersion: 'metallb.io/v1beta1', kind: 'IPAddressPool' },
    metadata: { name: 'public', namespace: NAMESPACE, creationTimestamp: time(wall - HOUR), uid: 'p1' },
    spec: { addresses: ['192.0.2.0/28'] },
  },
  {
    ...{ apiVersion: 'metallb.io/v1beta1', kind: 'BGPAdvertisement' },
    metadata: { name: 'all', namespace: NAMESPACE },
    spec: {},
  },
  {
    ...{ apiVersion: 'metallb.io/v1beta2', kind: 'BGPPeer' },
    metadata: { name: 'tor', namespace: NAMESPACE },
    spec: { myASN: 64512, peerASN: 64500, peerAddress: '10.0.0.1' },
  },
  endpointSlice('shop', 'web'),
  endpointSlice('shop', 'api'),
  loadBalancer('shop', 'web', '192.0.2.1', wall),
  loadBalancer('shop', 'api', '192.0.2.2', wall),
  lease({ holder: 'berth-controller-a_1', acquired: wall - HOUR, renewed: wall - 1000 }),
  controllerPod('berth-controller-a', 'n1'),
  controllerPod('berth-controller-b', 'n2'),
  ...['n1', 'n2'].flatMap((name) => [node(name), speakerPod(name), speakerStatus(name, wall)]),
];

export const loadBalancer = (namespace: string, name: string, ip: string, wall: number): Raw => ({
  ...{ apiVersion: 'v1', kind: 'Service' },
  metadata: {
    ...{ name, namespace, uid: `${namespace}-${name}`, creationTimestamp: time(wall - HOUR) },
    annotations: { 'metallb.io/ip-allocated-from-pool': 'public' },
  },
  spec: { type: 'LoadBalancer', clusterIPs: ['10.96.0.1'], ipFamilies: ['IPv4'], ports: [{ port: 80 }] },
  status: {
    loadBalancer: { ingress: [{ ip }] },
    conditions: [
      condition('berth.dev/Assigned', 'Assigned', `${ip} from pool "public".`, wall),
      condition('berth.dev/Announced', 'Announced', 'Announced by BGP from n1, n2 to tor (10.0.0.1).', wall),
    ],
  },
});

const endpointSlice = (namespace: string, service: string): Raw => ({
  ...{ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', addressType: 'IPv4' },
  metadata: { name: `${service}-1`, namespace, labels: { 'kubernetes.io/service-name': service } },
  endpoints: [{ addresses: ['10.2.0.1'], nodeName: 'n1', conditions: { ready: true } }],
});

const condition = (type: string, reason: string, message: string, wall: number) => ({
  ...{ type, status: 'True', reason, message },
  lastTransitionTime: time(wall - HOUR),
});

export const lease = (of: {
  readonly holder: string;
  readonly acquired: number;
  readonly renewed: number;
}): Raw => ({
  ...{ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' },
  metadata: { name: 'berth-controller', namespace: NAMESPACE },
  spec: {
    ...{ holderIdentity: of.holder, leaseDurationSeconds: 15 },
    acquireTime: new Date(of.acquired).toISOString().replace('Z', '000Z'),
    renewTime: new Date(of.renewed).toISOString().replace('Z', '000Z'),
  },
});

const pod = (name: string, nodeName: string, component: string, isReady: boolean): Raw => ({
  ...{ apiVersion: 'v1', kind: 'Pod' },
  metadata: { name, namespace: NAMESPACE, labels: { 'app.kubernetes.io/component': component } },
  spec: { nodeName, containers: [{ name: component, image: 'registry.example/berth:v1.4.0' }] },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }] },
});

export const controllerPod = (name: string, on: string, isReady = true): Raw =>
  pod(name, on, 'controller', isReady);

export const speakerPod = (on: string, isReady = true): Raw =>
  pod(`berth-speaker-${on}`, on, 'speaker', isReady);

export const node = (name: string, ready: 'True' | 'Unknown' = 'True'): Raw => ({
  ...{ apiVersion: 'v1', kind: 'Node' },
  metadata: { name },
  status: { conditions: [{ type: 'Ready', status: ready }] },
});

export const speakerStatus = (name: string, wall: number, status: object = {}): Raw => ({
  ...{ apiVersion: 'berth.dev/v1alpha1', kind: 'SpeakerStatus' },
  metadata: { name, namespace: NAMESPACE },
  status: {
    ...{ phase: 'speaking', time: time(wall - HOUR), announced: { services: 2, digest: 'x' }, layer2: null },
    sessions: [
      {
        ...{
          peer: 'tor',
          address: '10.0.0.1',
          state: 'Established',
          since: time(wall - HOUR),
          lastError: null,
        },
        ...{ ipv4: { wanted: 2, told: 2, refused: 0 }, ipv6: { wanted: 0, told: 0, refused: 0 } },
      },
    ],
    ...status,
  },
});

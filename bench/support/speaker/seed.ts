/**
 * Services that have their address and an endpoint on the node, thousands at once: written where the API server keeps
 * them, as `seed.ts` does for those that have none yet.
 */
import { NODE } from './objects.ts';

/** etcd takes 128 operations in one transaction; each Service is three. */
const SERVICES_PER_TRANSACTION = 42;

export const SEEDED_NAMESPACE = 'crowd';

/** Services `s<from>` to `s<to - 1>`. */
export async function seedAnnounced(etcdUrl: string, from: number, to: number): Promise<void> {
  for (let first = from; first < to; first += SERVICES_PER_TRANSACTION) {
    const size = Math.min(SERVICES_PER_TRANSACTION, to - first);
    const puts = Array.from({ length: size }, (_, i) => records(first + i)).flat();
    const success = puts.map(([key, value]) => ({
      request_put: { key: base64(key), value: base64(JSON.stringify(value)) },
    }));
    const answer = await fetch(`${etcdUrl}/v3/kv/txn`, { method: 'POST', body: JSON.stringify({ success }) });
    if (!answer.ok) throw new Error(`etcd answered ${answer.status}: ${await answer.text()}`);
  }
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** Of the Service `s<index>`: within the pool of `speakerobjects.ts`. */
export const addressOf = (index: number): string => `10.50.${index >> 8}.${index & 255}`;

export const serviceName = (index: number): string => `s${index}`;

export const sliceName = (index: number): string => `s${index}-1`;

export const endpointsOf = (index: number, ready: boolean): readonly object[] => [
  {
    addresses: [`10.244.${index >> 8}.${index & 255}`],
    conditions: { ready, serving: ready, terminating: false },
    nodeName: NODE,
    targetRef: { kind: 'Pod', namespace: SEEDED_NAMESPACE, name: `pod-${index}` },
  },
];

/** The Service, the record that its cluster address is taken, and its endpoints. */
export function objectsOf(index: number): { readonly service: object; readonly slice: object } {
  const name = serviceName(index);
  const creationTimestamp = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const port = { protocol: 'TCP', port: 80, targetPort: 80 };
  return {
    service: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: {
        name,
        namespace: SEEDED_NAMESPACE,
        uid: uidOf(1, index),
        creationTimestamp,
        labels: { app: name },
      },
      spec: {
        type: 'LoadBalancer',
        allocateLoadBalancerNodePorts: false,
        clusterIP: clusterIpOf(index),
        clusterIPs: [clusterIpOf(index)],
        ipFamilies: ['IPv4'],
        ipFamilyPolicy: 'SingleStack',
        internalTrafficPolicy: 'Cluster',
        externalTrafficPolicy: 'Cluster',
        sessionAffinity: 'None',
        selector: { app: name },
        ports: [port],
      },
      status: { loadBalancer: { ingress: [{ ip: addressOf(index), ipMode: 'VIP' }] } },
    },
    slice: {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: {
        ...{ name: sliceName(index), namespace: SEEDED_NAMESPACE, uid: uidOf(3, index), creationTimestamp },
        labels: { 'kubernetes.io/service-name': name },
      },
      addressType: 'IPv4',
      ports: [{ name: '', protocol: 'TCP', port: 80 }],
      endpoints: endpointsOf(index, true),
    },
  };
}

const clusterIpOf = (index: number): string => `10.97.${index >> 8}.${index & 255}`;

const uidOf = (kind: number, index: number): string =>
  `00000000-0000-4000-800${kind}-${index.toString(16).padStart(12, '0')}`;

function records(index: number): readonly (readonly [key: string, value: object])[] {
  const { service, slice } = objectsOf(index);
  const clusterIP = clusterIpOf(index);
  const labels = {
    'ipaddress.kubernetes.io/ip-family': 'IPv4',
    'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io',
  };
  const address = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IPAddress',
    metadata: { name: clusterIP, uid: uidOf(2, index), labels },
    spec: {
      parentRef: { group: '', resource: 'services', namespace: SEEDED_NAMESPACE, name: serviceName(index) },
    },
  };
  return [
    [`/registry/services/specs/${SEEDED_NAMESPACE}/${serviceName(index)}`, service],
    [`/registry/ipaddresses/${clusterIP}`, address],
    [`/registry/endpointslices/${SEEDED_NAMESPACE}/${sliceName(index)}`, slice],
  ];
}

/**
 * Thousands of Services at once, written where the API server keeps them. Through its front door ten thousand take
 * minutes, and the more there are, the longer each takes; this is what a restored backup looks like, cluster
 * addresses and their records included. To be done before anybody watches.
 */
import { OURS } from './services.ts';

export type Seed = { readonly namespace: string; readonly count: number };

/** etcd takes 128 operations in one transaction; each Service is two. */
const SERVICES_PER_TRANSACTION = 64;

export async function seedServices(etcdUrl: string, { namespace, count }: Seed): Promise<void> {
  for (let first = 0; first < count; first += SERVICES_PER_TRANSACTION) {
    const size = Math.min(SERVICES_PER_TRANSACTION, count - first);
    const puts = Array.from({ length: size }, (_, i) => records(namespace, first + i)).flat();
    const success = puts.map(([key, value]) => ({
      request_put: { key: base64(key), value: base64(JSON.stringify(value)) },
    }));
    const answer = await fetch(`${etcdUrl}/v3/kv/txn`, { method: 'POST', body: JSON.stringify({ success }) });
    if (!answer.ok) throw new Error(`etcd answered ${answer.status}: ${await answer.text()}`);
  }
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** The Service, and the record that its cluster address is taken. */
function records(namespace: string, index: number): readonly (readonly [key: string, value: object])[] {
  const name = `s${index}`;
  const clusterIP = `10.97.${index >> 8}.${index & 255}`;
  const creationTimestamp = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const uid = (kind: number): string =>
    `00000000-0000-4000-800${kind}-${index.toString(16).padStart(12, '0')}`;
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, uid: uid(1), creationTimestamp },
    spec: {
      type: 'LoadBalancer',
      loadBalancerClass: OURS,
      allocateLoadBalancerNodePorts: false,
      clusterIP,
      clusterIPs: [clusterIP],
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      internalTrafficPolicy: 'Cluster',
      externalTrafficPolicy: 'Cluster',
      sessionAffinity: 'None',
      ports: [{ protocol: 'TCP', port: 80, targetPort: 80 }],
    },
    status: { loadBalancer: {} },
  };
  const address = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IPAddress',
    metadata: {
      name: clusterIP,
      uid: uid(2),
      creationTimestamp,
      labels: {
        'ipaddress.kubernetes.io/ip-family': 'IPv4',
        'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io',
      },
    },
    spec: { parentRef: { group: '', resource: 'services', namespace, name } },
  };
  return [
    [`/registry/services/specs/${namespace}/${name}`, service],
    [`/registry/ipaddresses/${clusterIP}`, address],
  ];
}

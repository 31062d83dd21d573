/** Seeds thousands of Services that have no address yet. */
import { clusterIpOf, creationTimestamp, putRecords, serviceRecords, uidOf } from './etcd.ts';
import { OURS } from './services.ts';

export type Seed = { readonly namespace: string; readonly count: number };

export const seedServices = (etcdUrl: string, { namespace, count }: Seed): Promise<void> =>
  putRecords(
    etcdUrl,
    Array.from({ length: count }, (_, index) => {
      const name = `s${index}`;
      return serviceRecords({ namespace, name, index }, service(namespace, name, index));
    }).flat(),
  );

function service(namespace: string, name: string, index: number): object {
  const clusterIP = clusterIpOf(index);
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, uid: uidOf(1, index), creationTimestamp: creationTimestamp() },
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
}

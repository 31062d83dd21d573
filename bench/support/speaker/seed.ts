/** Seeds thousands of Services that have their addresses and an endpoint on the node. */
import {
  clusterIpOf,
  creationTimestamp,
  type EtcdRecord,
  putRecords,
  serviceRecords,
  uidOf,
} from '../etcd.ts';
import { NODE } from './objects.ts';

export const SEEDED_NAMESPACE = 'crowd';

/** Services `s<from>` to `s<to - 1>`. */
export const seedAnnounced = (etcdUrl: string, from: number, to: number): Promise<void> =>
  putRecords(etcdUrl, Array.from({ length: to - from }, (_, i) => recordsOf(from + i)).flat());

/** The address of the Service `s<index>`, which is in the pool of `objects.ts`. */
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

/** A Service and its EndpointSlice. */
export function objectsOf(index: number): { readonly service: object; readonly slice: object } {
  const name = serviceName(index);
  const createdAt = creationTimestamp();
  const port = { protocol: 'TCP', port: 80, targetPort: 80 };
  return {
    service: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: {
        name,
        namespace: SEEDED_NAMESPACE,
        uid: uidOf(1, index),
        creationTimestamp: createdAt,
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
        ...{ name: sliceName(index), namespace: SEEDED_NAMESPACE, uid: uidOf(3, index) },
        creationTimestamp: createdAt,
        labels: { 'kubernetes.io/service-name': name },
      },
      addressType: 'IPv4',
      ports: [{ name: '', protocol: 'TCP', port: 80 }],
      endpoints: endpointsOf(index, true),
    },
  };
}

function recordsOf(index: number): readonly EtcdRecord[] {
  const { service, slice } = objectsOf(index);
  return [
    ...serviceRecords({ namespace: SEEDED_NAMESPACE, name: serviceName(index), index }, service),
    [`/registry/endpointslices/${SEEDED_NAMESPACE}/${sliceName(index)}`, slice],
  ];
}

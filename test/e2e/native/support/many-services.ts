/** Thousands of Services with endpoints, in a cluster of native parts. */
import assert from 'node:assert/strict';
import type { AnyObject } from '../../../controller/support/rig.ts';
import { eventually } from '../../../support/eventually.ts';
import { PAGE_PORT } from '../../calico/support/pods.ts';
import type { NativeCluster } from './native-cluster.ts';

const SERVICES = '/api/v1/namespaces/default/services';
const SLICES = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices';
const REQUESTS_IN_FLIGHT = 16;

/** Creates Services `s0` and so on, each with an endpoint on every node; returns their addresses when all have one. */
export async function exposeMany({ rig, pods }: NativeCluster, count: number): Promise<readonly string[]> {
  const endpoints = pods.map(({ node, addresses }) => ({
    addresses: [addresses[4]],
    conditions: { ready: true, serving: true, terminating: false },
    nodeName: node,
  }));
  let next = 0;
  const create = async (): Promise<void> => {
    while (next < count) {
      const name = `s${next++}`;
      await rig.api.requestOk('POST', SLICES, {
        ...{ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', addressType: 'IPv4', endpoints },
        metadata: { name, labels: { 'kubernetes.io/service-name': name } },
        ports: [{ name: 'http', port: PAGE_PORT, protocol: 'TCP' }],
      });
      await rig.api.requestOk('POST', SERVICES, {
        ...{ apiVersion: 'v1', kind: 'Service', metadata: { name } },
        spec: {
          type: 'LoadBalancer',
          allocateLoadBalancerNodePorts: false,
          ports: [{ name: 'http', port: 80, targetPort: PAGE_PORT }],
        },
      });
    }
  };
  await Promise.all(Array.from({ length: REQUESTS_IN_FLIGHT }, create));
  return eventually(
    async () => {
      const { items } = await rig.api.requestOk<{ readonly items: readonly AnyObject[] }>('GET', SERVICES);
      const addresses = items.flatMap(({ status }): readonly string[] =>
        (status?.loadBalancer?.ingress ?? []).map(({ ip }: { readonly ip: string }) => ip),
      );
      assert.equal(new Set(addresses).size, count);
      return addresses;
    },
    { interval: 1_000 },
  );
}

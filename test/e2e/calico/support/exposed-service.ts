/** A Service with endpoints on pods of some nodes, and a client behind the router that opens it. */
import type { Rig } from '../../../controller/support/rig.ts';
import type { NetworkNamespace } from '../../../support/netns/network.ts';
import type { RealApi } from '../../../support/real-api/start.ts';
import type { Family, Loose } from './bird1/objects.ts';
import { PAGE_PORT, type Pod } from './pods.ts';
import type { Testbed } from './testbed.ts';

export const CLIENT: Readonly<Record<Family, string>> = { 4: '10.20.0.2', 6: 'fd10:20::2' };

/** The client's namespace. Its connections take turns over the paths, or one client would always reach the same node. */
export function addClient({ net, router }: Testbed): NetworkNamespace {
  const client = net.namespace('client');
  client.addVeth('eth0', router, 'client');
  router.ip('addr add 10.20.0.1/24 dev client', 'addr add fd10:20::1/64 dev client nodad');
  client.ip(
    `addr add ${CLIENT[4]}/24 dev eth0`,
    `addr add ${CLIENT[6]}/64 dev eth0 nodad`,
    'route add 0.0.0.0/0 via 10.20.0.1',
    'route add ::/0 via fd10:20::1',
  );
  router.setSysctls({ 'ipv4/fib_multipath_hash_policy': '1', 'ipv6/fib_multipath_hash_policy': '1' });
  return client;
}

/** What a Service is exposed in: the API server, and the pods that may stand behind it. */
export type Exposure = { readonly rig: Rig<RealApi>; readonly pods: readonly Pod[] };

/** The endpoints of a Service: pods of these nodes, in one slice for each family. */
export async function applyEndpoints(
  { rig, pods }: Exposure,
  service: string,
  nodes: readonly string[],
  family: Family = 4,
): Promise<void> {
  await rig.kubectl(
    ['apply', '-f', '-'],
    JSON.stringify({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: {
        name: `${service}-${family}`,
        namespace: 'default',
        labels: { 'kubernetes.io/service-name': service },
      },
      addressType: `IPv${family}`,
      ports: [{ name: 'http', port: PAGE_PORT, protocol: 'TCP' }],
      endpoints: pods
        .filter(({ node }) => nodes.includes(node))
        .map(({ node, addresses }) => ({
          addresses: [addresses[family]],
          conditions: { ready: true, serving: true, terminating: false },
          nodeName: node,
        })),
    }),
  );
}

export type ExposedService = {
  readonly name: string;
  /** Nodes with an endpoint. */
  readonly nodes: readonly string[];
  readonly spec?: Loose;
  readonly metadata?: Loose;
};

/** A Service on port 80 with endpoints on these nodes. */
export async function expose(
  exposure: Exposure,
  { name, nodes, spec = {}, metadata = {} }: ExposedService,
): Promise<void> {
  const ports = [{ name: 'http', port: 80, targetPort: PAGE_PORT }];
  await exposure.rig.service(name, { ports, ...spec }, metadata);
  await applyEndpoints(exposure, name, nodes);
}

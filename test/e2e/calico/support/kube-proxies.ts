/** A real kube-proxy on every node. It reaches the API server over the nodes' network, at the control plane's address. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findKubernetesBinaries } from '../../../support/kubernetes-binaries.ts';
import { type RelayedApi, relayApiInto } from '../../../support/netns/relayed-api.ts';
import type { RealApi } from '../../../support/real-api/start.ts';
import { nodeAddress, type Testbed } from './testbed.ts';
import type { TestbedNode } from './testbed-node.ts';

const CONTROL_PLANE = 'cp1';

export type ProxyMode = 'iptables' | 'nftables';

export async function startProxies(
  stage: Testbed,
  api: RealApi,
  mode: ProxyMode = 'nftables',
): Promise<RelayedApi> {
  const parts = findKubernetesBinaries();
  if (!parts.isAvailable) throw new Error(parts.reason);
  const { namespace } = stage.node(CONTROL_PLANE);
  const relayed = await relayApiInto(namespace, nodeAddress(CONTROL_PLANE, 4), api);
  const settings = { mode, clientConnection: { kubeconfig: relayed.kubeconfig } };
  for (const node of stage.nodes) startProxy(node, parts.kubeProxy, settings);
  return relayed;
}

function startProxy({ name, namespace }: TestbedNode, program: string, settings: object): void {
  const config = {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    ...settings,
    hostnameOverride: name,
    clusterCIDR: '10.244.0.0/16,fd10:244::/32',
    conntrack: { maxPerCore: 0, min: 0 },
  };
  const path = join(namespace.folder, `kube-proxy-${name}.json`);
  writeFileSync(path, JSON.stringify(config));
  namespace.start(`kube-proxy-${name}`, program, `--config=${path}`);
}

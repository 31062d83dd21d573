/** A real kube-proxy on every node. It reaches the API server over the nodes' network, at the control plane's address. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findKubernetesBinaries } from '../../../support/kubernetes-binaries.ts';
import { type Relay, relayInto } from '../../../support/netns/relay.ts';
import type { RealApi } from '../../../support/real-api/start.ts';
import { nodeAddress, type Testbed } from './testbed.ts';
import type { TestbedNode } from './testbed-node.ts';

const API_PORT = 6443;
const CONTROL_PLANE = 'cp1';

export async function startProxies(stage: Testbed, api: RealApi): Promise<Relay> {
  const parts = findKubernetesBinaries();
  if (!parts.isAvailable) throw new Error(parts.reason);
  const address = nodeAddress(CONTROL_PLANE, 4);
  const namespace = stage.node(CONTROL_PLANE).namespace;
  const relay = await relayInto(namespace, { address, port: API_PORT }, Number(new URL(api.url).port));
  const kubeconfig = join(stage.net.path, 'kube-proxy.kubeconfig');
  writeFileSync(kubeconfig, kubeconfigText(api, `https://${address}:${API_PORT}`), { mode: 0o600 });
  for (const node of stage.nodes) startProxy(node, parts.kubeProxy, kubeconfig);
  return relay;
}

function startProxy({ name, namespace }: TestbedNode, program: string, kubeconfig: string): void {
  const config = {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode: 'nftables',
    clientConnection: { kubeconfig },
    hostnameOverride: name,
    clusterCIDR: '10.244.0.0/16,fd10:244::/32',
    conntrack: { maxPerCore: 0, min: 0 },
  };
  const path = join(namespace.folder, `kube-proxy-${name}.json`);
  writeFileSync(path, JSON.stringify(config));
  namespace.start(`kube-proxy-${name}`, program, `--config=${path}`);
}

/** A name in the server's certificate, which is not issued for the address on the nodes' network. */
const kubeconfigText = (api: RealApi, server: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'test',
        cluster: { server, 'certificate-authority': api.caFile, 'tls-server-name': 'kubernetes' },
      },
    ],
    users: [{ name: 'test', user: { token: api.token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    'current-context': 'test',
  });

/** A real API server, which listens on loopback outside, for the programs in namespaces: where it answers, and their kubeconfig. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiAccess } from '../real-api/client.ts';
import type { NetworkNamespace } from './network.ts';
import { type Relay, relayInto } from './relay.ts';

const API_PORT = 6443;

export type RelayedApi = Relay & {
  /** Path of a kubeconfig for all namespaces that reach the address. */
  readonly kubeconfig: string;
};

/** Connections to `address` in `namespace` arrive at the API server. */
export async function relayApiInto(
  namespace: NetworkNamespace,
  address: string,
  api: ApiAccess,
): Promise<RelayedApi> {
  const relay = await relayInto(namespace, { address, port: API_PORT }, Number(new URL(api.url).port));
  const kubeconfig = join(namespace.folder, `kubeconfig-${namespace.name}`);
  writeFileSync(kubeconfig, kubeconfigText(api, `https://${address}:${API_PORT}`), { mode: 0o600 });
  return { close: () => relay.close(), kubeconfig };
}

/** JSON is YAML. A name in the server's certificate, which is not issued for the address in the namespace. */
const kubeconfigText = (api: ApiAccess, server: string): string =>
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

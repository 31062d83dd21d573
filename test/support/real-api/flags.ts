import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiOptions, ApiUser } from './options.ts';

/** The command lines and files that make the two servers a small cluster's heart without a cluster round it. */

/** Documentation range, RFC 5737: never dialled, but kube-apiserver refuses a loopback address here. */
const ADVERTISED_ADDRESS = '192.0.2.1';

export const etcdFlags = (
  folder: string,
  { port, peerPort }: { readonly port: number; readonly peerPort: number },
): readonly string[] => [
  `--data-dir=${join(folder, 'etcd')}`,
  `--listen-client-urls=http://127.0.0.1:${port}`,
  `--advertise-client-urls=http://127.0.0.1:${port}`,
  `--listen-peer-urls=http://127.0.0.1:${peerPort}`,
  `--initial-advertise-peer-urls=http://127.0.0.1:${peerPort}`,
  `--initial-cluster=default=http://127.0.0.1:${peerPort}`,
  '--unsafe-no-fsync',
  '--log-level=warn',
];

export const apiServerFlags = (
  folder: string,
  { port, etcdUrl }: { readonly port: number; readonly etcdUrl: string },
  options: ApiOptions,
): readonly string[] => [
  `--etcd-servers=${etcdUrl}`,
  '--bind-address=127.0.0.1',
  `--advertise-address=${ADVERTISED_ADDRESS}`,
  `--secure-port=${port}`,
  `--cert-dir=${join(folder, 'certs')}`,
  `--token-auth-file=${join(folder, 'tokens.csv')}`,
  '--service-account-issuer=https://kubernetes.default.svc',
  `--service-account-key-file=${join(folder, 'accounts.pub')}`,
  `--service-account-signing-key-file=${join(folder, 'accounts.key')}`,
  '--disable-admission-plugins=ServiceAccount',
  `--authorization-mode=${options.authorization ?? 'AlwaysAllow'}`,
  '--service-cluster-ip-range=10.96.0.0/12,fd00:10:96::/108',
  '--endpoint-reconciler-type=none',
  `--enable-priority-and-fairness=${options.fairness ?? true}`,
  ...(options.flags ?? []),
];

/** The token file and the key pair that signs ServiceAccount tokens. */
export function writeCredentials(folder: string, adminToken: string, users: readonly ApiUser[]): void {
  const admin: ApiUser = { name: 'admin', token: adminToken, groups: ['system:masters'] };
  const lines = [admin, ...users].map(
    ({ name, token, groups }) => `${token},${name},${name},"${groups.join(',')}"\n`,
  );
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  writeFileSync(join(folder, 'tokens.csv'), lines.join(''), { mode: 0o600 });
  writeFileSync(join(folder, 'accounts.pub'), publicKey);
  writeFileSync(join(folder, 'accounts.key'), privateKey, { mode: 0o600 });
}

/** A kubeconfig for one user; JSON is YAML enough. */
export function kubeconfigText(access: {
  readonly url: string;
  readonly token: string;
  readonly caFile: string;
}): string {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server: access.url, 'certificate-authority': access.caFile } }],
    users: [{ name: 'test', user: { token: access.token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    'current-context': 'test',
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

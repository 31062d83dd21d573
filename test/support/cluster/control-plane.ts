/** etcd, kube-apiserver, kube-scheduler and kube-controller-manager of a cluster, in the namespace of its control plane. */
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../eventually.ts';
import type { NetworkNamespace } from '../netns/network.ts';
import type { ServerProcess } from '../real-api/server-process.ts';
import type { CertificateAuthority } from './certificates.ts';
import { CONTROL_PLANE } from './network.ts';
import type { ClusterParts } from './parts.ts';

type Programs = (ClusterParts & { readonly isAvailable: true })['kubernetes'];

export type ControlPlaneOptions = {
  /** After how many seconds of silence a node is NotReady; Kubernetes has 50. */
  readonly nodeGraceSeconds?: number;
};

const SERVER = `https://${CONTROL_PLANE.ipv4}:6443`;
const SERVICE_PREFIXES = '10.96.0.0/16,fd96::/108';
/** The first address of the Services' prefix is the API server's own Service. */
const API_SERVICE = '10.96.0.1';
/** Kubernetes' own default, in seconds, is 50; tests need not wait for it. */
const NODE_GRACE_SECONDS = 16;
const ETCD = 'http://127.0.0.1:2379';

export class ControlPlane {
  readonly #host: NetworkNamespace;
  readonly #programs: Programs;
  readonly #authority: CertificateAuthority;
  readonly #folder: string;
  readonly #servers = new Map<string, ServerProcess>();

  constructor(host: NetworkNamespace, programs: Programs, authority: CertificateAuthority, folder: string) {
    this.#host = host;
    this.#programs = programs;
    this.#authority = authority;
    this.#folder = folder;
  }

  /** Where nodes and clients reach the API server. */
  get server(): string {
    return SERVER;
  }

  /** Starts all four. It returns when the API server is ready; the others have been started by then. */
  async start({ nodeGraceSeconds = NODE_GRACE_SECONDS }: ControlPlaneOptions): Promise<void> {
    this.#startEtcd();
    await this.startApiServer();
    const clusterFlags = await this.#signComponents();
    this.#start('kube-controller-manager', this.#programs.controllerManager, [
      ...clusterFlags('kube-controller-manager'),
      `--service-account-private-key-file=${join(this.#folder, 'accounts.key')}`,
      `--root-ca-file=${this.#authority.certificateFile}`,
      `--cluster-signing-cert-file=${this.#authority.certificateFile}`,
      `--cluster-signing-key-file=${this.#authority.keyFile}`,
      '--use-service-account-credentials=true',
      `--node-monitor-grace-period=${nodeGraceSeconds}s`,
    ]);
    this.#start('kube-scheduler', this.#programs.scheduler, clusterFlags('kube-scheduler'));
  }

  /** Starts the API server, again after `stopApiServer`; it returns when the server is ready. */
  async startApiServer(): Promise<void> {
    const server = await this.#apiServer();
    const ready = async (): Promise<void> => {
      if (server.exit() !== null) throw new Error(`kube-apiserver ended:\n${server.tail()}`);
      await this.#host.run('curl', '-sfk', '--max-time', '5', `${SERVER}/readyz`);
    };
    await eventually(ready, { interval: 200 });
  }

  /** Ends the API server; all the rest goes on. */
  async stopApiServer(): Promise<void> {
    await this.#servers.get('kube-apiserver')?.end('SIGKILL');
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#servers.values()].map((server) => server.end('SIGKILL')));
  }

  #startEtcd(): void {
    this.#start('etcd', this.#programs.etcd, [
      `--data-dir=${join(this.#folder, 'etcd')}`,
      `--listen-client-urls=${ETCD}`,
      `--advertise-client-urls=${ETCD}`,
      '--listen-peer-urls=http://127.0.0.1:2380',
      '--unsafe-no-fsync',
      '--log-level=warn',
    ]);
  }

  async #apiServer(): Promise<ServerProcess> {
    const names = [
      CONTROL_PLANE.ipv4,
      CONTROL_PLANE.ipv6,
      API_SERVICE,
      '127.0.0.1',
      'kubernetes.default.svc',
    ];
    const serving = await this.#authority.sign('apiserver', { user: 'kube-apiserver', names });
    const kubelet = await this.#authority.sign('apiserver-kubelet', {
      user: 'kube-apiserver-kubelet',
      groups: ['system:masters'],
    });
    if (!this.#servers.has('kube-apiserver')) this.#writeAccountKeys();
    return this.#start('kube-apiserver', this.#programs.apiServer, [
      `--etcd-servers=${ETCD}`,
      `--advertise-address=${CONTROL_PLANE.ipv4}`,
      '--secure-port=6443',
      `--cert-dir=${this.#folder}`,
      `--service-cluster-ip-range=${SERVICE_PREFIXES}`,
      `--tls-cert-file=${serving.certificate}`,
      `--tls-private-key-file=${serving.key}`,
      `--client-ca-file=${this.#authority.certificateFile}`,
      '--authorization-mode=Node,RBAC',
      '--enable-admission-plugins=NodeRestriction',
      '--allow-privileged=true',
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${join(this.#folder, 'accounts.pub')}`,
      `--service-account-signing-key-file=${join(this.#folder, 'accounts.key')}`,
      `--kubelet-client-certificate=${kubelet.certificate}`,
      `--kubelet-client-key=${kubelet.key}`,
      '--kubelet-preferred-address-types=InternalIP',
    ]);
  }

  #writeAccountKeys(): void {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    writeFileSync(join(this.#folder, 'accounts.pub'), publicKey);
    writeFileSync(join(this.#folder, 'accounts.key'), privateKey, { mode: 0o600 });
  }

  /** Both components end at once where the API server has no roles yet: they start when it is ready. */
  async #signComponents(): Promise<(component: string) => readonly string[]> {
    const files = new Map<string, string>();
    for (const component of ['kube-controller-manager', 'kube-scheduler'])
      files.set(
        component,
        await this.#authority.kubeconfig(component, SERVER, { user: `system:${component}` }),
      );
    return (component) => {
      const path = files.get(component);
      return [
        `--kubeconfig=${path}`,
        `--authentication-kubeconfig=${path}`,
        `--authorization-kubeconfig=${path}`,
        '--leader-elect=false',
        `--cert-dir=${this.#folder}`,
      ];
    };
  }

  #start(name: string, program: string, flags: readonly string[]): ServerProcess {
    const server = this.#host.start(name, program, ...flags);
    this.#servers.set(name, server);
    return server;
  }
}

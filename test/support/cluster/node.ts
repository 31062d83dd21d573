/** One node of a cluster: a box with containerd, a kubelet and kube-proxy. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../eventually.ts';
import type { NetworkNamespace } from '../netns/network.ts';
import { Box, boxScript } from './box.ts';
import type { CertificateAuthority } from './certificates.ts';
import type { CgroupTree } from './cgroups.ts';
import type { ImageStore } from './image-store.ts';
import { PAUSE_IMAGE } from './images.ts';
import { type Addresses, nodeAddresses, podPrefixes } from './network.ts';
import type { ClusterParts } from './parts.ts';

export type NodeProgram = 'containerd' | 'kubelet' | 'kube-proxy';

export type NodeContext = {
  readonly parts: ClusterParts & { readonly isAvailable: true };
  readonly authority: CertificateAuthority;
  readonly cgroups: CgroupTree;
  readonly server: string;
  /** What the node's containerd has from the start. */
  readonly images: Promise<ImageStore>;
};

export class ClusterNode {
  readonly name: string;
  readonly number: number;
  readonly host: NetworkNamespace;
  readonly #folder: string;
  readonly #context: NodeContext;
  readonly #box: Box;

  constructor(number: number, host: NetworkNamespace, folder: string, context: NodeContext) {
    this.name = `n${number}`;
    this.number = number;
    this.host = host;
    this.#folder = join(folder, this.name);
    this.#context = context;
    const { ipv4, ipv6 } = this.addresses;
    this.#box = new Box({
      ...{ name: this.name, host, folder: this.#folder },
      ...{ cgroups: context.cgroups, programs: context.parts.programs },
      environment: {
        CNI_PLUGINS: context.parts.cniPlugins,
        NODE_ADDRESSES: `${ipv4},${ipv6}`,
        NODE_LABELS: `topology.kubernetes.io/zone=zone-${number}`,
      },
    });
  }

  get addresses(): Addresses {
    return nodeAddresses(this.number);
  }

  /** Starts the node. Its disk is as it was left: images and volumes stay, Pods start again. */
  async start(): Promise<void> {
    mkdirSync(this.#folder, { recursive: true });
    await this.#writeConfiguration();
    const images = await this.#context.images;
    const disk = join(this.#folder, 'containerd');
    if (!existsSync(disk)) await images.copyTo(disk);
    this.#box.start(['sh', boxScript('node'), this.name, this.#folder]);
  }

  /** The node dies without a word, as by a cut of its power. */
  kill(): Promise<void> {
    return this.#box.kill();
  }

  /** What a program prints that runs on this node, in all its namespaces. */
  run(program: string, ...args: readonly string[]): Promise<string> {
    return this.#box.run(program, ...args);
  }

  /** Sends a signal to one of the node's programs; one that ends is started again. */
  async signal(program: NodeProgram, signal: 'STOP' | 'CONT' | 'KILL'): Promise<void> {
    const pid = readFileSync(join(this.#folder, `${program}.pid`), 'utf8').trim();
    await this.run('kill', `-${signal}`, pid);
  }

  /** The last lines that one of its programs logged. */
  log(program: NodeProgram, lines = 40): string {
    return readFileSync(join(this.#folder, `${program}.log`), 'utf8')
      .split('\n')
      .slice(-lines)
      .join('\n');
  }

  /** Loads the image of an archive. */
  async loadImage(archive: string): Promise<void> {
    await eventually(() => this.run('ctr', '-n', 'k8s.io', 'images', 'import', archive));
  }

  /** The first process of its box. */
  get initPid(): number {
    return this.#box.initPid;
  }

  async #writeConfiguration(): Promise<void> {
    const { authority, server } = this.#context;
    const kubelet = { user: `system:node:${this.name}`, groups: ['system:nodes'] };
    const kubeconfig = await authority.kubeconfig(this.name, server, kubelet);
    const proxy = await authority.kubeconfig(`${this.name}-proxy`, server, { user: 'system:kube-proxy' });
    this.#write('kubeconfig', readFileSync(kubeconfig, 'utf8'));
    this.#write('containerd.toml', containerdText(this.#folder));
    this.#write('resolv.conf', '');
    mkdirSync(join(this.#folder, 'cni'), { recursive: true });
    this.#write('cni/10-pods.conflist', cniText(this.number, this.#folder));
    this.#write('kubelet.yaml', kubeletText(this.#folder, authority.certificateFile));
    this.#write('kube-proxy.yaml', proxyText(this.name, proxy));
  }

  #write(name: string, text: string): void {
    writeFileSync(join(this.#folder, name), text, { mode: 0o600 });
  }
}

const containerdText = (folder: string): string => `version = 2
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${PAUSE_IMAGE}"
  tolerate_missing_hugetlb_controller = true
  disable_apparmor = true
  # A machine may deny even root a lower score than its own.
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/opt/cni/bin"
    conf_dir = "${folder}/cni"
`;

function cniText(number: number, folder: string): string {
  const { ipv4, ipv6 } = podPrefixes(number);
  const plugin = {
    type: 'bridge',
    bridge: 'cni0',
    isGateway: true,
    ipMasq: false, // Pods are routed
    hairpinMode: true,
    ipam: {
      type: 'host-local',
      dataDir: `${folder}/ipam`,
      ranges: [[{ subnet: ipv4 }], [{ subnet: ipv6 }]],
      routes: [{ dst: '0.0.0.0/0' }, { dst: '::/0' }],
    },
  };
  return JSON.stringify({ cniVersion: '0.4.0', name: 'pods', plugins: [plugin] });
}

/** Intervals are short, so that tests need not wait; JSON is YAML enough. */
function kubeletText(folder: string, ca: string): string {
  const configuration = {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    failCgroupV1: false,
    cgroupDriver: 'cgroupfs',
    containerRuntimeEndpoint: 'unix:///run/containerd/containerd.sock',
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: ca },
    },
    authorization: { mode: 'Webhook' },
    makeIPTablesUtilChains: false,
    failSwapOn: false,
    // The disk is that of the machine: how full it is, is no matter of a test.
    evictionHard: {
      'nodefs.available': '0%',
      'nodefs.inodesFree': '0%',
      'imagefs.available': '0%',
      'memory.available': '100Mi',
    },
    imageGCHighThresholdPercent: 100,
    resolvConf: `${folder}/resolv.conf`,
    clusterDNS: ['10.96.0.10'],
    nodeStatusReportFrequency: '10s',
    nodeStatusUpdateFrequency: '4s',
    nodeLeaseDurationSeconds: 12,
    syncFrequency: '10s',
  };
  return JSON.stringify(configuration, null, 2);
}

function proxyText(name: string, kubeconfig: string): string {
  const configuration = {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode: 'nftables',
    hostnameOverride: name,
    clientConnection: { kubeconfig },
    clusterCIDR: '10.244.0.0/16,fd44::/48',
    // These are sysctls of the whole machine.
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
    nftables: { syncPeriod: '5s', minSyncPeriod: '100ms' },
  };
  return JSON.stringify(configuration, null, 2);
}

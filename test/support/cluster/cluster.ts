/**
 * A real cluster on one machine: a control plane, and nodes with real kubelets, each a set of namespaces. Nothing of it is outside
 * of its namespaces, control groups and folder, and all of it ends with the process that started it.
 */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../../../dev/place.mjs';
import { eventually } from '../eventually.ts';
import { destroyOnExit } from '../real-api/cleanup.ts';
import { type CommandResult, runProgram } from '../run-program.ts';
import { CertificateAuthority } from './certificates.ts';
import { CgroupTree } from './cgroups.ts';
import { ControlPlane, type ControlPlaneOptions } from './control-plane.ts';
import { ImageStore } from './image-store.ts';
import { writeClusterImages } from './images.ts';
import { ClusterNetwork, NODES_MAX } from './network.ts';
import { ClusterNode, type NodeContext } from './node.ts';
import { findClusterParts } from './parts.ts';

export type ClusterOptions = ControlPlaneOptions & {
  /** 1 to 5. */
  readonly nodes?: number;
  /** Archives of more images. */
  readonly images?: readonly string[];
  /** More tags of Berth's image, as if it were of these versions. */
  readonly berthTags?: readonly string[];
};

let clustersMade = 0;

/** Should this process be killed, the sweeper notices that its standard input ends, and cleans up after it. */
function startSweeper(): void {
  const program = fileURLToPath(new URL('sweeper.ts', import.meta.url));
  const args = ['--import', 'tsx', program, `${process.pid}`];
  const sweeper = spawn(process.execPath, args, {
    ...{ cwd: root, detached: true, stdio: ['pipe', 'ignore', 'ignore'] },
  });
  sweeper.unref();
  (sweeper.stdin as Socket).unref();
}

export class Cluster {
  readonly network: ClusterNetwork;
  readonly controlPlane: ControlPlane;
  readonly #nodes: ClusterNode[];
  readonly #nodeContext: NodeContext;
  /** Of a user in `system:masters`; it works in the namespaces of the cluster alone. */
  readonly kubeconfig: string;
  readonly #kubectl: string;
  readonly #destroy: () => void;

  private constructor(made: {
    readonly network: ClusterNetwork;
    readonly controlPlane: ControlPlane;
    readonly nodes: ClusterNode[];
    readonly nodeContext: NodeContext;
    readonly kubeconfig: string;
    readonly kubectl: string;
    readonly destroy: () => void;
  }) {
    this.network = made.network;
    this.controlPlane = made.controlPlane;
    this.#nodes = made.nodes;
    this.#nodeContext = made.nodeContext;
    this.kubeconfig = made.kubeconfig;
    this.#kubectl = made.kubectl;
    this.#destroy = made.destroy;
  }

  /** Starts a cluster, and returns when all its nodes are Ready. Throws where the parts are not there: ask `skipWithoutCluster` first. */
  static async start({
    nodes = 1,
    images = [],
    berthTags = [],
    ...options
  }: ClusterOptions = {}): Promise<Cluster> {
    const parts = findClusterParts();
    if (!parts.isAvailable) throw new Error(`no cluster: ${parts.reason}`);
    if (!Number.isInteger(nodes) || nodes < 1 || nodes > NODES_MAX)
      throw new RangeError(`a cluster has 1 to ${NODES_MAX} nodes, not ${nodes}`);
    if (clustersMade === 0) startSweeper();
    clustersMade += 1;
    const network = new ClusterNetwork(nodes);
    const cgroups = new CgroupTree(`berth-${process.pid}-${clustersMade}`);
    const destroy = destroyOnExit({
      path: network.path,
      recordChild: () => {},
      destroy: () => {
        network.destroy(); // ends the processes
        cgroups.remove();
      },
    });
    try {
      const pki = join(network.path, 'pki');
      mkdirSync(pki);
      const authority = await CertificateAuthority.create(pki);
      const controlPlane = new ControlPlane(network.controlPlane, parts.kubernetes, authority, network.path);
      const kubeconfig = await authority.kubeconfig('admin', controlPlane.server, {
        user: 'admin',
        groups: ['system:masters'],
      });
      const unpack = async (): Promise<ImageStore> => {
        const own = await writeClusterImages(network.path, parts.busybox, berthTags);
        const place = { folder: network.path, host: network.lan, cgroups, programs: parts.programs };
        return ImageStore.unpack([...own, ...images], place);
      };
      const context = { parts, authority, cgroups, server: controlPlane.server, images: unpack() };
      const made = network.nodes.map(
        (host, index) => new ClusterNode(index + 1, host, network.path, context),
      );
      await Promise.all([controlPlane.start(options), context.images, ...made.map((node) => node.start())]);
      const cluster = new Cluster({
        network,
        controlPlane,
        nodes: made,
        nodeContext: context,
        kubeconfig,
        kubectl: parts.kubernetes.kubectl,
        destroy,
      });
      await cluster.untilReady();
      return cluster;
    } catch (error) {
      destroy();
      throw error;
    }
  }

  get nodes(): readonly ClusterNode[] {
    return this.#nodes;
  }

  /** Adds a node, and returns when it is Ready. */
  async addNode(): Promise<ClusterNode> {
    const host = this.network.addNode();
    const node = new ClusterNode(this.#nodes.length + 1, host, this.network.path, this.#nodeContext);
    this.#nodes.push(node);
    await node.start();
    await this.untilReady();
    return node;
  }

  /** Node N, from 1. */
  node(number: number): ClusterNode {
    const node = this.nodes[number - 1];
    if (node === undefined) throw new RangeError(`there is no node ${number}`);
    return node;
  }

  /** The real kubectl; whatever its exit code. */
  kubectl(args: readonly string[], input?: string): Promise<CommandResult> {
    return this.run(this.#kubectl, args, input);
  }

  /** The same; throws with what kubectl printed unless it ended well. */
  async kubectlOk(args: readonly string[], input?: string): Promise<string> {
    const { code, stdout, stderr } = await this.kubectl(args, input);
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')} ended with ${code}: ${stderr}${stdout}`);
    return stdout;
  }

  /** Applies objects. */
  apply(...objects: readonly object[]): Promise<string> {
    const list = { apiVersion: 'v1', kind: 'List', items: objects };
    return this.kubectlOk(['apply', '--server-side', '-f', '-'], JSON.stringify(list));
  }

  /** `berth`, as somebody at the control plane runs it. */
  berth(args: readonly string[]): Promise<CommandResult> {
    return this.run(process.execPath, [join(root, 'dist/berth.mjs'), ...args]);
  }

  /** Ends everything, and removes all traces. */
  async stop(): Promise<void> {
    this.#destroy();
  }

  /** Waits until all nodes are Ready, and without the taint of a node that is not: only then Pods are scheduled on them. */
  async untilReady(): Promise<void> {
    const ready = async (): Promise<void> => {
      const columns = 'custom-columns=R:.status.conditions[?(@.type=="Ready")].status,T:.spec.taints[*].key';
      const states = await this.kubectlOk(['get', 'nodes', '--no-headers', '-o', columns]);
      const count = states.split('\n').filter((state) => /^True\s+<none>$/.test(state.trim())).length;
      if (count !== this.nodes.length)
        throw new Error(`${count} of ${this.nodes.length} nodes are ready:\n${states}`);
    };
    await eventually(ready, { interval: 300 });
  }

  /** A program at the control plane, as the cluster's administrator. */
  run(program: string, args: readonly string[], input = ''): Promise<CommandResult> {
    const { fullName } = this.network.controlPlane;
    const env = {
      PATH: process.env['PATH'],
      HOME: this.network.path,
      KUBECONFIG: this.kubeconfig,
      KUBECACHEDIR: join(this.network.path, 'kubectl-cache'),
    };
    return runProgram('nsenter', [`--net=/run/netns/${fullName}`, program, ...args], { env, input });
  }
}

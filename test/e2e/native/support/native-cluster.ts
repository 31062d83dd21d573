/**
 * A small cluster without Calico: API server, etcd and controller; nodes with kube-proxy and Berth's speaker; pods; a
 * router and a client behind it. Scenarios share one and clean up after themselves.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LogLine } from '../../../controller/support/program.ts';
import { type AnyObject, NAMESPACE, NO_PORTS, Rig } from '../../../controller/support/rig.ts';
import { eventually } from '../../../support/eventually.ts';
import { readProtocols, readTable, type TablePath } from '../../../support/netns/bird-output.ts';
import type { NetworkNamespace } from '../../../support/netns/network.ts';
import type { RelayedApi } from '../../../support/netns/relayed-api.ts';
import type { ServerProcess } from '../../../support/real-api/server-process.ts';
import type { RealApi } from '../../../support/real-api/start.ts';
import type { Family } from '../../calico/support/bird1/objects.ts';
import { addClient, applyEndpoints, expose } from '../../calico/support/exposed-service.ts';
import { type ProxyMode, startProxies } from '../../calico/support/kube-proxies.ts';
import { addPodRoutes, type Pod, startPod } from '../../calico/support/pods.ts';
import {
  type Neighbor,
  ROUTER_ADDRESS,
  type RouterOptions,
  routerConfig,
} from '../../calico/support/router.ts';
import { nodeAddress, Testbed } from '../../calico/support/testbed.ts';
import { readLog } from './linked-speakers.ts';

export const NODES = ['w1', 'w2', 'w3'] as const;
export const METALLB = `/namespaces/${NAMESPACE}`;

const FAMILIES = [4, 6] as const;
const API = '/apis/metallb.io';

/** The router's side of `peer()`; with this hold time it soon detects a dead node. */
export const ROUTER: RouterOptions = { as: 65_116, holdSeconds: 9 };
export const NODE_AS = 65_001;

/**
 * A SYN that comes before kube-proxy's rules stays in conntrack without a translation, two minutes by default. A later connection
 * from the same port would meet it and go in circles between node and router until its TTL ends (EHOSTUNREACH).
 */
const SYN_SENT_SECONDS = 1;
export const FORGOTTEN_AFTER_MS = 1_500;

export class NativeCluster {
  readonly rig: Rig<RealApi>;
  readonly stage: Testbed;
  readonly client: NetworkNamespace;
  /** One behind each node. */
  readonly pods: readonly Pod[];
  readonly #relayed: RelayedApi;
  readonly #startSpeakers = new Map<string, ServerProcess>();
  /** Starts of the speaker of each node. */
  readonly #starts = new Map<string, number>();

  private constructor(rig: Rig<RealApi>, stage: Testbed, relayed: RelayedApi) {
    this.rig = rig;
    this.stage = stage;
    this.#relayed = relayed;
    this.client = addClient(stage);
    for (const { namespace } of stage.nodes)
      namespace.setSysctls({ 'netfilter/nf_conntrack_tcp_timeout_syn_sent': `${SYN_SENT_SECONDS}` });
    addPodRoutes(stage);
    this.pods = NODES.map((node, index) => startPod(stage, node, index + 1));
  }

  static async start(mode?: ProxyMode): Promise<NativeCluster> {
    const stage = new Testbed(['cp1', ...NODES]);
    const rig = await Rig.start();
    for (const { name } of stage.nodes) await makeNode(rig, name);
    return new NativeCluster(rig, stage, await startProxies(stage, rig.api, mode));
  }

  async stop(): Promise<void> {
    this.#relayed.close();
    this.stage.destroy();
    await this.rig.stop();
  }

  /** Ends the speakers and removes what a scenario created. */
  async clean(): Promise<void> {
    await Promise.all([...this.#startSpeakers.keys()].map((node) => this.kill(node)));
    await this.rig.clean();
    for (const kind of ['v1beta2', 'v1beta1'].flatMap((version) =>
      version === 'v1beta2' ? ['v1beta2/bgppeers'] : ['v1beta1/communities', 'v1beta1/servicebgpstatuses'],
    )) {
      const [version, plural] = kind.split('/');
      await this.rig.api.request('DELETE', `${API}/${version}${METALLB}/${plural}`);
    }
    await this.rig.api.request('DELETE', '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices');
    await this.rig.api.request('DELETE', `/api/v1${METALLB}/secrets`);
  }

  // --- programs

  /** Starts or reconfigures the router; every node is its neighbor, in both families. */
  async configureRouter(options: RouterOptions = ROUTER, more = ''): Promise<void> {
    const { routerBird } = this.stage;
    routerBird.write(routerConfig(options, this.#neighbors()) + more);
    if (routerBird.isRunning) await routerBird.configure();
    else routerBird.start();
  }

  #neighbors(): readonly Neighbor[] {
    return NODES.flatMap((name) =>
      FAMILIES.map((family) => ({ name: `${name}_${family}`, family, address: nodeAddress(name, family) })),
    );
  }

  /** Without ports; the kubeconfig is that of the node's kube-proxy. */
  startSpeaker(node: string, ...flags: readonly string[]): ServerProcess {
    const { namespace } = this.stage.node(node);
    const args = [
      'speaker',
      '--node-name',
      node,
      '--kubeconfig',
      this.#relayed.kubeconfig,
      ...NO_PORTS,
      ...flags,
    ];
    const start = (this.#starts.get(node) ?? 0) + 1;
    this.#starts.set(node, start);
    const name = `speaker-${node}-${start}`;
    const server = namespace.start(name, process.execPath, this.rig.script, ...args);
    this.#startSpeakers.set(node, server);
    return server;
  }

  async startSpeakers(...flags: readonly string[]): Promise<void> {
    for (const node of NODES) this.startSpeaker(node, ...flags);
  }

  /** A command run on a node. */
  async berth(
    node: string,
    ...args: readonly string[]
  ): Promise<{ readonly code: number; readonly out: string }> {
    const { namespace } = this.stage.node(node);
    // A failing exit code is a result, too.
    const script = '"$@"; echo "exit $?"';
    const out = await namespace.run('sh', '-c', script, 'sh', process.execPath, this.rig.script, ...args);
    const code = /exit (\d+)\n$/.exec(out);
    return { code: Number(code?.[1]), out: out.slice(0, code?.index) };
  }

  /** Ends it with SIGTERM, and waits for its end. */
  async end(node: string): Promise<void> {
    await this.#startSpeakers.get(node)?.end('SIGTERM');
    this.#startSpeakers.delete(node);
  }

  /** To the speaker of the node, which goes on running. */
  signal(node: string, signal: 'SIGSTOP' | 'SIGCONT'): void {
    const pid = this.#startSpeakers.get(node)?.pid;
    if (pid !== undefined) process.kill(pid, signal);
  }

  async kill(node: string): Promise<void> {
    await this.#startSpeakers.get(node)?.end('SIGKILL');
    this.#startSpeakers.delete(node);
  }

  /** The log of the speaker that runs on a node. */
  speakerLog(node: string): readonly LogLine[] {
    const path = join(this.stage.net.path, `speaker-${node}-${this.#starts.get(node)}.log`);
    return readLog(readFileSync(path, 'utf8'));
  }

  /** The last log lines of all programs, for the message of a failure. */
  logTails(): string {
    const speakers = [...this.#startSpeakers].map(
      ([node, server]) => `--- speaker ${node}\n${server.tail()}`,
    );
    return [`--- router\n${this.stage.routerBird.tail()}`, ...speakers].join('\n');
  }

  // --- what is in the cluster

  /** Objects of `metallb.io`, in Berth's namespace. */
  createObject(kind: string, name: string, spec: AnyObject, metadata: AnyObject = {}): Promise<AnyObject> {
    const version = kind === 'BGPPeer' ? 'v1beta2' : 'v1beta1';
    const plural = `${kind.toLowerCase()}${kind === 'Community' ? '' : 's'}`.replace(
      'community',
      'communities',
    );
    return this.rig.api.requestOk('POST', `${API}/${version}${METALLB}/${plural}`, {
      apiVersion: `metallb.io/${version}`,
      kind,
      metadata: { name, namespace: NAMESPACE, ...metadata },
      spec,
    });
  }

  /** Creates a BGPPeer for the router on every node. */
  createPeer(name = 'tor', spec: AnyObject = {}, metadata: AnyObject = {}): Promise<AnyObject> {
    const peerAddress = ROUTER_ADDRESS[4];
    return this.createObject(
      'BGPPeer',
      name,
      { myASN: NODE_AS, peerASN: ROUTER.as, peerAddress, ...spec },
      metadata,
    );
  }

  /** A pool of both families with an advertisement, a peer, a controller, and a speaker on every node. */
  async setUpDefaults(...flags: readonly string[]): Promise<void> {
    await this.rig.pool('main', ['10.50.0.0/24', 'fd10:50::/112']);
    await this.createObject('BGPAdvertisement', 'all', {});
    await this.createPeer();
    await this.rig.startServing();
    await this.startSpeakers(...flags);
  }

  /** The endpoints of a Service: pods of these nodes, in one slice for each family. */
  applyEndpoints(service: string, nodes: readonly string[], family: Family = 4): Promise<void> {
    return applyEndpoints(this, service, nodes, family);
  }

  /** A Service on port 80 with endpoints on these nodes. */
  expose(name: string, nodes: readonly string[], spec: AnyObject = {}): Promise<void> {
    return expose(this, { name, nodes, spec });
  }

  // --- results

  /** All paths that the router has, by prefix. */
  async table(): Promise<ReadonlyMap<string, readonly TablePath[]>> {
    return readTable(await this.stage.routerBird.ask('show route all'));
  }

  /** The nodes that the router has a prefix from: names of its protocols without the family. */
  async announcingNodes(prefix: string): Promise<readonly string[]> {
    const paths = (await this.table()).get(prefix) ?? [];
    return paths.map(({ protocol }) => protocol.replace(/_[46]$/, '')).sort();
  }

  /** Waits until the router has the prefix from these nodes, and from no other. */
  waitForRoutes(prefix: string, nodes: readonly string[]): Promise<void> {
    return eventually(async () => {
      const senders = await this.announcingNodes(prefix);
      assert.deepEqual(senders, [...nodes].sort(), `${prefix}\n${this.logTails()}`);
    });
  }

  /** Names of the router's established sessions. */
  async established(): Promise<readonly string[]> {
    const protocols = readProtocols(await this.stage.routerBird.ask('show protocols all'));
    return protocols
      .filter(({ kind, established }) => kind === 'BGP' && established)
      .map(({ name }) => name)
      .sort();
  }
}

async function makeNode(rig: Rig<RealApi>, name: string): Promise<void> {
  await rig.api.requestOk('POST', '/api/v1/nodes', {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name } },
  });
  await rig.api.requestOk('PATCH', `/api/v1/nodes/${name}/status`, {
    status: {
      addresses: FAMILIES.map((family) => ({ type: 'InternalIP', address: nodeAddress(name, family) })),
    },
  });
}

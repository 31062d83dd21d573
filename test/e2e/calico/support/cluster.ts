/**
 * A small cluster of real parts: API server, etcd and Berth; nodes with kube-proxy, and BIRD 1.6.8 configured as by Calico;
 * pods, a router and a client behind it. Scenarios share one cluster and clean up after themselves.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../../dev/place.mjs';
import { predictCalicoCase } from '../../../../src/calico/cases/case-file.ts';
import { hashedRouterId } from '../../../../src/kube/node-router-id.ts';
import { Rig } from '../../../controller/support/rig.ts';
import { eventually } from '../../../support/eventually.ts';
import type { NetworkNamespace } from '../../../support/netns/network.ts';
import type { Relay } from '../../../support/netns/relay.ts';
import type { RealApi } from '../../../support/real-api/start.ts';
import type { Family, Loose } from './bird1/objects.ts';
import { CalicoNodeSubstitute } from './calico-node.ts';
import { awaitConvergence } from './converge.ts';
import { addClient, applyEndpoints, expose } from './exposed-service.ts';
import { startProxies } from './kube-proxies.ts';
import { compareObserved } from './play-case.ts';
import { addPodRoutes, type Pod, startPod } from './pods.ts';
import { ROUTER_ADDRESS, type RouterOptions } from './router.ts';
import { nodeAddress, Testbed } from './testbed.ts';

export const WORKERS = ['w1', 'w2', 'w3'] as const;
export const CALICO = '/apis/projectcalico.org/v3';
export const PASSWORD = 'tor-and-nodes-agree';

const SLICES = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices';

/** The router of the examples, with a short hold time so that it soon detects a dead node. */
export const TOR: RouterOptions = { as: 65_116, password: PASSWORD, holdSeconds: 9 };

export const example = (name: string): string => readFileSync(join(root, 'examples', `${name}.yaml`), 'utf8');

export class TestCluster {
  readonly rig: Rig<RealApi>;
  readonly testbed: Testbed;
  readonly client: NetworkNamespace;
  /** One behind each worker. */
  readonly pods: readonly Pod[];
  readonly #calicoNode: CalicoNodeSubstitute;
  readonly #relay: Relay;

  private constructor(rig: Rig<RealApi>, stage: Testbed, relay: Relay) {
    this.rig = rig;
    this.testbed = stage;
    this.#relay = relay;
    this.client = addClient(stage);
    addPodRoutes(stage);
    this.pods = WORKERS.map((node, index) => startPod(stage, node, index + 1));
    this.#calicoNode = new CalicoNodeSubstitute(rig.api, stage);
    this.#calicoNode.start();
  }

  static async start(): Promise<TestCluster> {
    const stage = new Testbed(['cp1', ...WORKERS]);
    const rig = await Rig.start();
    await rig.kubectl(['apply', '-f', join(root, 'examples/playground-kinds')]);
    await eventually(() => rig.api.requestOk('GET', `${CALICO}/caliconodestatuses`));
    await rig.api.request('POST', '/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'kube-system' },
    });
    for (const { name } of stage.nodes) await createNode(rig, name);
    const relay = await startProxies(stage, rig.api);
    return new TestCluster(rig, stage, relay);
  }

  async stop(): Promise<void> {
    await this.#calicoNode.stop();
    this.#relay.close();
    this.testbed.destroy();
    await this.rig.stop();
  }

  /** Deletes the objects of a scenario. */
  async clean(): Promise<void> {
    await this.rig.clean();
    for (const kind of ['bgpconfigurations', 'bgppeers', 'bgpfilters', 'ippools'])
      await this.rig.api.request('DELETE', `${CALICO}/${kind}`);
    for (const path of [SLICES, '/api/v1/namespaces/kube-system/secrets'])
      await this.rig.api.request('DELETE', path);
  }

  // --- what is in the cluster

  /** Files of `examples/`, as they are. */
  async apply(...names: readonly string[]): Promise<void> {
    for (const name of names) await this.rig.kubectl(['apply', '-f', '-'], example(name));
  }

  /** Applies the examples and the Secret that they reference, and starts Berth. */
  async examples(): Promise<void> {
    await this.secret();
    await this.apply('bgpconfiguration', 'bgppeer', 'bgppeer-password', 'ipaddresspool');
    await this.rig.startServing('--calico', 'auto');
  }

  async secret(text = PASSWORD): Promise<void> {
    await this.rig.kubectl(
      ['apply', '-f', '-'],
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'tor-peer', namespace: 'kube-system' },
        stringData: { 'tor-pw': text },
      }),
    );
  }

  configure(spec: Loose): Promise<Loose> {
    return this.rig.api.requestOk('PATCH', `${CALICO}/bgpconfigurations/default`, { spec });
  }

  /** The endpoints of a Service: pods of these nodes, in one slice for each family. */
  endpoints(service: string, nodes: readonly string[], family: Family = 4): Promise<void> {
    return applyEndpoints(this, service, nodes, family);
  }

  /** A Service on port 80 with endpoints on these nodes. */
  expose(name: string, nodes: readonly string[], spec: Loose = {}, metadata: Loose = {}): Promise<void> {
    return expose(this, { name, nodes, spec, metadata });
  }

  // --- results

  /**
   * Waits until nodes and router have what the model predicts for the objects in the cluster, and gives the latter. Of
   * nodes that are cut off (`off`) only that is compared which the router has of them.
   */
  async converge(options: RouterOptions = TOR, cutOff: readonly string[] = []): Promise<Loose> {
    let seen: Loose;
    const differences = async (): Promise<readonly string[]> => {
      if (this.#calicoNode.lastError !== null) throw this.#calicoNode.lastError;
      const objects = await this.#calicoNode.objects();
      seen = await this.testbed.observe(options, objects);
      for (const name of cutOff) delete seen.nodes[name];
      const predicted = predictCalicoCase({ objects, routers: [options], off: cutOff }, hashedRouterId);
      return compareObserved(seen, predicted.observed);
    };
    await awaitConvergence(differences, () => this.testbed.logTails());
    return seen.routers[ROUTER_ADDRESS[4]];
  }

  /** The model's prediction for the objects in the cluster. */
  async predicted(options: RouterOptions = TOR): Promise<Loose> {
    const objects = await this.#calicoNode.objects();
    return predictCalicoCase({ objects, routers: [options] }, hashedRouterId).observed;
  }
}

async function createNode(rig: Rig<RealApi>, name: string): Promise<void> {
  const role = name === 'cp1' ? 'control-plane' : 'worker';
  await rig.api.requestOk('POST', '/api/v1/nodes', {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: { 'kubernetes.io/hostname': name, [`node-role.kubernetes.io/${role}`]: '' },
      annotations: {
        'projectcalico.org/IPv4Address': `${nodeAddress(name, 4)}/24`,
        'projectcalico.org/IPv6Address': `${nodeAddress(name, 6)}/64`,
      },
    },
  });
  await rig.api.requestOk('PATCH', `/api/v1/nodes/${name}/status`, {
    status: {
      addresses: [
        { type: 'InternalIP', address: nodeAddress(name, 4) },
        { type: 'InternalIP', address: nodeAddress(name, 6) },
      ],
    },
  });
}

/** The nodes that a router learned a prefix from. */
export const sendersOf = (router: Loose, prefix: string): readonly string[] =>
  (router.routes.find((one: Loose) => one.prefix === prefix)?.paths ?? [])
    .map(({ from }: Loose) => from)
    .sort();

export const prefixesOf = (router: Loose): readonly string[] =>
  router.routes.map(({ prefix }: Loose) => prefix).sort();

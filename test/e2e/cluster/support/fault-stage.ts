/**
 * A cluster of real kubelets with all three ways to announce: BGP by hold time alone, BGP with BFD, and layer 2. Stories disturb it
 * under load, and get back what clients of each way saw of the same fault.
 */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '../../../support/cluster/cluster.ts';
import { NEIGHBOUR, ROUTER } from '../../../support/cluster/network.ts';
import type { ClusterNode } from '../../../support/cluster/node.ts';
import { eventually } from '../../../support/eventually.ts';
import type { Bird } from '../../../support/netns/bird.ts';
import { awaitResponses } from '../../../support/netns/http-client.ts';
import { kernelRoutes } from '../../../support/netns/kernel-routes.ts';
import type { NetworkNamespace } from '../../../support/netns/network.ts';
import { startLoad } from '../../native/support/load.ts';
import { monotonicNow } from '../../native/support/segment/monotonic.ts';
import { SegmentRecorder } from '../../native/support/segment/segment-recorder.ts';
import {
  addressOf,
  advertisement,
  NAMESPACE,
  PAGE_PORT,
  peer,
  pool,
  rolledOut,
  routerText,
  serveWeb,
  startBerth,
  startRouter,
} from './berth-cluster.ts';
import type { FaultOutcome, Way } from './fault-outcome.ts';

/** The node of all Pods that serve: it is left alone, so a lost connection is lost on the way. */
const SERVING_NODE = 'n1';
export const FAR_POOL = '192.168.5.0/24';
export const NEAR_POOL = '10.90.0.100-10.90.0.120';

const CONNECTION_EVERY_MS = 40;
const QUESTION_EVERY_MS = 20;
/** Traffic before and after a disturbance. */
const LEAD_TIME_MS = 1_000;
/** Who has answered alone for this long is the owner. */
const SETTLED_MS = 600;

type Named<Status> = {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly status?: Status;
};
export type Layer2Record = Named<{ readonly node?: string; readonly serviceName?: string }>;

/** By what each of them notices that a node is gone. */
type Routers = { readonly byHoldTime: Bird; readonly byBfd: Bird };

export class FaultStage {
  readonly cluster: Cluster;
  readonly routers: Routers;
  /** The address of a Service by BGP. */
  readonly far: string;
  /** The address of a Service by layer 2. */
  readonly near: string;
  readonly #recorder: SegmentRecorder;

  private constructor(
    cluster: Cluster,
    routers: Routers,
    { far, near }: { readonly far: string; readonly near: string },
  ) {
    this.cluster = cluster;
    this.far = far;
    this.near = near;
    this.routers = routers;
    const macs = new Map(cluster.nodes.map(({ name, host }) => [host.macAddress('eth0'), name]));
    this.#recorder = SegmentRecorder.start(
      cluster.network.neighbour,
      {
        ...{ interface: 'eth0', addresses: [near], everyMs: QUESTION_EVERY_MS },
        sources: { 4: NEIGHBOUR.ipv4, 6: NEIGHBOUR.ipv6 },
      },
      (mac) => macs.get(mac) ?? mac,
    );
  }

  /** Both Services serve, and every session is up. */
  static async start(nodes = 3): Promise<FaultStage> {
    const cluster = await startBerth('layer2', { nodes });
    try {
      const { neighbour } = cluster.network;
      const routers = {
        byHoldTime: startRouter(cluster),
        byBfd: startRouter(cluster, { host: neighbour, address: NEIGHBOUR.ipv4, hasBfd: true }),
      };
      await cluster.apply(
        ...[pool(FAR_POOL, 'far'), pool(NEAR_POOL, 'near')],
        ...[peer('hold-time', ROUTER.ipv4), peer('bfd', NEIGHBOUR.ipv4, { bfdProfile: 'fast' })],
        {
          ...{ apiVersion: 'metallb.io/v1beta1', kind: 'BFDProfile' },
          metadata: { name: 'fast', namespace: NAMESPACE },
        },
        advertisement('BGPAdvertisement', { ipAddressPools: ['far'] }),
        advertisement('L2Advertisement', {
          ipAddressPools: ['near'],
          nodeSelectors: [
            {
              matchExpressions: [
                { key: 'kubernetes.io/hostname', operator: 'NotIn', values: [SERVING_NODE] },
              ],
            },
          ],
        }),
      );
      for (const name of ['far', 'near'])
        await serveWeb(cluster, name, { replicas: 1, pool: name, node: SERVING_NODE });
      const addresses = { far: await addressOf(cluster, 'far'), near: await addressOf(cluster, 'near') };
      for (const name of ['far', 'near']) await rolledOut(cluster, `deployment/${name}`, 'default');
      const stage = new FaultStage(cluster, routers, addresses);
      await stage.isWhole();
      return stage;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    for (const router of Object.values(this.routers)) await router.end();
    await this.cluster.stop();
  }

  /** Waits until all nodes announce to both routers, one node answers, and all three ways serve. */
  async isWhole(): Promise<void> {
    await this.announcedFrom(this.cluster.nodes);
    await this.owner();
    await this.serves();
  }

  /** Waits until pages arrive in each of the three ways. */
  async serves(): Promise<void> {
    for (const { from, address } of this.#ways()) await awaitResponses(from, `http://${address}/`, 10);
  }

  /** Waits until both routers use exactly these nodes for the address by BGP. */
  async announcedFrom(nodes: readonly ClusterNode[]): Promise<void> {
    const expected = nodes.map(({ addresses }) => addresses.ipv4).sort();
    for (const host of [this.cluster.network.router, this.cluster.network.neighbour])
      await eventually(
        async () => {
          const routes = await kernelRoutes(host, 4, 'bird');
          assert.deepEqual(
            routes.find(({ prefix }) => prefix === `${this.far}/32`)?.via ?? [],
            expected,
            host.name,
          );
        },
        { interval: 200 },
      );
  }

  /** Waits until one node alone answers by layer 2, is recorded, and none of `except`. */
  owner(...except: readonly string[]): Promise<string> {
    return eventually(
      async () => {
        const [owner = 'nobody', ...others] = this.#recorder
          .record()
          .answering(this.near, { from: monotonicNow() - SETTLED_MS });
        assert.deepEqual(others, [], 'two nodes answer');
        assert.ok(
          this.cluster.nodes.some(({ name }) => name === owner) && !except.includes(owner),
          `${owner} answers`,
        );
        const records = await this.layer2Records();
        assert.deepEqual(
          records.map(({ status }) => status?.node),
          [owner],
          'the ServiceL2Status objects name the owner',
        );
        return owner;
      },
      { interval: 200 },
    );
  }

  layer2Records(): Promise<readonly Layer2Record[]> {
    return this.#list<Layer2Record>('servicel2statuses');
  }

  async #list<Item>(resource: string): Promise<readonly Item[]> {
    const text = await this.cluster.kubectlOk(['get', resource, '-n', NAMESPACE, '-o', 'json']);
    return (JSON.parse(text) as { readonly items: readonly Item[] }).items;
  }

  /** Both routers and both BGPPeers use this password from now on: the peers by the Secret `bgp`. */
  async setPassword(password: string): Promise<void> {
    const passwordSecret = { name: 'bgp', namespace: NAMESPACE };
    await this.cluster.apply(
      peer('hold-time', ROUTER.ipv4, { passwordSecret }),
      peer('bfd', NEIGHBOUR.ipv4, { bfdProfile: 'fast', passwordSecret }),
    );
    const { byHoldTime, byBfd } = this.routers;
    byHoldTime.write(routerText(ROUTER.ipv4, { password }));
    byBfd.write(routerText(NEIGHBOUR.ipv4, { hasBfd: true, password }));
    for (const router of [byHoldTime, byBfd]) await router.configure();
  }

  /** Steady traffic in all ways from just before `during` until just after it. */
  async disturb(during: () => Promise<unknown>): Promise<FaultOutcome> {
    const { client } = this.cluster.network;
    const control = startLoad(client, {
      ...{ host: await this.#podAddress(), port: PAGE_PORT, everyMs: CONNECTION_EVERY_MS },
    });
    const running = this.#ways().map((way) => ({
      way: way.name,
      end: startLoad(way.from, { host: way.address, everyMs: CONNECTION_EVERY_MS }),
    }));
    await sleep(LEAD_TIME_MS);
    const from = monotonicNow();
    try {
      await during();
    } finally {
      await sleep(LEAD_TIME_MS);
    }
    const span = { from, to: monotonicNow() };
    const loads = await Promise.all(running.map(async ({ way, end }) => ({ way, result: await end() })));
    return { span, loads, control: await control(), record: this.#recorder.record(), near: this.near };
  }

  /** The address of the Pod that serves by BGP: the client gets there without any address of Berth. */
  async #podAddress(): Promise<string> {
    const first = ['-o', 'jsonpath={.items[0].status.podIP}'];
    const address = await this.cluster.kubectlOk(['get', 'pods', '-l', 'app=far', ...first]);
    assert.match(address, /^10\.244\./, 'the address of the Pod that serves');
    return address;
  }

  #ways(): readonly { readonly name: Way; readonly from: NetworkNamespace; readonly address: string }[] {
    const { client, neighbour } = this.cluster.network;
    return [
      { name: 'BGP by hold time', from: client, address: this.far },
      { name: 'BGP with BFD', from: neighbour, address: this.far },
      { name: 'layer 2', from: neighbour, address: this.near },
    ];
  }
}

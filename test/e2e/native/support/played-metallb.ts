/**
 * Speakers of MetalLB, played by the rules that were observed of them. They elect among the nodes where they run, answer from the start
 * of their process until its end, and write a ServiceL2Status that their Pod owns. The kernel answers for them: the address is
 * on the interface of the leader.
 */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { NAMESPACE } from '../../../controller/support/rig.ts';
import type { NetworkNamespace } from '../../../support/netns/network.ts';
import type { InteropCluster } from './interop/cluster.ts';

/** One that is told to end leaves the list of members first, and ends later. It answers until then. */
const [LEAVES_AFTER_MS, ENDS_AFTER_MS] = [80, 700];

export type PlayedService = {
  readonly name: string;
  readonly address: string;
  /** Those that its L2Advertisements select. */
  readonly nodes: readonly string[];
};

type PodState = 'starting' | 'ready' | 'ending';

export class PlayedMetallb {
  readonly #cluster: InteropCluster;
  readonly #spaces: ReadonlyMap<string, NetworkNamespace>;
  readonly #services: readonly PlayedService[];
  readonly #members = new Set<string>();
  /** By name of the Service: the node that answers. */
  readonly #leaders = new Map<string, string>();
  /** Node and address. */
  readonly #answering = new Set<string>();

  constructor(
    cluster: InteropCluster,
    spaces: ReadonlyMap<string, NetworkNamespace>,
    services: readonly PlayedService[],
  ) {
    this.#cluster = cluster;
    this.#spaces = spaces;
    this.#services = services;
  }

  leaderOf(service: string): string | null {
    return this.#leaders.get(service) ?? null;
  }

  /** Its process starts, and answers; its Pod is ready when `ready` says so. */
  start(node: string): void {
    this.#putPod(node, 'starting');
    this.#members.add(node);
    this.#elect();
  }

  ready(node: string): void {
    this.#putPod(node, 'ready');
  }

  /** SIGTERM; settles when the process has ended. */
  async end(node: string): Promise<void> {
    this.#putPod(node, 'ending');
    await sleep(LEAVES_AFTER_MS);
    this.#members.delete(node);
    this.#elect();
    await sleep(ENDS_AFTER_MS - LEAVES_AFTER_MS);
    for (const { name, address } of this.#services)
      if (this.#leaders.get(name) !== node) this.#answer(node, address, false);
    this.#cluster.api.objects.delete('pods', NAMESPACE, podOf(node));
  }

  #elect(): void {
    for (const { name, address, nodes } of this.#services) {
      const [leader] = nodes
        .filter((node) => this.#members.has(node))
        .map((node) => ({ node, rank: rankOf(node, address) }))
        .sort((a, b) => (a.rank < b.rank ? -1 : 1));
      const before = this.#leaders.get(name);
      if (leader === undefined) this.#leaders.delete(name);
      if (leader === undefined || leader.node === before) continue;
      this.#leaders.set(name, leader.node);
      this.#answer(leader.node, address, true);
      this.#record(name, leader.node);
      // A member that leads no more stops at once; one that is about to end answers until its end.
      if (before !== undefined && this.#members.has(before)) this.#answer(before, address, false);
    }
  }

  #answer(node: string, address: string, isAdded: boolean): void {
    const key = `${node} ${address}`;
    if (this.#answering.has(key) === isAdded) return;
    if (isAdded) this.#answering.add(key);
    else this.#answering.delete(key);
    // By IPv6 without asking whether anybody has it: the leader before it may go on answering for a while.
    const what = address.includes(':') ? `${address}/128 dev eth0 nodad` : `${address}/32 dev eth0`;
    this.#spaces.get(node)?.ip(`address ${isAdded ? 'add' : 'del'} ${what}`);
  }

  /** The leader deletes all other records of the Service. */
  #record(service: string, node: string): void {
    const { objects } = this.#cluster.api;
    const name = `l2-played-${service}-${node}`;
    for (const { metadata } of objects.list('servicel2statuses.metallb.io')) {
      const other = metadata as { name: string; labels: Readonly<Record<string, string>> };
      if (other.labels['metallb.io/service-name'] === service && other.name !== name)
        objects.delete('servicel2statuses.metallb.io', NAMESPACE, other.name);
    }
    objects.put({
      ...{ apiVersion: 'metallb.io/v1beta1', kind: 'ServiceL2Status', spec: {} },
      metadata: {
        ...{ name, namespace: NAMESPACE },
        labels: {
          'metallb.io/node': node,
          'metallb.io/service-name': service,
          'metallb.io/service-namespace': 'default',
        },
        ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: podOf(node), uid: `uid-of-${node}` }],
      },
      status: { node, serviceName: service, serviceNamespace: 'default' },
    });
  }

  #putPod(node: string, state: PodState): void {
    const [startedAt, readyAt] = ['2026-01-01T00:00:10Z', '2026-01-01T00:00:20Z'];
    const ready = {
      type: 'Ready',
      status: state === 'ready' ? 'True' : 'False',
      lastTransitionTime: state === 'starting' ? startedAt : readyAt,
    };
    this.#cluster.api.objects.put({
      ...{ apiVersion: 'v1', kind: 'Pod' },
      metadata: { name: podOf(node), namespace: NAMESPACE, labels: { component: 'speaker' } },
      spec: { nodeName: node, containers: [{ name: 'speaker', image: 'quay.io/metallb/speaker:v0.16.1' }] },
      status: {
        ...{ phase: 'Running', conditions: [ready] },
        containerStatuses: [{ name: 'speaker', state: { running: { startedAt } } }],
      },
    });
  }
}

const podOf = (node: string): string => `played-${node}`;

/** MetalLB's order: SHA-256 of node and address. */
const rankOf = (node: string, address: string): string =>
  createHash('sha256').update(`${node}#${address}`).digest('hex');

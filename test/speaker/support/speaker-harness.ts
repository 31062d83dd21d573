/** Test harness of a speaker: a simulated cluster, fake sessions and routers, and a clock that the test advances. */

import type { ClusterObjects } from '../../../src/announce/model/full-model.ts';
import { NodeModel, type NodeModelChanges } from '../../../src/announce/model/node-model.ts';
import { SimulatedObjectStore } from '../../../src/announce/simulator/object-store.ts';
import type { Raw } from '../../../src/base/json.ts';
import { formatAddress } from '../../../src/net/address.ts';
import type { NetworkInterface } from '../../../src/net/network-interface.ts';
import type { NodeAddresses } from '../../../src/objects/node.ts';
import { SessionHistory } from '../../../src/speaker/session-history.ts';
import { BATCH_WINDOW, Speaker } from '../../../src/speaker/speaker.ts';
import { applyDifference, EMPTY_CLUSTER } from '../../announce/support/apply-difference.ts';
import {
  advertisement,
  DEFAULT_SPEAKER,
  node,
  peer,
  pool,
  serviceWithEndpoint,
} from '../../announce/support/cluster.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { FakeBfdSessions } from './fake-bfd-sessions.ts';
import { FakeRouter } from './fake-router.ts';
import { CONNECT_TIME, FakeSession } from './fake-session.ts';

const NO_ADDRESSES: NodeAddresses = { 4: null, 6: null };

export const nodeAddresses = (...ips: readonly string[]): Raw => ({
  addresses: ips.map((ip) => ({ type: 'InternalIP', address: ip })),
});

/** One node, one dual-stack pool, one advertisement to all peers, and `peers`. */
export const smallCluster = (...peers: readonly Raw[]): readonly Raw[] => [
  node('n1', {}, nodeAddresses('10.213.0.11', 'fd00:213::11')),
  ...[pool('main', ['10.20.0.0/16', 'fd00:20::/64']), advertisement('all'), ...peers],
];

export const R1 = '10.213.0.1';
export const R2 = '10.213.0.2';

export class SpeakerHarness {
  readonly clock = new FakeClock();
  readonly store = new SimulatedObjectStore(DEFAULT_SPEAKER.namespace);
  readonly model = new NodeModel(DEFAULT_SPEAKER);
  readonly speaker: Speaker;
  readonly sessions: FakeSession[] = [];
  readonly changes: NodeModelChanges[] = [];
  onReconcile: () => void = () => {};
  /** Of the interface that all sessions run over. */
  interfaceAddresses: NodeAddresses = NO_ADDRESSES;
  readonly history: SessionHistory;
  readonly bfd = new FakeBfdSessions();
  /** Attached to the node. */
  networks: readonly NetworkInterface[] = [];
  /** Reports of the speaker, in order: `r1 Established`, `r1 failed`, `r1 removed`, `r1 dropped 3`, `r1 BFD up`. */
  readonly reports: string[] = [];
  readonly #routers: Map<string, FakeRouter>;
  #current: ClusterObjects = EMPTY_CLUSTER;
  #isStale = true;

  /** `routers`: those of a previous harness, by address. */
  constructor(objects: readonly Raw[], routers: ReadonlyMap<string, FakeRouter> = new Map()) {
    this.#routers = new Map(routers);
    for (const raw of objects) this.store.create(raw);
    const record = (name: string, event: string): number => this.reports.push(`${name} ${event}`);
    this.history = new SessionHistory(this.clock, {
      stateChanged: ({ peer: { name } }, _, to) => record(name, to),
      connectFailed: ({ peer: { name } }) => record(name, 'failed'),
      routesDropped: ({ peer: { name } }, routes) => record(name, `dropped ${routes}`),
      advertised: () => {},
      reconciled: (changes) => {
        this.changes.push(changes);
        this.onReconcile();
      },
      neighbourRemoved: ({ peer: { name } }) => record(name, 'removed'),
      bfdChanged: ({ peer: { name } }, { kind, because }) => record(name, `BFD ${kind} ${because}`.trim()),
    });
    this.speaker = new Speaker({
      clock: this.clock,
      model: this.model,
      syncModel: () => this.#syncModel(),
      localNode: () => this.model.node ?? { name: 'n1', addresses: NO_ADDRESSES },
      interfaceAddresses: () => this.interfaceAddresses,
      openSession: (settings, remote, handler, connectFailed) => {
        const net = { clock: this.clock, router: this.router(formatAddress(remote.address)) };
        const session = new FakeSession(settings, remote, handler, connectFailed, net);
        this.sessions.push(session);
        return session;
      },
      bfdSessions: this.bfd,
      interfaces: () => this.networks,
      observer: this.history,
    });
  }

  /** The router at an address, created on first use. */
  router(at: string): FakeRouter {
    const router = this.#routers.get(at) ?? new FakeRouter();
    this.#routers.set(at, router);
    return router;
  }

  get routers(): ReadonlyMap<string, FakeRouter> {
    return this.#routers;
  }

  get current(): ClusterObjects {
    return this.store.objects();
  }

  /** Starts the speaker and waits until its sessions are established. */
  async start(): Promise<this> {
    this.speaker.start();
    await this.clock.advanceAsync(CONNECT_TIME);
    return this;
  }

  change(mutate: (store: SimulatedObjectStore) => void): void {
    this.store.advanceClock();
    mutate(this.store);
    this.#isStale = true;
    this.speaker.scheduleReconcile();
  }

  add(...objects: readonly Raw[]): void {
    this.change((store) => {
      for (const raw of objects) store.create(raw);
    });
  }

  /** Applies a change and waits until its effects have settled. */
  async changeAndSettle(mutate: (store: SimulatedObjectStore) => void): Promise<void> {
    this.change(mutate);
    await this.clock.advanceAsync(2 * BATCH_WINDOW + CONNECT_TIME);
  }

  #syncModel(): void {
    if (!this.#isStale) return;
    this.#isStale = false;
    const now = this.store.objects();
    applyDifference(this.model, this.#current, now);
    this.#current = now;
  }
}

/** A harness whose routes are advertised, with the routers' events cleared. */
export async function settledHarness(...objects: readonly Raw[]): Promise<SpeakerHarness> {
  const harness = await new SpeakerHarness(objects).start();
  for (const router of harness.routers.values()) router.takeEvents();
  return harness;
}

/** A small cluster with `count` Services, at most 25,600: `web/many-0` at 10.20.100.0, and so on. */
export const manyServices = (count: number): readonly Raw[] => [
  ...smallCluster(peer('r1', { peerAddress: R1 })),
  ...Array.from({ length: count }, (_, index) =>
    serviceWithEndpoint(`many-${index}`, `10.20.${100 + Math.floor(index / 256)}.${index % 256}`),
  ).flat(),
];

/** A small cluster with one Service and one dual-stack peer. */
export const oneService = (...more: readonly Raw[]): readonly Raw[] => [
  ...smallCluster(peer('r1', { peerAddress: R1, dualStackAddressFamily: true })),
  ...serviceWithEndpoint('a', '10.20.1.1'),
  ...more,
];

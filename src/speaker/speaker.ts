/**
 * The speaker of one node: reconciles the node model into the routes of its neighbours, and sends only differences.
 *
 * It starts when the informers have synced. Without an API server it keeps advertising its last known routes.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Peer } from '../announce/config/peers.ts';
import type { NodeModel, NodeModelChanges } from '../announce/model/node-model.ts';
import type { DesiredRoutes } from '../announce/routes/routes.ts';
import { type Clock, type Millis, sleep } from '../base/clock.ts';
import type { BfdSessions } from '../bfd/sessions.ts';
import { newRibTables, type RibTables } from '../bgp/rib/shared-tables.ts';
import { CEASE } from '../bgp/wire/codes.ts';
import type { Address } from '../net/address.ts';
import type { NetworkInterface } from '../net/network-interface.ts';
import type { LocalNode, NodeAddresses } from '../objects/node.ts';
import { type BfdEvent, BfdPeers } from './bfd/bfd-peers.ts';
import { ClosingSessions } from './closing-sessions.ts';
import { Neighbour, type NeighbourObserver } from './neighbour.ts';
import type { OpenSession } from './ports.ts';
import { sessionSetup } from './session-setup.ts';

/** Changes within this time after a reconcile are batched. The first change is not delayed. */
export const BATCH_WINDOW: Millis = 10;

export interface SpeakerObserver extends NeighbourObserver {
  /** After a reconcile, with its differences. */
  reconciled(changes: NodeModelChanges, tookMs: Millis): void;
  /** A peer was removed or replaced. */
  neighbourRemoved(neighbour: Neighbour): void;
  /** The BFD session of a peer changed, or is not up. */
  bfdChanged(neighbour: Neighbour, event: BfdEvent): void;
}

/** `waiting`: informers not synced; `left`: drained, without sessions until `resume`. */
export type SpeakerPhase = 'waiting' | 'speaking' | 'draining' | 'left';

export type SpeakerOptions = {
  readonly clock: Clock;
  readonly model: NodeModel;
  /** Applies queued object changes to the model, before each reconcile. */
  readonly syncModel: () => void;
  /** The current Node. */
  readonly localNode: () => LocalNode;
  /** The addresses of the interface that has this address. */
  readonly interfaceAddresses: (local: Address) => NodeAddresses;
  readonly openSession: OpenSession;
  /** Null where BFD is not run. */
  readonly bfdSessions: BfdSessions | null;
  /** Networks attached to this node. */
  readonly interfaces: () => readonly NetworkInterface[];
  readonly observer: SpeakerObserver;
};

/** Shutdown communication for the peer's operators (RFC 9003). */
const SHUTDOWN_COMMUNICATION = 'BGP speaker shutting down';

const NO_ROUTES: DesiredRoutes = new Map();

export class Speaker {
  readonly #options: SpeakerOptions;
  readonly #tables: RibTables = newRibTables();
  readonly #neighbours = new Map<string, Neighbour>();
  readonly #closing = new ClosingSessions();
  readonly #bfd: BfdPeers;
  #phase: SpeakerPhase = 'waiting';
  #cancelTimer: (() => void) | null = null;
  #reconciledAt: Millis = Number.NEGATIVE_INFINITY;
  /** The process is stopping. */
  #isStopping = false;

  constructor(options: SpeakerOptions) {
    this.#options = options;
    const { clock, bfdSessions: sessions, interfaces } = options;
    this.#bfd = new BfdPeers({
      ...{ clock, sessions, interfaces },
      occurred: (peer, event) => this.#bfdChanged(peer, event),
    });
  }

  get bfd(): Pick<BfdPeers, 'of' | 'statuses'> {
    return this.#bfd;
  }

  /** By the name of their BGPPeer. */
  get neighbours(): ReadonlyMap<string, Neighbour> {
    return this.#neighbours;
  }

  get phase(): SpeakerPhase {
    return this.#phase;
  }

  /** The informers have synced. */
  start(): void {
    if (this.#phase !== 'waiting') return;
    this.#phase = 'speaking';
    this.#reconcile();
    for (const neighbour of this.#neighbours.values()) neighbour.markComplete();
  }

  /** The model has changed. */
  scheduleReconcile(): void {
    if (this.#phase === 'waiting' || this.#phase === 'left' || this.#cancelTimer !== null) return;
    const { clock } = this.#options;
    const wait = Math.max(0, this.#reconciledAt + BATCH_WINDOW - clock.now());
    this.#cancelTimer = clock.after(wait, () => {
      this.#cancelTimer = null;
      this.#reconcile();
    });
  }

  /** Re-advertises all routes with GRACEFUL_SHUTDOWN (RFC 8326), or as before. */
  setDraining(isDraining: boolean): void {
    if (this.#phase !== (isDraining ? 'speaking' : 'draining')) return;
    this.#phase = isDraining ? 'draining' : 'speaking';
    for (const neighbour of this.#neighbours.values()) neighbour.setDraining(isDraining);
  }

  /** Whether any router may send traffic here. */
  get hasEstablishedSession(): boolean {
    return [...this.#neighbours.values()].some(({ session }) => session.state === 'Established');
  }

  /** Withdraws all routes and closes all sessions. Settles when they are closed. */
  async shutDown(): Promise<void> {
    await this.#closeAll((neighbour) =>
      neighbour.close(CEASE.administrativeShutdown, SHUTDOWN_COMMUNICATION),
    );
    if (this.#phase === 'left') this.#bfd.setPeers([]);
  }

  /** Resumes after a drain: the next reconcile opens the sessions. */
  resume(): void {
    if (this.#phase !== 'left' || this.#isStopping) return;
    this.#phase = 'speaking';
    this.scheduleReconcile();
  }

  /**
   * Stops with the process. Sessions with graceful restart are dropped silently, so that their peers retain the routes,
   * unless the node is draining. All others get GRACEFUL_SHUTDOWN, and after `wait` a withdrawal and a Cease.
   */
  async stop({ isDraining, wait }: { readonly isDraining: boolean; readonly wait: Millis }): Promise<void> {
    this.#isStopping = true;
    const retainsRoutes = (neighbour: Neighbour): boolean => !isDraining && neighbour.hasGracefulRestart;
    const notRetaining = [...this.#neighbours.values()].filter(
      (neighbour) => neighbour.session.state === 'Established' && !retainsRoutes(neighbour),
    );
    if (notRetaining.length > 0 && wait > 0) {
      for (const neighbour of notRetaining) neighbour.setDraining(true);
      await sleep(this.#options.clock, wait);
    }
    await this.#closeAll((neighbour) =>
      retainsRoutes(neighbour)
        ? neighbour.abandon()
        : neighbour.close(CEASE.administrativeShutdown, SHUTDOWN_COMMUNICATION),
    );
    // Last: FRR and BIRD take AdminDown for a failure, and end an established session for good (docs/decisions/bfd-ends-last.md).
    await this.#bfd.stop();
  }

  #closeAll(close: (neighbour: Neighbour) => Promise<void>): Promise<void> {
    this.#phase = 'left';
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    for (const name of [...this.#neighbours.keys()]) this.#close(name, close);
    return this.#closing.allClosed();
  }

  #reconcile(): void {
    const { clock, localNode, model, syncModel, observer } = this.#options;
    syncModel();
    const startedAt = clock.now();
    const isRestarting = this.#reconciledAt === Number.NEGATIVE_INFINITY;
    const changes = model.recompute();
    for (const name of changes.peers.removed)
      this.#close(name, (neighbour) => neighbour.close(CEASE.peerDeconfigured));
    for (const peer of changes.peers.changed)
      this.#close(peer.name, (neighbour) => replaceSession(neighbour, peer));
    const { addresses } = localNode();
    for (const neighbour of this.#neighbours.values()) neighbour.setNodeAddresses(addresses);
    for (const { peer } of model.sessions)
      if (!this.#neighbours.has(peer.name)) this.#open(peer, isRestarting);
    for (const { peer, prefixValue, route } of changes.routes)
      this.#neighbours.get(peer)?.update(prefixValue, route);
    for (const neighbour of this.#neighbours.values()) neighbour.flush();
    this.#bfd.setPeers(model.sessions.map(({ peer }) => peer));
    this.#reconciledAt = clock.now();
    observer.reconciled(changes, this.#reconciledAt - startedAt);
  }

  #open(peer: Peer, isRestarting: boolean): void {
    const { localNode, interfaceAddresses, openSession, model } = this.#options;
    const node = localNode();
    const neighbour = new Neighbour({
      peer,
      ...sessionSetup(peer, node, { isRestarting }),
      nodeAddresses: node.addresses,
      interfaceAddresses,
      tables: this.#tables,
      openSession,
      observer: this.#neighbourObserver(),
      routes: () => model.routesOf(peer.name) ?? NO_ROUTES,
    });
    this.#neighbours.set(peer.name, neighbour);
    if (this.#phase === 'draining') neighbour.setDraining(true);
    if (!isRestarting) neighbour.markComplete();
    this.#closing.whenClosed(neighbour.label, () => {
      if (this.#neighbours.get(peer.name) === neighbour) neighbour.start();
    });
  }

  /** BFD follows the sessions; all else is the observer's. */
  #neighbourObserver(): NeighbourObserver {
    const { observer } = this.#options;
    return {
      stateChanged: (neighbour, from, to, reason) => {
        if (to === 'Established') this.#bfd.established(neighbour.peer.name);
        if (from === 'Established') this.#bfd.ended(neighbour.peer.name);
        observer.stateChanged(neighbour, from, to, reason);
      },
      connectFailed: (neighbour, message) => observer.connectFailed(neighbour, message),
      routesDropped: (neighbour, count) => observer.routesDropped(neighbour, count),
      advertised: (neighbour) => observer.advertised(neighbour),
    };
  }

  /** BFD that goes down ends the session at once (RFC 5882 4.1); AdminDown of the peer does not (RFC 5882 3.2). */
  #bfdChanged(name: string, event: BfdEvent): void {
    const neighbour = this.#neighbours.get(name);
    if (neighbour === undefined) return;
    this.#options.observer.bfdChanged(neighbour, event);
    if (event.kind === 'down') neighbour.bfdDown(event.because);
  }

  #close(name: string, close: (neighbour: Neighbour) => Promise<void>): void {
    const neighbour = this.#neighbours.get(name);
    if (neighbour === undefined) return;
    this.#neighbours.delete(name);
    this.#closing.add(neighbour.label, close(neighbour));
    this.#options.observer.neighbourRemoved(neighbour);
  }
}

/** Hands over only if the new session has the same addresses; else the router would retain routes for a session that never comes. */
function replaceSession(neighbour: Neighbour, changed: Peer): Promise<void> {
  return isDeepStrictEqual(addressingOf(neighbour.peer), addressingOf(changed))
    ? neighbour.handOver(CEASE.otherConfigurationChange)
    : neighbour.close(CEASE.peerDeconfigured);
}

const addressingOf = ({ address, port, sourceAddress }: Peer) => ({ address, port, sourceAddress });

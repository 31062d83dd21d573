/**
 * One node's speaker: what its picture of the cluster says goes to its peers, at once and only where it is different.
 *
 * It begins when the picture is whole, and from then on goes by what it knows: without an API server everything stays as
 * it was last told.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Peer } from '../announce/config/peers.ts';
import type { NodeModel, NodeModelChanges } from '../announce/model/node-model.ts';
import type { DesiredRoutes } from '../announce/routes/routes.ts';
import type { Clock, Millis } from '../base/clock.ts';
import { newRibTables, type RibTables } from '../bgp/rib/shared-tables.ts';
import { CEASE } from '../bgp/wire/codes.ts';
import type { LocalNode } from '../objects/node.ts';
import { ClosingSessions } from './closing-sessions.ts';
import { Neighbour, type NeighbourObserver } from './neighbour.ts';
import type { OpenSession } from './ports.ts';
import { sessionSetup } from './session-setup.ts';

/** Changes that come within this time of each other go out together. The first of them waits for nobody. */
export const BATCH_WINDOW: Millis = 10;

export interface SpeakerObserver extends NeighbourObserver {
  /** After a look: what came out differently. */
  reconciled(changes: NodeModelChanges, tookMs: Millis): void;
  /** A peer is no more, or is another one now. */
  neighbourRemoved(neighbour: Neighbour): void;
}

/** `left`: no peer has a session, until `comeBack`. */
export type SpeakerPhase = 'waiting' | 'speaking' | 'draining' | 'left';

export type SpeakerOptions = {
  readonly clock: Clock;
  readonly model: NodeModel;
  /** Called before each look: what has been gathered goes into the picture. */
  readonly syncModel: () => void;
  /** Of the Node, as of now. */
  readonly localNode: () => LocalNode;
  readonly openSession: OpenSession;
  readonly observer: SpeakerObserver;
};

/** What the people of the other side read (RFC 9003). */
const SHUTDOWN_COMMUNICATION = 'this node is leaving';

const NO_ROUTES: DesiredRoutes = new Map();

export class Speaker {
  readonly #options: SpeakerOptions;
  readonly #tables: RibTables = newRibTables();
  readonly #neighbours = new Map<string, Neighbour>();
  readonly #closing = new ClosingSessions();
  #phase: SpeakerPhase = 'waiting';
  #cancelTimer: (() => void) | null = null;
  #reconciledAt: Millis = Number.NEGATIVE_INFINITY;
  /** The process ends. */
  #isStopping = false;

  constructor(options: SpeakerOptions) {
    this.#options = options;
  }

  /** By the name of their object. */
  get neighbours(): ReadonlyMap<string, Neighbour> {
    return this.#neighbours;
  }

  get phase(): SpeakerPhase {
    return this.#phase;
  }

  /** The picture is whole. */
  start(): void {
    if (this.#phase !== 'waiting') return;
    this.#phase = 'speaking';
    this.#reconcile();
    for (const neighbour of this.#neighbours.values()) neighbour.markComplete();
  }

  /** Something in the picture is different. */
  scheduleReconcile(): void {
    if (this.#phase === 'waiting' || this.#phase === 'left' || this.#cancelTimer !== null) return;
    const { clock } = this.#options;
    const wait = Math.max(0, this.#reconciledAt + BATCH_WINDOW - clock.now());
    this.#cancelTimer = clock.after(wait, () => {
      this.#cancelTimer = null;
      this.#reconcile();
    });
  }

  /** Asks all peers to prefer other nodes (RFC 8326), or no longer. */
  setDraining(isDraining: boolean): void {
    if (this.#phase !== (isDraining ? 'speaking' : 'draining')) return;
    this.#phase = isDraining ? 'draining' : 'speaking';
    for (const neighbour of this.#neighbours.values()) neighbour.setDraining(isDraining);
  }

  /** Whether there is a peer that would take traffic here until it is told otherwise. */
  get hasEstablishedSession(): boolean {
    return [...this.#neighbours.values()].some(({ session }) => session.state === 'Established');
  }

  /** Withdraws everything and hangs up. Settles when nothing is left of any session. */
  shutDown(): Promise<void> {
    return this.#closeAll((neighbour) =>
      neighbour.close(CEASE.administrativeShutdown, SHUTDOWN_COMMUNICATION),
    );
  }

  /** Speaks again after it has left: the next look finds peers without a session. */
  resume(): void {
    if (this.#phase !== 'left' || this.#isStopping) return;
    this.#phase = 'speaking';
    this.scheduleReconcile();
  }

  /**
   * The process ends. Peers that keep the routes until we are back are left without a word, unless the node is leaving;
   * all others are asked to prefer other nodes for so long, and then told.
   */
  async stop({ isDraining, wait }: { readonly isDraining: boolean; readonly wait: Millis }): Promise<void> {
    this.#isStopping = true;
    const isBridged = (neighbour: Neighbour): boolean => !isDraining && neighbour.hasGracefulRestart;
    const unbridged = [...this.#neighbours.values()].filter(
      (neighbour) => neighbour.session.state === 'Established' && !isBridged(neighbour),
    );
    if (unbridged.length > 0 && wait > 0) {
      for (const neighbour of unbridged) neighbour.setDraining(true);
      await new Promise<void>((resolve) => this.#options.clock.after(wait, resolve));
    }
    await this.#closeAll((neighbour) =>
      isBridged(neighbour)
        ? neighbour.abandon()
        : neighbour.close(CEASE.administrativeShutdown, SHUTDOWN_COMMUNICATION),
    );
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
    this.#reconciledAt = clock.now();
    observer.reconciled(changes, this.#reconciledAt - startedAt);
  }

  #open(peer: Peer, isRestarting: boolean): void {
    const { localNode, openSession, model, observer } = this.#options;
    const node = localNode();
    const neighbour = new Neighbour({
      peer,
      ...sessionSetup(peer, node, { isRestarting }),
      nodeAddresses: node.addresses,
      tables: this.#tables,
      openSession,
      observer,
      routes: () => model.routesOf(peer.name) ?? NO_ROUTES,
    });
    this.#neighbours.set(peer.name, neighbour);
    if (this.#phase === 'draining') neighbour.setDraining(true);
    if (!isRestarting) neighbour.markComplete();
    this.#closing.whenClosed(neighbour.label, () => {
      if (this.#neighbours.get(peer.name) === neighbour) neighbour.start();
    });
  }

  #close(name: string, close: (neighbour: Neighbour) => Promise<void>): void {
    const neighbour = this.#neighbours.get(name);
    if (neighbour === undefined) return;
    this.#neighbours.delete(name);
    this.#closing.add(neighbour.label, close(neighbour));
    this.#options.observer.neighbourRemoved(neighbour);
  }
}

/** The session with the changed peer comes from where this one did, or the router waits for one that does not come. */
function replaceSession(neighbour: Neighbour, changed: Peer): Promise<void> {
  return isDeepStrictEqual(addressingOf(neighbour.peer), addressingOf(changed))
    ? neighbour.handOver(CEASE.otherConfigurationChange)
    : neighbour.close(CEASE.peerDeconfigured);
}

const addressingOf = ({ address, port, sourceAddress }: Peer) => ({ address, port, sourceAddress });

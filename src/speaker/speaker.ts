/**
 * One node's speaker: what its picture of the cluster says goes to its peers, at once and only where it is different.
 *
 * It begins when the picture is whole, and from then on goes by what it knows: without an API server everything stays as
 * it was last told.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Peer } from '../announce/peers.ts';
import type { Changes, NodePicture } from '../announce/picture.ts';
import type { Routes } from '../announce/table.ts';
import type { Clock, Millis } from '../base/clock.ts';
import { newTables, type RibTables } from '../bgp/rib/tables.ts';
import { CEASE } from '../bgp/wire/codes.ts';
import { Neighbour, type NeighbourReport } from './neighbour.ts';
import { type Home, openingOf } from './opening.ts';
import { Partings } from './partings.ts';
import type { OpenLine } from './ports.ts';

/** Changes that come within this time of each other go out together. The first of them waits for nobody. */
export const GATHER: Millis = 10;

export interface SpeakerReport extends NeighbourReport {
  /** After a look: what came out differently. */
  looked(changes: Changes, took: Millis): void;
  /** A peer is no more, or is another one now. */
  ended(neighbour: Neighbour): void;
}

/** `left`: no peer has a session, until `comeBack`. */
export type SpeakerPhase = 'waiting' | 'speaking' | 'draining' | 'left';

export type SpeakerOptions = {
  readonly clock: Clock;
  readonly picture: NodePicture;
  /** Called before each look: what has been gathered goes into the picture. */
  readonly refresh: () => void;
  /** Of the Node, as of now. */
  readonly home: () => Home;
  readonly openLine: OpenLine;
  readonly report: SpeakerReport;
};

/** What the people of the other side read (RFC 9003). */
const LEAVES = 'this node is leaving';

const NO_ROUTES: Routes = new Map();

export class Speaker {
  readonly #options: SpeakerOptions;
  readonly #tables: RibTables = newTables();
  readonly #neighbours = new Map<string, Neighbour>();
  readonly #partings = new Partings();
  #phase: SpeakerPhase = 'waiting';
  #cancel: (() => void) | null = null;
  #lookedAt: Millis = Number.NEGATIVE_INFINITY;
  /** The process ends. */
  #isOver = false;

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
  begin(): void {
    if (this.#phase !== 'waiting') return;
    this.#phase = 'speaking';
    this.#look();
    for (const neighbour of this.#neighbours.values()) neighbour.pictureComplete();
  }

  /** Something in the picture is different. */
  changed(): void {
    if (this.#phase === 'waiting' || this.#phase === 'left' || this.#cancel !== null) return;
    const { clock } = this.#options;
    const wait = Math.max(0, this.#lookedAt + GATHER - clock.now());
    this.#cancel = clock.after(wait, () => {
      this.#cancel = null;
      this.#look();
    });
  }

  /** Asks all peers to prefer other nodes (RFC 8326), or no longer. */
  drain(isDraining: boolean): void {
    if (this.#phase !== (isDraining ? 'speaking' : 'draining')) return;
    this.#phase = isDraining ? 'draining' : 'speaking';
    for (const neighbour of this.#neighbours.values()) neighbour.drain(isDraining);
  }

  /** Whether there is a peer that would take traffic here until it is told otherwise. */
  get hasListeners(): boolean {
    return [...this.#neighbours.values()].some(({ line }) => line.state === 'Established');
  }

  /** Withdraws everything and hangs up. Settles when nothing is left of any session. */
  leave(): Promise<void> {
    return this.#end((one) => one.leave(CEASE.administrativeShutdown, LEAVES));
  }

  /** Speaks again after it has left: the next look finds peers without a session. */
  comeBack(): void {
    if (this.#phase !== 'left' || this.#isOver) return;
    this.#phase = 'speaking';
    this.changed();
  }

  /**
   * The process ends. Peers that keep the routes until we are back are left without a word, unless the node is leaving;
   * all others are asked to prefer other nodes for so long, and then told.
   */
  async stop({ isLeaving, wait }: { readonly isLeaving: boolean; readonly wait: Millis }): Promise<void> {
    this.#isOver = true;
    const isBridged = (one: Neighbour): boolean => !isLeaving && one.keepsRoutes;
    const losing = [...this.#neighbours.values()].filter(
      (one) => one.line.state === 'Established' && !isBridged(one),
    );
    if (losing.length > 0 && wait > 0) {
      for (const neighbour of losing) neighbour.drain(true);
      await new Promise<void>((resolve) => this.#options.clock.after(wait, resolve));
    }
    await this.#end((one) =>
      isBridged(one) ? one.pause() : one.leave(CEASE.administrativeShutdown, LEAVES),
    );
  }

  #end(end: (neighbour: Neighbour) => Promise<void>): Promise<void> {
    this.#phase = 'left';
    this.#cancel?.();
    this.#cancel = null;
    for (const name of [...this.#neighbours.keys()]) this.#close(name, end);
    return this.#partings.over();
  }

  #look(): void {
    const { clock, home, picture, refresh, report } = this.#options;
    refresh();
    const begun = clock.now();
    const restarting = this.#lookedAt === Number.NEGATIVE_INFINITY;
    const changes = picture.settle();
    for (const name of changes.peers.went) this.#close(name, (one) => one.leave(CEASE.peerDeconfigured));
    for (const peer of changes.peers.changed) this.#close(peer.name, (one) => giveWay(one, peer));
    const { addresses } = home();
    for (const neighbour of this.#neighbours.values()) neighbour.moveTo(addresses);
    for (const { peer } of picture.sessions)
      if (!this.#neighbours.has(peer.name)) this.#open(peer, restarting);
    for (const { peer, at, route } of changes.routes) this.#neighbours.get(peer)?.tell(at, route);
    for (const neighbour of this.#neighbours.values()) neighbour.flush();
    this.#lookedAt = clock.now();
    report.looked(changes, this.#lookedAt - begun);
  }

  #open(peer: Peer, restarting: boolean): void {
    const { home, openLine, picture, report } = this.#options;
    const node = home();
    const neighbour = new Neighbour({
      peer,
      ...openingOf(peer, node, { restarting }),
      addresses: node.addresses,
      tables: this.#tables,
      openLine,
      report,
      routes: () => picture.routesOf(peer.name) ?? NO_ROUTES,
    });
    this.#neighbours.set(peer.name, neighbour);
    if (this.#phase === 'draining') neighbour.drain(true);
    if (!restarting) neighbour.pictureComplete();
    this.#partings.after(neighbour.label, () => {
      if (this.#neighbours.get(peer.name) === neighbour) neighbour.start();
    });
  }

  #close(name: string, end: (neighbour: Neighbour) => Promise<void>): void {
    const neighbour = this.#neighbours.get(name);
    if (neighbour === undefined) return;
    this.#neighbours.delete(name);
    this.#partings.add(neighbour.label, end(neighbour));
    this.#options.report.ended(neighbour);
  }
}

/** The session with the changed peer comes from where this one did, or the router waits for one that does not come. */
function giveWay(neighbour: Neighbour, changed: Peer): Promise<void> {
  return isDeepStrictEqual(placeOf(neighbour.peer), placeOf(changed))
    ? neighbour.makeWay(CEASE.otherConfigurationChange)
    : neighbour.leave(CEASE.peerDeconfigured);
}

const placeOf = ({ address, port, sourceAddress }: Peer) => ({ address, port, sourceAddress });

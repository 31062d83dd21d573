/**
 * One node's speaker: what its picture of the cluster says goes to its peers, at once and only where it is different.
 *
 * It begins when the picture is whole, and from then on goes by what it knows: without an API server everything stays as
 * it was last told.
 */

import type { Peer } from '../announce/peers.ts';
import type { Changes, NodePicture } from '../announce/picture.ts';
import type { Routes } from '../announce/table.ts';
import type { Clock, Millis } from '../base/clock.ts';
import { newTables, type RibTables } from '../bgp/rib/tables.ts';
import { CEASE } from '../bgp/wire/codes.ts';
import { Neighbour, type NeighbourReport } from './neighbour.ts';
import { type Home, openingOf } from './opening.ts';
import type { OpenLine } from './ports.ts';

/** Changes that come within this time of each other go out together. The first of them waits for nobody. */
export const GATHER: Millis = 10;

export interface SpeakerReport extends NeighbourReport {
  /** After a look: what came out differently. */
  looked(changes: Changes, took: Millis): void;
  /** A peer is no more, or is another one now. */
  ended(neighbour: Neighbour): void;
}

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

/** What the other side is told when a session ends (RFC 9003). */
const SAYS = {
  gone: 'the BGPPeer was deleted, or no longer selects this node',
  changed: 'the BGPPeer was changed',
  elsewhere: 'the BGPPeer means another router now',
  leaves: 'this node is leaving',
} as const;

const NO_ROUTES: Routes = new Map();

export class Speaker {
  readonly #options: SpeakerOptions;
  readonly #tables: RibTables = newTables();
  readonly #neighbours = new Map<string, Neighbour>();
  readonly #partings = new Partings();
  #phase: 'waiting' | 'speaking' | 'draining' | 'left' = 'waiting';
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

  get phase(): 'waiting' | 'speaking' | 'draining' | 'left' {
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

  /** Withdraws everything and hangs up. */
  async leave(): Promise<void> {
    this.#phase = 'left';
    this.#cancel?.();
    this.#cancel = null;
    for (const neighbour of this.#neighbours.values())
      this.#part(neighbour, this.#isBridged(neighbour) ? neighbour.pause() : neighbour.leave(CEASE.administrativeShutdown, SAYS.leaves));
    await this.#partings.over();
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
    const isBridged = (one: Neighbour): boolean => !isLeaving && one.keepsRoutes;
    const losing = [...this.#neighbours.values()].filter(
      (one) => one.line.state === 'Established' && !isBridged(one),
    );
    if (losing.length > 0 && wait > 0) {
      for (const neighbour of losing) neighbour.drain(true);
      await new Promise<void>((resolve) => this.#options.clock.after(wait, resolve));
    }
    await Promise.all(
      this.#end().map((one) =>
        isBridged(one) ? one.pause() : one.leave(CEASE.administrativeShutdown, SAYS.leaves),
      ),
    );
  }

  #end(): readonly Neighbour[] {
    this.#phase = 'left';
    this.#cancel?.();
    this.#cancel = null;
    const all = [...this.#neighbours.values()];
    this.#neighbours.clear();
    for (const neighbour of all) this.#options.report.ended(neighbour);
    return all;
  }

  #look(): void {
    const { clock, picture, refresh, report } = this.#options;
    refresh();
    const begun = clock.now();
    const isFirst = this.#lookedAt === Number.NEGATIVE_INFINITY;
    const changes = picture.settle();
    const { came, changed, went } = changes.peers;
    for (const name of went) void this.#close(name, CEASE.peerDeconfigured, SAYS.gone);
    for (const peer of changed) {
      const closed = this.#close(peer.name, CEASE.otherConfigurationChange, SAYS.changed);
      this.#open(peer, { restarting: false, closed });
    }
    for (const peer of came) this.#open(peer, { restarting: isFirst });
    const touched = new Set<Neighbour>();
    for (const { peer, at, route } of changes.routes) {
      const neighbour = this.#neighbours.get(peer);
      if (neighbour === undefined) continue;
      neighbour.tell(at, route);
      touched.add(neighbour);
    }
    for (const neighbour of touched) neighbour.flush();
    this.#lookedAt = clock.now();
    report.looked(changes, this.#lookedAt - begun);
  }

  /** `closed`: until then the router still has the session before. */
  #open(peer: Peer, { restarting, closed }: { restarting: boolean; closed?: Promise<void> }): void {
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
    if (closed === undefined) neighbour.start();
    else void closed.then(() => this.#neighbours.get(peer.name) === neighbour && neighbour.start());
  }

  #close(name: string, cease: number, communication: string): Promise<void> {
    const neighbour = this.#neighbours.get(name);
    if (neighbour === undefined) return Promise.resolve();
    this.#neighbours.delete(name);
    this.#options.report.ended(neighbour);
    return neighbour.leave(cease, communication);
  }
}

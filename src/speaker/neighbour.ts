/**
 * One peer: its session, what it was told, and what it should hear. It stands for itself: no other peer waits for it, and
 * what it does not read costs nothing but its backlog of prefixes.
 */
import { isDeepStrictEqual } from 'node:util';
import { drained } from '../announce/drain.ts';
import { pathOf, type SessionFacts } from '../announce/path.ts';
import type { Peer } from '../announce/peers.ts';
import type { Route, Routes } from '../announce/table.ts';
import { AdjRibOut } from '../bgp/rib/adjribout.ts';
import type { RibTables } from '../bgp/rib/tables.ts';
import type { Why } from '../bgp/session/event.ts';
import type { StateName } from '../bgp/session/session.ts';
import type { Settings } from '../bgp/session/settings.ts';
import type { Agreement } from '../bgp/wire/agreement.ts';
import { familyOf } from '../bgp/wire/codes.ts';
import { REFRESH, type RouteRefresh, type Update } from '../bgp/wire/message.ts';
import { type Address, type Family, formatAddress } from '../net/address.ts';
import { formatPrefix, type Prefix } from '../net/prefix.ts';
import { factsOf } from './facts.ts';
import type { Far, Line, LineOwner, OpenLine } from './ports.ts';

/** What is taken from the backlog at a time: a peer that does not read holds up no more than that. */
const OCTETS_A_TURN = 65_536;

export interface NeighbourReport {
  moved(neighbour: Neighbour, from: StateName, to: StateName, why: Why): void;
  /** A try to connect came to nothing. */
  missed(neighbour: Neighbour, says: string): void;
  /** So many routes of the peer's were read and dropped. */
  dropped(neighbour: Neighbour, routes: number): void;
  /** Something that was to be told has been handed to the kernel. */
  told(neighbour: Neighbour): void;
}

export type NeighbourOptions = {
  readonly peer: Peer;
  readonly settings: Settings;
  readonly far: Far;
  readonly addresses: NodeAddresses;
  readonly tables: RibTables;
  readonly openLine: OpenLine;
  readonly report: NeighbourReport;
  /** All that it should hear now. */
  readonly routes: () => Routes;
};

/** The node's, as next hops of the family that the session does not run on. */
export type NodeAddresses = Readonly<Record<Family, Address | null>>;

/** A route that this peer cannot be told, and why, in a sentence. */
export type Untold = { readonly prefix: Prefix; readonly says: string };

export class Neighbour implements LineOwner {
  readonly peer: Peer;
  /** `10.0.0.1:179`, as MetalLB labels its metrics; IPv6 in brackets. */
  readonly label: string;
  readonly rib: AdjRibOut;
  readonly #options: NeighbourOptions;
  readonly #line: Line;
  /** Of the session that stands, or that stood last; null before the first. */
  #facts: SessionFacts | null = null;
  #addresses: NodeAddresses;
  #isDraining = false;
  /** The kernel takes no more for now. */
  #isFull = false;
  readonly #untold = new Map<string, Untold>();

  constructor(options: NeighbourOptions) {
    const { peer, far, settings, report, tables } = options;
    this.#options = options;
    this.#addresses = options.addresses;
    this.peer = peer;
    this.label = labelOf(far);
    this.rib = new AdjRibOut(tables);
    this.#line = options.openLine(settings, far, this, (says) => report.missed(this, says));
  }

  get line(): Pick<Line, 'state' | 'agreement' | 'peer' | 'local' | 'since' | 'counters'> {
    return this.#line;
  }

  get settings(): Settings {
    return this.#options.settings;
  }

  /** In the order in which they came up. */
  get untold(): readonly Untold[] {
    return [...this.#untold.values()];
  }

  start(): void {
    this.#line.start();
  }

  /** Null: no more. It goes out when `flush` is called. */
  tell(prefix: Prefix, route: Route | null): void {
    if (this.#facts === null) return; // all of it is told to the first session
    this.#want(prefix, route, this.#facts);
  }

  /** What was told since the last time goes out; what the peer does not take now waits until it does. */
  flush(): void {
    if (this.#line.state === 'Established' && !this.#isFull) this.writable();
  }

  /** The node's addresses are these now: next hops follow with the next `flush`. */
  moveTo(addresses: NodeAddresses): void {
    if (isDeepStrictEqual(addresses, this.#addresses)) return;
    this.#addresses = addresses;
    const { agreement } = this.#line;
    if (agreement !== null) this.#learn(agreement);
  }

  /** What is wanted now is the whole picture: the peer may drop what it kept of a session before (RFC 4724). */
  pictureComplete(): void {
    this.rib.pictureComplete();
    this.flush();
  }

  /** Everything is told again as the worst way there is (RFC 8326), or as it was. */
  drain(isDraining: boolean): void {
    if (this.#isDraining === isDraining) return;
    this.#isDraining = isDraining;
    if (this.#facts !== null) this.#wantAll(this.#facts);
    this.flush();
  }

  /**
   * Withdraws everything, says why, and hangs up, for good: a session that just ends may be one that is bridged (RFC
   * 8538). Settles when that is out.
   */
  leave(cease: number, communication = ''): Promise<void> {
    this.rib.wantNothing();
    this.flush();
    this.#line.stop(cease, communication);
    this.rib.retire();
    return this.#line.settled();
  }

  /**
   * Makes way for another session with the same router, which may go on with our routes until that one has told its own.
   * A word of ours would forbid it, but for the N bit of both (RFC 8538 2): then none is said.
   */
  makeWay(cease: number): Promise<void> {
    const agreement = this.#line.agreement;
    if (agreement?.gracefulRestart != null && !agreement.gracefulNotification) this.#line.abandon();
    else this.#line.stop(cease, '');
    this.rib.retire();
    return this.#line.settled();
  }

  /** Hangs up without a word: the peer keeps the routes until we are back (RFC 4724), or notices by itself. */
  pause(): Promise<void> {
    this.#line.abandon();
    return this.#line.settled();
  }

  /** The peer goes on with our routes when the connection drops. */
  get keepsRoutes(): boolean {
    return this.#line.agreement?.gracefulRestart != null;
  }

  // --- what the line tells

  moved(from: StateName, to: StateName, why: Why): void {
    if (to === 'Established') this.#established();
    if (from === 'Established') this.rib.closed();
    this.#options.report.moved(this, from, to, why);
  }

  received(message: Update | RouteRefresh): void {
    if (message.kind === 'update') {
      const routes = message.announced.reduce((sum, { nlri }) => sum + nlri.count, 0);
      this.#options.report.dropped(this, routes);
      return;
    }
    const family = familyOf(message.afi, message.safi);
    if (message.subtype !== REFRESH.request || family === null) return;
    this.rib.refresh(family);
    this.flush();
  }

  writable(): void {
    let wrote = false;
    this.#isFull = false;
    while (!this.#isFull) {
      const messages = this.rib.take(OCTETS_A_TURN);
      if (messages.length === 0) break;
      wrote = true;
      this.#isFull = !this.#line.write(joined(messages));
    }
    if (wrote) this.#options.report.told(this);
  }

  // --- routes

  #established(): void {
    const { agreement } = this.#line;
    if (agreement === null) return;
    this.#learn(agreement);
    this.rib.opened(agreement);
  }

  #learn(agreement: Agreement): void {
    const local = this.#line.local?.address ?? null;
    const { settings } = this.#options;
    this.#facts = factsOf({ settings, agreement, local, addresses: this.#addresses });
    this.#wantAll(this.#facts);
  }

  #wantAll(facts: SessionFacts): void {
    this.#untold.clear();
    for (const route of this.#options.routes().values()) this.#want(route.prefix, route, facts);
  }

  #want(prefix: Prefix, route: Route | null, facts: SessionFacts): void {
    const path = route === null ? null : pathOf(route, facts);
    if (path?.ok === false) this.#untold.set(formatPrefix(prefix), { prefix, says: path.error });
    else if (this.#untold.size > 0) this.#untold.delete(formatPrefix(prefix));
    if (path === null || !path.ok) this.rib.want(prefix, null);
    else this.rib.want(prefix, this.#isDraining ? drained(path.value) : path.value);
  }
}

const labelOf = ({ address, port }: Far): string =>
  address.family === 4 ? `${formatAddress(address)}:${port}` : `[${formatAddress(address)}]:${port}`;

/** One write for all of them: a call of the kernel each would cost more than the copy. */
function joined(messages: readonly Uint8Array[]): Uint8Array {
  const [only, ...others] = messages;
  return only !== undefined && others.length === 0 ? only : Buffer.concat(messages);
}

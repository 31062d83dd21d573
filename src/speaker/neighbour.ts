/**
 * One peer: its session, what it was told, and what it should hear. It stands for itself: no other peer waits for it, and
 * what it does not read costs nothing but its backlog of prefixes.
 */

import { isDeepStrictEqual } from 'node:util';
import type { Peer } from '../announce/config/peers.ts';
import { withGracefulShutdown } from '../announce/routes/graceful-shutdown.ts';
import { buildPath, type SessionContext } from '../announce/routes/path-builder.ts';
import type { DesiredRoute, DesiredRoutes } from '../announce/routes/routes.ts';
import { AdjRibOut } from '../bgp/rib/adj-rib-out.ts';
import type { RibTables } from '../bgp/rib/shared-tables.ts';
import type { SessionDriver, SessionHandler } from '../bgp/session/driver.ts';
import type { TransitionDetails } from '../bgp/session/events.ts';
import type { Remote } from '../bgp/session/remote.ts';
import type { StateName } from '../bgp/session/session.ts';
import type { BgpSessionSettings } from '../bgp/session/settings.ts';
import { unicastFamilyOf } from '../bgp/wire/codes.ts';
import { REFRESH_SUBTYPE, type RouteRefresh, type Update } from '../bgp/wire/message.ts';
import type { NegotiatedTerms } from '../bgp/wire/negotiated.ts';
import { formatAddress } from '../net/address.ts';
import { formatPrefix, type Prefix } from '../net/prefix.ts';
import type { NodeAddresses } from '../objects/node.ts';
import type { OpenSession } from './ports.ts';
import { sessionContextOf } from './session-context.ts';

/** What is taken from the backlog at a time: a peer that does not read holds up no more than that. */
const WRITE_BATCH_BYTES = 65_536;

export interface NeighbourObserver {
  stateChanged(neighbour: Neighbour, from: StateName, to: StateName, reason: TransitionDetails): void;
  /** A try to connect came to nothing. */
  connectFailed(neighbour: Neighbour, message: string): void;
  /** So many routes of the peer's were read and dropped. */
  routesDropped(neighbour: Neighbour, count: number): void;
  /** Something that was to be told has been handed to the kernel. */
  advertised(neighbour: Neighbour): void;
}

export type NeighbourOptions = {
  readonly peer: Peer;
  readonly settings: BgpSessionSettings;
  readonly remote: Remote;
  /** Next hops of the family that the session does not run over. */
  readonly nodeAddresses: NodeAddresses;
  readonly tables: RibTables;
  readonly openSession: OpenSession;
  readonly observer: NeighbourObserver;
  /** All that it should hear now. */
  readonly routes: () => DesiredRoutes;
};

/** A route that this peer cannot be told, and why, in a sentence. */
export type UnadvertisableRoute = { readonly prefix: Prefix; readonly reason: string };

export class Neighbour implements SessionHandler {
  readonly peer: Peer;
  /** `10.0.0.1:179`, as MetalLB labels its metrics; IPv6 in brackets. */
  readonly label: string;
  readonly rib: AdjRibOut;
  readonly #options: NeighbourOptions;
  readonly #session: SessionDriver;
  /** Of the session that stands, or that stood last; null before the first. */
  #sessionContext: SessionContext | null = null;
  #nodeAddresses: NodeAddresses;
  #isDraining = false;
  /** The kernel takes no more for now. */
  #isBlocked = false;
  readonly #unadvertisable = new Map<string, UnadvertisableRoute>();

  constructor(options: NeighbourOptions) {
    const { peer, remote, settings, observer, tables } = options;
    this.#options = options;
    this.#nodeAddresses = options.nodeAddresses;
    this.peer = peer;
    this.label = labelOf(remote);
    this.rib = new AdjRibOut(tables);
    this.#session = options.openSession(settings, remote, this, (message) =>
      observer.connectFailed(this, message),
    );
  }

  get session(): Pick<
    SessionDriver,
    'state' | 'negotiated' | 'peerOpen' | 'localAddress' | 'establishedAt' | 'counters'
  > {
    return this.#session;
  }

  get settings(): BgpSessionSettings {
    return this.#options.settings;
  }

  /** In the order in which they came up. */
  get unadvertisable(): readonly UnadvertisableRoute[] {
    return [...this.#unadvertisable.values()];
  }

  start(): void {
    this.#session.start();
  }

  /** Null: no more. It goes out when `flush` is called. */
  update(prefix: Prefix, route: DesiredRoute | null): void {
    if (this.#sessionContext === null) return; // all of it is told to the first session
    this.#updateRoute(prefix, route, this.#sessionContext);
  }

  /** What was told since the last time goes out; what the peer does not take now waits until it does. */
  flush(): void {
    if (this.#session.state === 'Established' && !this.#isBlocked) this.writable();
  }

  /** The node's addresses are these now: next hops follow with the next `flush`. */
  setNodeAddresses(addresses: NodeAddresses): void {
    if (isDeepStrictEqual(addresses, this.#nodeAddresses)) return;
    this.#nodeAddresses = addresses;
    const { negotiated } = this.#session;
    if (negotiated !== null) this.#applyNegotiated(negotiated);
  }

  /** What is wanted now is the whole picture: the peer may drop what it kept of a session before (RFC 4724). */
  markComplete(): void {
    this.rib.markComplete();
    this.flush();
  }

  /** Everything is told again as the worst way there is (RFC 8326), or as it was. */
  setDraining(isDraining: boolean): void {
    if (this.#isDraining === isDraining) return;
    this.#isDraining = isDraining;
    if (this.#sessionContext !== null) this.#updateAll(this.#sessionContext);
    this.flush();
  }

  /**
   * Withdraws everything, says why, and hangs up, for good: a session that just ends may be one that is bridged (RFC
   * 8538). Settles when that is out.
   */
  close(cease: number, communication = ''): Promise<void> {
    this.rib.clearDesired();
    this.flush();
    this.#session.stop(cease, communication);
    this.rib.retire();
    return this.#session.closed();
  }

  /**
   * Makes way for another session with the same router, which may go on with our routes until that one has told its own.
   * A word of ours would forbid it, but for the N bit of both (RFC 8538 2): then none is said.
   */
  handOver(cease: number): Promise<void> {
    const negotiated = this.#session.negotiated;
    if (negotiated?.gracefulRestart != null && !negotiated.gracefulNotification) this.#session.abandon();
    else this.#session.stop(cease, '');
    this.rib.retire();
    return this.#session.closed();
  }

  /** Hangs up without a word: the peer keeps the routes until we are back (RFC 4724), or notices by itself. */
  abandon(): Promise<void> {
    this.#session.abandon();
    return this.#session.closed();
  }

  /** The peer goes on with our routes when the connection drops. */
  get hasGracefulRestart(): boolean {
    return this.#session.negotiated?.gracefulRestart != null;
  }

  // --- what the line tells

  stateChanged(from: StateName, to: StateName, reason: TransitionDetails): void {
    if (to === 'Established') this.#onEstablished();
    if (from === 'Established') this.rib.sessionClosed();
    this.#options.observer.stateChanged(this, from, to, reason);
  }

  received(message: Update | RouteRefresh): void {
    if (message.kind === 'update') {
      const routes = message.announced.reduce((sum, { nlri }) => sum + nlri.count, 0);
      this.#options.observer.routesDropped(this, routes);
      return;
    }
    const family = unicastFamilyOf(message.afi, message.safi);
    if (message.subtype !== REFRESH_SUBTYPE.request || family === null) return;
    this.rib.refresh(family);
    this.flush();
  }

  writable(): void {
    let hasWritten = false;
    this.#isBlocked = false;
    while (!this.#isBlocked) {
      const messages = this.rib.takeMessages(WRITE_BATCH_BYTES);
      if (messages.length === 0) break;
      hasWritten = true;
      this.#isBlocked = !this.#session.write(concatMessages(messages));
    }
    if (hasWritten) this.#options.observer.advertised(this);
  }

  // --- routes

  #onEstablished(): void {
    const { negotiated } = this.#session;
    if (negotiated === null) return;
    this.#applyNegotiated(negotiated);
    this.rib.sessionEstablished(negotiated);
  }

  #applyNegotiated(negotiated: NegotiatedTerms): void {
    const localAddress = this.#session.localAddress?.address ?? null;
    const { settings } = this.#options;
    this.#sessionContext = sessionContextOf({
      settings,
      negotiated,
      localAddress,
      nodeAddresses: this.#nodeAddresses,
    });
    this.#updateAll(this.#sessionContext);
  }

  #updateAll(sessionContext: SessionContext): void {
    this.#unadvertisable.clear();
    for (const route of this.#options.routes().values())
      this.#updateRoute(route.prefix, route, sessionContext);
  }

  #updateRoute(prefix: Prefix, route: DesiredRoute | null, sessionContext: SessionContext): void {
    const path = route === null ? null : buildPath(route, sessionContext);
    if (path?.ok === false) this.#unadvertisable.set(formatPrefix(prefix), { prefix, reason: path.error });
    else if (this.#unadvertisable.size > 0) this.#unadvertisable.delete(formatPrefix(prefix));
    if (path === null || !path.ok) this.rib.setDesired(prefix, null);
    else this.rib.setDesired(prefix, this.#isDraining ? withGracefulShutdown(path.value) : path.value);
  }
}

const labelOf = ({ address, port }: Remote): string =>
  address.family === 4 ? `${formatAddress(address)}:${port}` : `[${formatAddress(address)}]:${port}`;

/** One write for all of them: a call of the kernel each would cost more than the copy. */
function concatMessages(messages: readonly Uint8Array[]): Uint8Array {
  const [first, ...others] = messages;
  return first !== undefined && others.length === 0 ? first : Buffer.concat(messages);
}

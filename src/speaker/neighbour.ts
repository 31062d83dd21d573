/**
 * Neighbour: the session with one BGP peer and its Adj-RIB-Out. Neighbours are independent of each other: one that does not
 * read costs only its set of pending prefixes.
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
import { type Address, formatAddress } from '../net/address.ts';
import type { Prefix } from '../net/prefix.ts';
import type { NodeAddresses } from '../objects/node.ts';
import type { OpenSession } from './ports.ts';
import { sessionContextOf } from './session-context.ts';
import { UnadvertisableRoutes } from './unadvertisable-routes.ts';

/** Octets packed at a time, which bounds the memory for a peer that does not read. */
const WRITE_BATCH_BYTES = 65_536;

export interface NeighbourObserver {
  stateChanged(neighbour: Neighbour, from: StateName, to: StateName, reason: TransitionDetails): void;
  /** A connection attempt failed. */
  connectFailed(neighbour: Neighbour, message: string): void;
  /** Routes of the peer were received and dropped. */
  routesDropped(neighbour: Neighbour, count: number): void;
  /** UPDATEs were handed to the kernel. */
  advertised(neighbour: Neighbour): void;
}

export type NeighbourOptions = {
  readonly peer: Peer;
  readonly settings: BgpSessionSettings;
  readonly remote: Remote;
  /** Next hops of the family that the session does not run over. */
  readonly nodeAddresses: NodeAddresses;
  /** The addresses of the interface that has this local address: next hops where the node has none of a family. */
  readonly interfaceAddresses: (local: Address) => NodeAddresses;
  readonly tables: RibTables;
  readonly openSession: OpenSession;
  readonly observer: NeighbourObserver;
  /** All desired routes of the peer now. */
  readonly routes: () => DesiredRoutes;
};

export class Neighbour implements SessionHandler {
  readonly peer: Peer;
  /** `10.0.0.1:179`, as MetalLB labels its metrics; IPv6 in brackets. */
  readonly label: string;
  readonly rib: AdjRibOut;
  readonly #options: NeighbourOptions;
  readonly #session: SessionDriver;
  /** Of the current or the last session; null before the first. */
  #sessionContext: SessionContext | null = null;
  #nodeAddresses: NodeAddresses;
  #isDraining = false;
  /** Backpressure: the connection cannot take more now. */
  #isBlocked = false;
  readonly #unadvertisable = new UnadvertisableRoutes();

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
    'state' | 'negotiated' | 'peerOpen' | 'routerId' | 'localAddress' | 'establishedAt' | 'counters'
  > {
    return this.#session;
  }

  get settings(): BgpSessionSettings {
    return this.#options.settings;
  }

  get unadvertisable(): Pick<UnadvertisableRoutes, 'count' | 'get' | typeof Symbol.iterator> {
    return this.#unadvertisable;
  }

  start(): void {
    this.#session.start();
  }

  /** Changes one desired route; null removes it. `flush` sends it. */
  update(prefix: Prefix, route: DesiredRoute | null): void {
    if (this.#sessionContext === null) return; // the first session gets all routes
    this.#updateRoute(prefix, route, this.#sessionContext);
  }

  /** Sends pending UPDATEs, as far as the connection takes them; the rest follows when it is writable. */
  flush(): void {
    if (this.#session.state === 'Established' && !this.#isBlocked) this.writable();
  }

  /** Updates the node's addresses; the next hops change with the next `flush`. */
  setNodeAddresses(addresses: NodeAddresses): void {
    if (isDeepStrictEqual(addresses, this.#nodeAddresses)) return;
    this.#nodeAddresses = addresses;
    const { negotiated } = this.#session;
    if (negotiated !== null) this.#applyNegotiated(negotiated);
  }

  /** Declares the desired routes complete: End-of-RIB lets the peer drop stale routes (RFC 4724 4.2). */
  markComplete(): void {
    this.rib.markComplete();
    this.flush();
  }

  /** Re-advertises every route with GRACEFUL_SHUTDOWN and LOCAL_PREF 0 (RFC 8326), or as before. */
  setDraining(isDraining: boolean): void {
    if (this.#isDraining === isDraining) return;
    this.#isDraining = isDraining;
    if (this.#sessionContext !== null) this.#updateAll(this.#sessionContext);
    this.flush();
  }

  /**
   * Withdraws all routes and closes the session for good with a Cease. The withdrawal is explicit, since a peer may retain
   * routes after a mere end of the session (RFC 8538). Settles when the connection is closed.
   */
  close(cease: number, communication = ''): Promise<void> {
    this.rib.clearDesired();
    this.flush();
    this.#session.stop(cease, communication);
    this.rib.retire();
    return this.#session.closed();
  }

  /**
   * Closes the session for a new one with the same router, which may retain our routes until then. A NOTIFICATION would end
   * that unless both sides set the N bit (RFC 8538 2); without it the connection is dropped silently.
   */
  handOver(cease: number): Promise<void> {
    const negotiated = this.#session.negotiated;
    if (negotiated?.gracefulRestart != null && !negotiated.gracefulNotification) this.#session.abandon();
    else this.#session.stop(cease, '');
    this.rib.retire();
    return this.#session.closed();
  }

  /** The BFD session went down: ends the session, which connects again. `reason` is a sentence. */
  bfdDown(reason: string): void {
    this.#session.bfdDown(reason);
  }

  /** Drops the session without a NOTIFICATION: with graceful restart the peer retains our routes (RFC 4724 4.2). */
  abandon(): Promise<void> {
    this.#session.abandon();
    return this.#session.closed();
  }

  /** The peer retains our routes when the connection drops. */
  get hasGracefulRestart(): boolean {
    return this.#session.negotiated?.gracefulRestart != null;
  }

  // --- SessionHandler

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
      interfaceAddresses: this.#options.interfaceAddresses,
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
    this.#unadvertisable.set(prefix, path?.ok === false ? path.error : null);
    if (path === null || !path.ok) this.rib.setDesired(prefix, null);
    else this.rib.setDesired(prefix, this.#isDraining ? withGracefulShutdown(path.value) : path.value);
  }
}

const labelOf = ({ address, port }: Remote): string =>
  address.family === 4 ? `${formatAddress(address)}:${port}` : `[${formatAddress(address)}]:${port}`;

/** Joins messages into one write: a copy costs less than a system call for each. */
function concatMessages(messages: readonly Uint8Array[]): Uint8Array {
  const [first, ...others] = messages;
  return first !== undefined && others.length === 0 ? first : Buffer.concat(messages);
}

/** The driver of one session, as its owner sees it: the sockets behind it are the transport's. */
import type { Millis } from '../../base/clock.ts';
import type { MESSAGE } from '../wire/codes.ts';
import type { Open, RouteRefresh, Update } from '../wire/message.ts';
import type { NegotiatedTerms } from '../wire/negotiated.ts';
import type { TransitionDetails } from './events.ts';
import type { TransportAddress } from './remote.ts';
import type { StateName } from './session.ts';

/** Called synchronously; must not throw. */
export interface SessionHandler {
  stateChanged(from: StateName, to: StateName, details: TransitionDetails): void;
  /** An UPDATE holds views of a buffer that is reused after the call. */
  received(message: Update | RouteRefresh): void;
  /** More can be written, or the session has just been established. */
  writable(): void;
}

export interface SessionDriver {
  readonly state: StateName;
  /** Null unless established. */
  readonly negotiated: NegotiatedTerms | null;
  /** The peer's OPEN, from OpenConfirm on. */
  readonly peerOpen: Open | null;
  /** Our BGP Identifier. */
  readonly routerId: number;
  /** The local end of the established connection. */
  readonly localAddress: TransportAddress | null;
  /** When the session was established, by the monotonic clock. */
  readonly establishedAt: Millis | null;
  readonly counters: SessionCounters;
  start(): void;
  /** Sends NOTIFICATION Cease with the subcode (RFC 4486); the session stays down. */
  stop(cease: number, communication: string): void;
  /** The path to the peer failed: ends the session with Cease / BFD Down (RFC 9384), and connects again later. `reason` is a sentence. */
  bfdDown(reason: string): void;
  /** Drops the connection without a NOTIFICATION, so that the peer keeps our routes (RFC 4724 4.1); the session stays down. */
  abandon(): void;
  /** Sends UPDATEs that are already framed. False: wait for `writable` before the next. Sends nothing unless established. */
  write(bytes: Uint8Array): boolean;
  /** Settles when every connection is closed, the final NOTIFICATION included. */
  closed(): Promise<void>;
}

export type MessageKind = keyof typeof MESSAGE;

/** Traffic in one direction since the session was created. */
export type TrafficCounters = {
  readonly messages: Readonly<Record<MessageKind, number>>;
  readonly octets: number;
};

export type SessionCounters = {
  readonly sent: TrafficCounters;
  readonly received: TrafficCounters;
  /** TCP connections that came up, in either direction. */
  readonly connects: number;
  /** Times that the session left Established. */
  readonly drops: number;
  /** The most recent failure; `at` is by the wall clock. */
  readonly lastError: { readonly message: string; readonly at: Millis } | null;
};

export const NO_TRAFFIC: TrafficCounters = {
  messages: { open: 0, update: 0, notification: 0, keepalive: 0, routeRefresh: 0 },
  octets: 0,
};

/** What the speaker's loops need from the outside, in their own few words. The main hands them adapters of this shape. */
import type { Millis } from '../base/clock.ts';
import type { TransitionDetails } from '../bgp/session/events.ts';
import type { StateName } from '../bgp/session/session.ts';
import type { BgpSessionSettings } from '../bgp/session/settings.ts';
import type { Open, RouteRefresh, Update } from '../bgp/wire/message.ts';
import type { NegotiatedTerms } from '../bgp/wire/negotiated.ts';
import type { Address } from '../net/address.ts';
import type { ObjectEvent } from '../runtime/ports.ts';

/** Whom a session is with: what its sockets have to know. */
export type RemoteEndpoint = {
  readonly address: Address;
  readonly port: number;
  /** Null: the kernel picks one. */
  readonly source: Address | null;
  readonly password: string | null;
  /** Hops (RFC 5082). */
  readonly ttlSecurity: number | null;
};

/** Told in the turn in which it happens. */
export interface SessionHandler {
  stateChanged(from: StateName, to: StateName, reason: TransitionDetails): void;
  received(message: Update | RouteRefresh): void;
  /** More can be written, or the session has just been established. */
  writable(): void;
}

export type SessionTraffic = { readonly messages: { readonly update: number }; readonly octets: number };

/** One session with one router, whoever drives its sockets. */
export interface SessionDriver {
  readonly state: StateName;
  /** Null unless established. */
  readonly negotiated: NegotiatedTerms | null;
  /** What the peer says of itself, once it has. */
  readonly peerOpen: Open | null;
  /** Our end of the established connection. */
  readonly localAddress: { readonly address: Address; readonly port: number } | null;
  /** When it was established, by the monotonic clock. */
  readonly establishedAt: Millis | null;
  readonly counters: {
    readonly sent: SessionTraffic;
    readonly received: SessionTraffic;
    readonly drops: number;
    /** `at` is by the wall clock. */
    readonly lastError: { readonly message: string; readonly at: Millis } | null;
  };
  start(): void;
  /** NOTIFICATION Cease with the subcode, and stays down. */
  stop(cease: number, communication: string): void;
  /** Drops the connection without a word: the peer is to bridge a restart (RFC 4724). */
  abandon(): void;
  /** False: wait for `writable` before the next. */
  write(bytes: Uint8Array): boolean;
  /** When nothing is left of it, last words included. */
  closed(): Promise<void>;
}

export type OpenSession = (
  settings: BgpSessionSettings,
  remote: RemoteEndpoint,
  handler: SessionHandler,
  connectFailed: (message: string) => void,
) => SessionDriver;

export type SpeakerEventReason = 'nodeAssigned' | 'TooManyStatuses';

export type SpeakerEvent = ObjectEvent<SpeakerEventReason>;

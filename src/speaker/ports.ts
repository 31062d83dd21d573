/** What the speaker's loops need from the outside, in their own few words. The main hands them adapters of this shape. */
import type { Millis } from '../base/clock.ts';
import type { Why } from '../bgp/session/event.ts';
import type { StateName } from '../bgp/session/session.ts';
import type { Settings } from '../bgp/session/settings.ts';
import type { Agreement } from '../bgp/wire/agreement.ts';
import type { Open, RouteRefresh, Update } from '../bgp/wire/message.ts';
import type { Address } from '../net/address.ts';
import type { Note } from '../program/ports.ts';

/** Whom a session is with: what its sockets have to know. */
export type Far = {
  readonly address: Address;
  readonly port: number;
  /** Null: the kernel picks one. */
  readonly source: Address | null;
  readonly password: string | null;
  /** Hops (RFC 5082). */
  readonly ttlSecurity: number | null;
};

/** Told in the turn in which it happens. */
export interface LineOwner {
  moved(from: StateName, to: StateName, why: Why): void;
  received(message: Update | RouteRefresh): void;
  /** More can be written, or the session has just been established. */
  writable(): void;
}

export type Traffic = { readonly messages: { readonly update: number }; readonly octets: number };

/** One session with one router, whoever drives its sockets. */
export interface Line {
  readonly state: StateName;
  /** Null unless established. */
  readonly agreement: Agreement | null;
  /** What the peer says of itself, once it has. */
  readonly peer: Open | null;
  /** Our end of the established connection. */
  readonly local: { readonly address: Address; readonly port: number } | null;
  /** When it was established, by the monotonic clock. */
  readonly since: Millis | null;
  readonly counters: {
    readonly sent: Traffic;
    readonly received: Traffic;
    readonly drops: number;
    /** `at` is by the wall clock. */
    readonly lastError: { readonly says: string; readonly at: Millis } | null;
  };
  start(): void;
  /** NOTIFICATION Cease with the subcode, and stays down. */
  stop(cease: number, communication: string): void;
  /** Drops the connection without a word: the peer is to bridge a restart (RFC 4724). */
  abandon(): void;
  /** False: wait for `writable` before the next. */
  write(bytes: Uint8Array): boolean;
  /** When nothing is left of it, last words included. */
  settled(): Promise<void>;
}

export type OpenLine = (
  settings: Settings,
  far: Far,
  owner: LineOwner,
  missed: (says: string) => void,
) => Line;

export type SpeakerEventReason = 'nodeAssigned' | 'TooManyStatuses';

export type SpeakerNote = Note<SpeakerEventReason>;

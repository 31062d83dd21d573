/** The five BGP messages as values, and the failures of decoding them. */
import type { Family } from '../../net/address.ts';
import type { NextHop, PathAttributes } from '../attributes/path.ts';
import type { Capability } from './capability.ts';
import type { Nlri } from './nlri.ts';

export type Open = {
  readonly kind: 'open';
  /** The four-octet AS number where the capability is present, else My Autonomous System. */
  readonly asn: number;
  /** Seconds; 0 or 3 and more. */
  readonly holdTime: number;
  /** BGP Identifier, 32 bits, not 0. */
  readonly routerId: number;
  /** In the order received, duplicates included. */
  readonly capabilities: readonly Capability[];
};

/**
 * An UPDATE after error handling (RFC 7606): routes treated as withdrawn are in `withdrawn`, discarded attributes are
 * removed, and `faults` gives the reasons. Apply `withdrawn` first: a prefix in both is announced (RFC 4271 4.3).
 */
export type Update = {
  readonly kind: 'update';
  readonly withdrawn: readonly Nlri[];
  readonly announced: readonly AnnouncedNlri[];
  /** Attributes of all announced prefixes; null without any. */
  readonly attributes: PathAttributes | null;
  /** The family whose initial routes have all been sent (RFC 4724 2), or null. */
  readonly endOfRib: Family | null;
  readonly faults: readonly AttributeFault[];
};

/** Prefixes with their next hop: those of the NLRI field, or those of MP_REACH_NLRI. */
export type AnnouncedNlri = { readonly nlri: Nlri; readonly nextHop: NextHop };

export type Notification = {
  readonly kind: 'notification';
  readonly code: number;
  readonly subcode: number;
  readonly data: Uint8Array;
};

export type Keepalive = { readonly kind: 'keepalive' };

/** RFC 7313 3.2: a request, or the begin (BoRR) and end (EoRR) of its answer. Other subtypes are ignored. */
export const REFRESH_SUBTYPE = { request: 0, begin: 1, end: 2 } as const;

export type RouteRefresh = {
  readonly kind: 'route-refresh';
  readonly afi: number;
  readonly safi: number;
  readonly subtype: number;
};

export type Message = Open | Update | Notification | Keepalive | RouteRefresh;

export const KEEPALIVE: Keepalive = { kind: 'keepalive' };

/** An attribute error that does not reset the session (RFC 7606 2). */
export type AttributeFault = {
  readonly type: number;
  readonly handling: 'attribute-discard' | 'treat-as-withdraw';
  /** Predicate of a sentence whose subject is the attribute's name. */
  readonly reason: string;
  /** RFC and section of the violated rule. */
  readonly rfc: string;
};

/** An error that ends the session: the NOTIFICATION is sent, and the connection closed. */
export type DecodeFailure = {
  readonly notification: Notification;
  /** A sentence for the log. */
  readonly reason: string;
  readonly rfc: string;
};

/** The five messages of BGP as values, and what becomes of octets that are none of them. */
import type { Family } from '../../net/address.ts';
import type { NextHop, PathAttributes } from '../attributes/path.ts';
import type { Capability } from './capability/capability.ts';
import type { Nlri } from './nlri.ts';

export type Open = {
  readonly kind: 'open';
  /** In full: that of the four-octet capability where there is one. */
  readonly asn: number;
  /** Seconds; 0 or 3 and more. */
  readonly holdTime: number;
  /** BGP Identifier, 32 bits, not 0. */
  readonly routerId: number;
  /** In the order in which they stand, doubles included. */
  readonly capabilities: readonly Capability[];
};

/**
 * What an UPDATE means once its errors are dealt with (RFC 7606): what has to be treated as withdrawn is among the
 * withdrawn, what has to be discarded is gone, and `faults` says why. Who reads it takes the withdrawn first
 * (RFC 4271 4.3: a prefix in both is announced).
 */
export type Update = {
  readonly kind: 'update';
  readonly withdrawn: readonly Nlri[];
  readonly announced: readonly AnnouncedNlri[];
  /** Of all that is announced; null where nothing is. */
  readonly attributes: PathAttributes | null;
  /** Everything of that family has been told (RFC 4724 2). */
  readonly endOfRib: Family | null;
  readonly faults: readonly AttributeFault[];
};

/** Prefixes with one next hop: those of the message's own field, or of MP_REACH_NLRI. */
export type AnnouncedNlri = { readonly nlri: Nlri; readonly nextHop: NextHop };

export type Notification = {
  readonly kind: 'notification';
  readonly code: number;
  readonly subcode: number;
  readonly data: Uint8Array;
};

export type Keepalive = { readonly kind: 'keepalive' };

/** RFC 7313 3.2: a wish, or where the answer to one begins and ends. Other subtypes are to be ignored. */
export const REFRESH_SUBTYPE = { request: 0, begin: 1, end: 2 } as const;

export type RouteRefresh = {
  readonly kind: 'route-refresh';
  readonly afi: number;
  readonly safi: number;
  readonly subtype: number;
};

export type Message = Open | Update | Notification | Keepalive | RouteRefresh;

export const KEEPALIVE: Keepalive = { kind: 'keepalive' };

/** An error of one attribute that the session outlives (RFC 7606 2). */
export type AttributeFault = {
  readonly type: number;
  readonly handling: 'attribute-discard' | 'treat-as-withdraw';
  /** The end of a sentence that begins with the attribute's name. */
  readonly reason: string;
  /** Where it stands in the RFCs. */
  readonly rfc: string;
};

/** The session cannot go on: this is to be sent, and the connection closed. */
export type DecodeFailure = {
  readonly notification: Notification;
  /** A sentence for the log. */
  readonly reason: string;
  readonly rfc: string;
};

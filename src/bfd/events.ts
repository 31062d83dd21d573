/** Events and actions of the BFD state machine. */
import type { Millis } from '../base/clock.ts';
import type { AuthenticationFault, ReceivedPacket, Sha1 } from './authentication.ts';
import type { Discriminator } from './packet.ts';
import type { BfdSession } from './session.ts';
import type { BfdSettings } from './settings.ts';
import type { BfdSessionState } from './status.ts';

export type BfdProtocolEvent =
  /** A packet for this session: `findSession` says which one. */
  | ({ readonly kind: 'received' } & ReceivedPacket)
  /** The owner edited them. */
  | { readonly kind: 'settings'; readonly settings: BfdSettings }
  /** The session is taken down on purpose: the remote does not take it for a failure (RFC 5880 6.8.16). */
  | { readonly kind: 'disable' }
  | { readonly kind: 'enable' }
  /** Sends a packet besides the periodic ones, for what the remote should not miss. */
  | { readonly kind: 'repeat' }
  /** A deadline may have passed. */
  | { readonly kind: 'tick' };

export type BfdAction =
  | { readonly kind: 'send'; readonly octets: Uint8Array }
  /** The packet had no effect. */
  | { readonly kind: 'discard'; readonly fault: AuthenticationFault | 'admin-down' }
  /** The state changed, or the remote's AdminDown began or ended. */
  | { readonly kind: 'changed'; readonly from: BfdSessionState };

export type BfdStep = { readonly session: BfdSession; readonly actions: readonly BfdAction[] };

/** What a step needs besides session and event. */
export type BfdSurroundings = {
  /** Monotonic. */
  readonly now: Millis;
  /** In [0, 1): the source of jitter. */
  readonly chance: number;
  readonly sha1: Sha1;
  /** Random, and of no session: the next discriminator of this one, if it needs another. */
  readonly spareDiscriminator: Discriminator;
};

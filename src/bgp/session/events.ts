/** Events and actions of the session state machine (RFC 4271 8.1). */
import type { DecodeFailure, Message, Notification, RouteRefresh, Update } from '../wire/message.ts';
import type { ConnectionId, StateName } from './session.ts';

export type SessionEvent =
  | { readonly kind: 'start' }
  /**
   * `cease` is a subcode of RFC 4486; `communication` is for the peer's operators (RFC 9003). Null `cease`: without a
   * NOTIFICATION, so that the peer retains our routes while the process restarts (RFC 4724 4.1).
   */
  | { readonly kind: 'stop'; readonly cease: number | null; readonly communication: string }
  /** The outbound connection is established. `localIPv4`: its local address as a number, if it runs over IPv4. */
  | { readonly kind: 'connected'; readonly connectionId: ConnectionId; readonly localIPv4?: number }
  | { readonly kind: 'connect-failed'; readonly connectionId: ConnectionId; readonly reason: string }
  /** An inbound connection has arrived. */
  | { readonly kind: 'accepted'; readonly localIPv4?: number }
  /** The peer closed the connection, or it failed. */
  | { readonly kind: 'closed'; readonly connectionId: ConnectionId; readonly reason: string }
  | { readonly kind: 'received'; readonly connectionId: ConnectionId; readonly message: Message }
  | { readonly kind: 'malformed'; readonly connectionId: ConnectionId; readonly failure: DecodeFailure }
  /** The write queue made progress, or began to fill; `hasPending`: the peer has not read all of it. */
  | { readonly kind: 'write-progress'; readonly connectionId: ConnectionId; readonly hasPending: boolean }
  /** The BFD session with the peer left Up, and the peer did not say AdminDown; `reason` is a sentence. */
  | { readonly kind: 'bfd-down'; readonly reason: string }
  /** A timer may have expired. */
  | { readonly kind: 'tick' };

export type SessionAction =
  | { readonly kind: 'dial'; readonly connectionId: ConnectionId }
  /** Keep the connection of the `accepted` event under this ID. */
  | { readonly kind: 'adopt'; readonly connectionId: ConnectionId }
  /** Send this message over the connection of the `accepted` event, and close it. */
  | { readonly kind: 'refuse'; readonly message: Notification }
  | { readonly kind: 'send'; readonly connectionId: ConnectionId; readonly message: Exclude<Message, Update> }
  /** `abort`: discard the write queue. */
  | { readonly kind: 'close'; readonly connectionId: ConnectionId; readonly abort: boolean }
  | { readonly kind: 'deliver'; readonly message: Update | RouteRefresh }
  /** `retainsRoutes`: the peer is expected to restart, and its routes are retained until then (RFC 4724 4.2). */
  | {
      readonly kind: 'state-changed';
      readonly from: StateName;
      readonly to: StateName;
      readonly details: TransitionDetails;
      readonly retainsRoutes: boolean;
    };

export type TransitionCause =
  | 'started'
  | 'rested'
  | 'stopped'
  | 'connected'
  | 'accepted'
  | 'connect-failed'
  | 'retried'
  | 'delay-over'
  | 'lost'
  | 'open'
  | 'bad-open'
  | 'keepalive'
  | 'notified'
  | 'turned-away'
  | 'malformed'
  | 'unexpected'
  | 'hold-expired'
  | 'send-hold-expired'
  | 'bfd-down'
  | 'replaced';

export type TransitionDetails = {
  readonly cause: TransitionCause;
  /** A sentence for people, without a full stop. */
  readonly text: string;
  readonly sent: Notification | null;
  readonly received: Notification | null;
};

/** What can happen to a session, and what it wants done. */
import type { DecodeFailure, Message, Notification, RouteRefresh, Update } from '../wire/message.ts';
import type { ConnectionId, StateName } from './session.ts';

export type SessionEvent =
  | { readonly kind: 'start' }
  /**
   * `cease` is one of RFC 4486; `communication` is for the people on the other side (RFC 9003). Null: without a word,
   * as a process goes that will be back (RFC 4724 5).
   */
  | { readonly kind: 'stop'; readonly cease: number | null; readonly communication: string }
  /** What was dialled is up. */
  | { readonly kind: 'connected'; readonly connectionId: ConnectionId }
  | { readonly kind: 'connect-failed'; readonly connectionId: ConnectionId; readonly reason: string }
  /** The peer has dialled us. */
  | { readonly kind: 'accepted' }
  /** By the peer, or it broke. */
  | { readonly kind: 'closed'; readonly connectionId: ConnectionId; readonly reason: string }
  | { readonly kind: 'received'; readonly connectionId: ConnectionId; readonly message: Message }
  | { readonly kind: 'malformed'; readonly connectionId: ConnectionId; readonly failure: DecodeFailure }
  /** Something went out, or could not; `waiting`: there is more that the peer does not take. */
  | { readonly kind: 'outflow'; readonly connectionId: ConnectionId; readonly hasPending: boolean }
  /** A deadline has passed. */
  | { readonly kind: 'tick' };

export type SessionAction =
  | { readonly kind: 'dial'; readonly connectionId: ConnectionId }
  /** The connection that was accepted just now has this name. */
  | { readonly kind: 'adopt'; readonly connectionId: ConnectionId }
  /** The connection that was accepted just now gets this message, and is closed. */
  | { readonly kind: 'refuse'; readonly message: Notification }
  | { readonly kind: 'send'; readonly connectionId: ConnectionId; readonly message: Exclude<Message, Update> }
  /** `abort`: without what still waits to go out. */
  | { readonly kind: 'close'; readonly connectionId: ConnectionId; readonly abort: boolean }
  | { readonly kind: 'deliver'; readonly message: Update | RouteRefresh }
  /** `retainsRoutes`: the peer is expected back, and what it told stays until then (RFC 4724 4.2). */
  | {
      readonly kind: 'moved';
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
  | 'replaced';

export type TransitionDetails = {
  readonly cause: TransitionCause;
  /** For people, without a full stop. */
  readonly text: string;
  readonly sent: Notification | null;
  readonly received: Notification | null;
};

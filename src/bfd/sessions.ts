/** BFD sessions as their owners see them: the sockets and timers behind them are the transport's. */
import type { BfdSessionSpec } from './settings.ts';
import type { BfdSessionState, BfdStatus } from './status.ts';

/** A session changed its state, or the remote's AdminDown began or ended. */
export type BfdStateChange = {
  readonly from: BfdSessionState;
  /**
   * After the change. Where `remoteState` is AdminDown, the remote's operator took the session down, which says nothing about
   * the path: protocols that use the session stay up (RFC 5882 3.2 and 4.2).
   */
  readonly status: BfdStatus;
};

export interface BfdSessions {
  /**
   * All sessions that are wanted. New ones begin; those of missing keys say AdminDown and end. New intervals and keys apply to
   * a running session; another remote, local address, interface, port or multihop begins a new one.
   */
  apply(specs: readonly BfdSessionSpec[]): void;
  /** One for each wanted session, in the order of the specs; counters may be a second old. */
  statuses(): readonly BfdStatus[];
  /** The returned function removes the listener. Listeners must not throw. */
  onChange(listener: (change: BfdStateChange) => void): () => void;
  /** Says AdminDown on every session, and ends all of them. Settles when the sockets are closed. */
  stop(): Promise<void>;
}

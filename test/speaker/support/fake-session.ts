/** Fake session driver with a `FakeRouter` as its peer: connects soon after start, and reconnects after a loss. */

import assert from 'node:assert/strict';
import type { Clock } from '../../../src/base/clock.ts';
import { NO_TRAFFIC, type SessionDriver, type SessionHandler } from '../../../src/bgp/session/driver.ts';
import type { TransitionCause } from '../../../src/bgp/session/events.ts';
import { outgoingCease } from '../../../src/bgp/session/graceful-restart.ts';
import type { Remote } from '../../../src/bgp/session/remote.ts';
import { localOpen, newSession, type StateName } from '../../../src/bgp/session/session.ts';
import type { BgpSessionSettings } from '../../../src/bgp/session/settings.ts';
import { CEASE } from '../../../src/bgp/wire/codes.ts';
import type { Open, RouteRefresh, Update } from '../../../src/bgp/wire/message.ts';
import { type NegotiatedTerms, negotiate } from '../../../src/bgp/wire/negotiated.ts';
import { newCease } from '../../../src/bgp/wire/notification.ts';
import { encodeMessage } from '../../../src/bgp/wire/write/encode.ts';
import type { Address } from '../../../src/net/address.ts';
import { address, type FakeRouter, type RouterSession } from './fake-router.ts';

/** Duration of a connection attempt, and the pause between two attempts. */
export const [CONNECT_TIME, RETRY_TIME] = [5, 1000];

const LOCAL_ADDRESSES = { 4: address('10.213.0.11'), 6: address('fd00:213::11') } as const;

export class FakeSession implements SessionDriver, RouterSession {
  state: StateName = 'Idle';
  negotiated: NegotiatedTerms | null = null;
  localAddress: { readonly address: Address; readonly port: number } | null = null;
  establishedAt: number | null = null;
  /** Value of the counter of sent UPDATEs. */
  sentUpdates = 0;
  /** Message of the last error. */
  errorMessage: string | null = null;
  readonly settings: BgpSessionSettings;
  readonly #remote: Remote;
  readonly #handler: SessionHandler;
  readonly #router: FakeRouter;
  readonly #clock: Clock;
  readonly #connectFailed: (message: string) => void;
  readonly #closeWaiters: (() => void)[] = [];
  #cancelTimer: () => void = () => {};
  #isBlocked = false;
  #isRestarting: boolean;

  constructor(
    settings: BgpSessionSettings,
    remote: Remote,
    handler: SessionHandler,
    connectFailed: (message: string) => void,
    network: FakeNetwork,
  ) {
    this.settings = settings;
    this.#remote = remote;
    this.#handler = handler;
    this.#connectFailed = connectFailed;
    this.#router = network.router;
    this.#clock = network.clock;
    this.#isRestarting = settings.gracefulRestart?.restarting ?? false;
  }

  /** As the state machine decides, without its connection. */
  get routerId(): number {
    return this.settings.routerId;
  }

  get peerOpen(): Open | null {
    return this.negotiated === null ? null : this.#router.open;
  }

  get counters(): SessionDriver['counters'] {
    const sent = { ...NO_TRAFFIC, messages: { ...NO_TRAFFIC.messages, update: this.sentUpdates } };
    const { errorMessage } = this;
    const lastError = errorMessage === null ? null : { message: errorMessage, at: this.#clock.wall() };
    return { sent, received: NO_TRAFFIC, connects: 0, drops: 0, lastError };
  }

  start(): void {
    const { session } = this.#router;
    assert.equal(this.state, 'Idle');
    assert.ok(
      session === null || session.negotiated !== null,
      'connected before the previous connection was closed',
    );
    this.#scheduleConnect('started', CONNECT_TIME);
  }

  stop(cease: number, communication: string): void {
    this.#sendCease(cease, communication);
    this.#endSession('stopped');
  }

  /** Ends as if lost; the router reads the Cease. */
  bfdDown(reason: string): void {
    if (this.negotiated === null) return;
    this.#sendCease(CEASE.bfdDown, '');
    this.errorMessage = reason;
    this.#endSession('bfd-down', reason);
    this.#scheduleConnect('rested', RETRY_TIME);
  }

  #sendCease(cease: number, communication: string): void {
    if (this.negotiated !== null) {
      const established = {
        connectionId: 1,
        isOutbound: true,
        peerOpen: this.#router.open,
        negotiated: this.negotiated,
      };
      const timers = { establishedAt: 0, holdAt: null, keepaliveAt: null, sendHoldAt: null };
      const notification = outgoingCease(
        { kind: 'Established', ...established, ...timers },
        newCease(cease, communication),
      );
      this.#router.receive(encodeMessage(notification), this.negotiated);
    }
  }

  abandon(): void {
    this.#endSession('stopped');
  }

  write(bytes: Uint8Array): boolean {
    assert.ok(this.negotiated !== null, 'written to a session that is not established');
    assert.ok(!this.#isBlocked, 'written despite backpressure');
    this.#isBlocked = !this.#router.receive(bytes, this.negotiated);
    return !this.#isBlocked;
  }

  closed(): Promise<void> {
    if (this.#router.session !== this) return Promise.resolve();
    return new Promise((resolve) => this.#closeWaiters.push(resolve));
  }

  // --- called by the router

  drained(): void {
    if (!this.#isBlocked) return;
    this.#isBlocked = false;
    if (this.negotiated !== null) this.#handler.writable();
  }

  receive(message: Update | RouteRefresh): void {
    this.#handler.received(message);
  }

  lose(): void {
    if (this.negotiated === null) return;
    this.#endSession('lost');
    this.#scheduleConnect('rested', RETRY_TIME);
  }

  #scheduleConnect(cause: TransitionCause, wait: number): void {
    this.#setState('Connect', cause);
    this.#cancelTimer = this.#clock.after(wait, () => this.#connect());
  }

  #connect(): void {
    const router = this.#router;
    // The router keeps its existing connection.
    if (!router.acceptsSessions || router.session !== null) {
      this.#retryLater('no answer');
      return;
    }
    const openSent = localOpen({ ...newSession(this.settings), isRestarting: this.#isRestarting });
    const negotiated = negotiate(openSent, router.open);
    if (negotiated.families.length === 0) {
      this.#retryLater('no common address family');
      return;
    }
    router.session = this;
    router.sessionOpened(openSent, negotiated);
    this.#isRestarting = false;
    this.negotiated = negotiated;
    this.establishedAt = this.#clock.now();
    this.localAddress = {
      address: router.seenAddress ?? this.#remote.source ?? LOCAL_ADDRESSES[this.#remote.address.family],
      port: 40_000,
    };
    this.#setState('Established', 'keepalive');
    this.#handler.writable();
  }

  #retryLater(message: string): void {
    this.#connectFailed(message);
    this.#cancelTimer = this.#clock.after(RETRY_TIME, () => this.#connect());
  }

  /** The router closes its end after reading the final NOTIFICATION, or `lingerMs` later. */
  #endSession(cause: TransitionCause, text: string = cause): void {
    this.#cancelTimer();
    const { negotiated } = this;
    this.negotiated = null;
    this.localAddress = null;
    this.establishedAt = null;
    this.#isBlocked = false;
    this.#setState('Idle', cause, text);
    if (negotiated === null) return;
    this.#router.sessionClosed(negotiated);
    const onClosed = (): void => {
      if (this.#router.session === this) this.#router.session = null;
      for (const resolve of this.#closeWaiters.splice(0)) resolve();
    };
    if (cause === 'lost' || this.#router.lingerMs === 0) onClosed();
    else this.#clock.after(this.#router.lingerMs, onClosed);
  }

  #setState(to: StateName, cause: TransitionCause, text: string = cause): void {
    const from = this.state;
    this.state = to;
    if (from !== to) this.#handler.stateChanged(from, to, { cause, text, sent: null, received: null });
  }
}

export type FakeNetwork = { readonly router: FakeRouter; readonly clock: Clock };

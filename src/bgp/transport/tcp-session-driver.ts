/**
 * TCP session driver: owns the sockets and the timer of one session, turns what happens to them into events for the state
 * machine, and performs its actions in order. It makes no decisions and never blocks.
 */
import type { Socket } from 'node:net';
import type { Clock, Millis } from '../../base/clock.ts';
import { invariant } from '../../base/invariant.ts';
import type { SessionCounters, SessionDriver, SessionHandler } from '../session/driver.ts';
import type { SessionAction, SessionEvent, TransitionCause, TransitionDetails } from '../session/events.ts';
import type { Remote, TransportAddress } from '../session/remote.ts';
import {
  type BgpSession,
  type ConnectionId,
  type Established,
  newSession,
  nextSessionDeadline,
  type StateName,
  silentAt,
  termsOf,
} from '../session/session.ts';
import type { BgpSessionSettings } from '../session/settings.ts';
import { stepSession } from '../session/step.ts';
import type { Open } from '../wire/message.ts';
import type { NegotiatedTerms } from '../wire/negotiated.ts';
import { localIPv4Of, SessionConnections } from './session-connections.ts';
import { describeNoAnswer } from './socket-errors.ts';

export type TcpSessionContext = {
  readonly clock: Clock;
  /** In [0, 1), as of `Math.random`. */
  readonly random: () => number;
  /** A connection attempt failed without a change of state; `message` is a sentence. */
  readonly connectFailed?: (message: string) => void;
};

/** Causes that are recorded as the last error; the others are normal operation. */
const FAULT_CAUSES: ReadonlySet<TransitionCause> = new Set<TransitionCause>([
  ...(['connect-failed', 'lost', 'bad-open', 'notified', 'malformed', 'unexpected'] as const),
  ...(['hold-expired', 'send-hold-expired', 'bfd-down', 'turned-away'] as const),
]);

/** Timers run before sockets are read: between two immediates, the event loop reads each of them once. */
const afterArrived = (run: () => void): void => void setImmediate(() => setImmediate(run));

type PendingEvent = { readonly event: SessionEvent; readonly acceptedSocket: Socket | null };

export class TcpSessionDriver implements SessionDriver {
  readonly #remote: Remote;
  readonly #handler: SessionHandler;
  readonly #context: TcpSessionContext;
  readonly #connections: SessionConnections;
  #session: BgpSession;
  readonly #pendingEvents: PendingEvent[] = [];
  #isHandlingEvents = false;
  #timer: { readonly at: Millis; readonly cancel: () => void } | null = null;
  #drops = 0;
  #lastError: SessionCounters['lastError'] = null;

  constructor(
    settings: BgpSessionSettings,
    remote: Remote,
    handler: SessionHandler,
    context: TcpSessionContext,
  ) {
    this.#session = newSession(settings);
    this.#remote = remote;
    this.#handler = handler;
    this.#context = context;
    this.#connections = new SessionConnections(remote, context.clock, {
      eventOccurred: (event) => this.#handleEvent(event),
      drained: (id) => {
        if (id === this.#established?.connectionId) handler.writable();
      },
      terms: (id) => termsOf(this.#session, id),
    });
  }

  start(): void {
    this.#handleEvent({ kind: 'start' });
  }

  stop(cease: number, communication: string): void {
    this.#handleEvent({ kind: 'stop', cease, communication });
  }

  abandon(): void {
    this.#handleEvent({ kind: 'stop', cease: null, communication: '' });
  }

  bfdDown(reason: string): void {
    this.#handleEvent({ kind: 'bfd-down', reason });
  }

  /** Passes an inbound connection to the session. */
  accept(socket: Socket): void {
    if (!socket.destroyed) this.#handleEvent({ kind: 'accepted', ...localIPv4Of(socket) }, socket);
  }

  write(bytes: Uint8Array): boolean {
    const { phase } = this.#session;
    return phase.kind === 'Established' && this.#connections.write(phase.connectionId, bytes);
  }

  closed(): Promise<void> {
    return this.#connections.allClosed();
  }

  get state(): StateName {
    return this.#session.phase.kind;
  }

  get negotiated(): NegotiatedTerms | null {
    return this.#established?.negotiated ?? null;
  }

  get peerOpen(): Open | null {
    const { phase } = this.#session;
    return phase.kind === 'Established' || phase.kind === 'OpenConfirm' ? phase.peerOpen : null;
  }

  get routerId(): number {
    return this.#session.settings.routerId;
  }

  get localAddress(): TransportAddress | null {
    return this.#endpoints?.local ?? null;
  }

  /** The remote end of the established connection. */
  get remoteAddress(): TransportAddress | null {
    return this.#endpoints?.remote ?? null;
  }

  get establishedAt(): Millis | null {
    return this.#established?.establishedAt ?? null;
  }

  get counters(): SessionCounters {
    const { sent, received, connects } = this.#connections;
    return {
      sent: sent.snapshot,
      received: received.snapshot,
      connects,
      drops: this.#drops,
      lastError: this.#lastError,
    };
  }

  get #established(): Established | null {
    const { phase } = this.#session;
    return phase.kind === 'Established' ? phase : null;
  }

  get #endpoints(): ReturnType<SessionConnections['addressesOf']> {
    const established = this.#established;
    return established === null ? null : this.#connections.addressesOf(established.connectionId);
  }

  /** Handles events strictly in order: one that an action or the handler raises waits until the previous actions are done. */
  #handleEvent(event: SessionEvent, acceptedSocket: Socket | null = null): void {
    this.#pendingEvents.push({ event, acceptedSocket });
    if (this.#isHandlingEvents) return;
    this.#isHandlingEvents = true;
    for (let next = this.#pendingEvents.shift(); next !== undefined; next = this.#pendingEvents.shift()) {
      const { clock, random } = this.#context;
      const { session, actions } = stepSession(this.#session, next.event, clock.now(), random());
      this.#session = session;
      for (const action of actions) this.#perform(action, next, actions);
    }
    this.#isHandlingEvents = false;
    this.#armTimer();
  }

  #perform(
    action: SessionAction,
    { event, acceptedSocket }: PendingEvent,
    actions: readonly SessionAction[],
  ): void {
    const connections = this.#connections;
    switch (action.kind) {
      case 'dial':
        connections.dial(action.connectionId);
        return;
      case 'adopt':
        invariant(acceptedSocket !== null, 'an adopted connection was just accepted');
        connections.adopt(action.connectionId, acceptedSocket);
        return;
      case 'refuse':
        invariant(acceptedSocket !== null, 'a refused connection was just accepted');
        connections.refuse(acceptedSocket, action.message);
        return;
      case 'send':
        connections.send(action.connectionId, action.message);
        return;
      case 'close':
        if (event.kind === 'stop' || actions.some(({ kind }) => kind === 'dial'))
          this.#reportNoAnswer(action.connectionId);
        connections.close(action.connectionId, action.abort);
        return;
      case 'deliver':
        this.#handler.received(action.message);
        return;
      case 'state-changed':
        this.#stateChanged(action.from, action.to, action.details);
    }
  }

  /** The session gives up an attempt that got no answer. */
  #reportNoAnswer(id: ConnectionId): void {
    const waitedMs = this.#connections.dialDuration(id);
    if (waitedMs === null) return;
    const message = describeNoAnswer(this.#remote, waitedMs);
    this.#recordError(message);
    this.#context.connectFailed?.(message);
  }

  #stateChanged(from: StateName, to: StateName, reason: TransitionDetails): void {
    if (from === 'Established') this.#drops += 1;
    if (FAULT_CAUSES.has(reason.cause)) this.#recordError(reason.text);
    this.#handler.stateChanged(from, to, reason);
    if (to === 'Established') this.#handler.writable();
  }

  #recordError(message: string): void {
    this.#lastError = { message, at: this.#context.clock.wall() };
  }

  /** Keeps a timer that fires too early: deadlines move with every message, and resetting it each time is expensive. */
  #armTimer(): void {
    const at = nextSessionDeadline(this.#session);
    if (this.#timer !== null && at !== null && this.#timer.at <= at) return;
    this.#timer?.cancel();
    this.#timer = null;
    if (at === null) return;
    const { clock } = this.#context;
    this.#timer = { at, cancel: clock.after(at - clock.now(), () => this.#timerFired()) };
  }

  /** A process that was stopped has messages to read that arrived in time: they count before silence is judged. */
  #timerFired(): void {
    this.#timer = null;
    const silenceAt = silentAt(this.#session);
    const tick = (): void => this.#handleEvent({ kind: 'tick' });
    if (silenceAt === null || silenceAt > this.#context.clock.now()) tick();
    else afterArrived(tick);
  }
}

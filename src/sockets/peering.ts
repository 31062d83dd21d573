/**
 * Drives one session: owns its sockets and its one timer, makes events of what happens to them, and does what the
 * session wants done, in order. It decides nothing, and waits for nothing.
 */
import type { Socket } from 'node:net';
import type { Clock, Millis } from '../base/clock.ts';
import { invariant } from '../base/invariant.ts';
import type { Action, Cause, SessionEvent, Why } from '../bgp/session/event.ts';
import {
  type Established,
  type Link,
  newSession,
  nextDeadline,
  type Session,
  type StateName,
  termsOf,
} from '../bgp/session/session.ts';
import type { Settings } from '../bgp/session/settings.ts';
import { step } from '../bgp/session/step.ts';
import type { Agreement } from '../bgp/wire/agreement.ts';
import type { Open, RouteRefresh, Update } from '../bgp/wire/message.ts';
import type { End } from './connection.ts';
import type { Counters } from './counters.ts';
import { Links } from './links.ts';
import type { Remote } from './remote.ts';
import { noAnswer } from './trouble.ts';

/** Called synchronously; must not throw. */
export interface PeeringOwner {
  moved(from: StateName, to: StateName, why: Why): void;
  /** An UPDATE has views on memory that is used again. */
  received(message: Update | RouteRefresh): void;
  /** The kernel takes more again, or the session has just been established. */
  writable(): void;
}

export type Around = {
  readonly clock: Clock;
  /** In [0, 1), as of `Math.random`. */
  readonly random: () => number;
  /** Of an attempt to connect that came to nothing and left the state as it was: a sentence. */
  readonly missed?: (says: string) => void;
};

/** What ends a session, or keeps it from being one; the others belong to its life. */
const FAULTS: ReadonlySet<Cause> = new Set<Cause>([
  ...(['connect-failed', 'lost', 'bad-open', 'notified', 'malformed', 'unexpected'] as const),
  ...(['hold-expired', 'send-hold-expired', 'turned-away'] as const),
]);

type Happening = { readonly event: SessionEvent; readonly incoming: Socket | null };

export class Peering {
  readonly #remote: Remote;
  readonly #owner: PeeringOwner;
  readonly #around: Around;
  readonly #links: Links;
  #session: Session;
  readonly #happenings: Happening[] = [];
  #busy = false;
  #timer: { readonly at: Millis; readonly cancel: () => void } | null = null;
  #drops = 0;
  #lastError: Counters['lastError'] = null;

  constructor(settings: Settings, remote: Remote, owner: PeeringOwner, around: Around) {
    this.#session = newSession(settings);
    this.#remote = remote;
    this.#owner = owner;
    this.#around = around;
    this.#links = new Links(remote, around.clock, {
      happened: (event) => this.#happen(event),
      drained: (link) => {
        if (link === this.#established?.link) owner.writable();
      },
      terms: (link) => termsOf(this.#session, link),
    });
  }

  start(): void {
    this.#happen({ kind: 'start' });
  }

  /** NOTIFICATION Cease with the subcode, and stays down. */
  stop(cease: number, communication: string): void {
    this.#happen({ kind: 'stop', cease, communication });
  }

  /** Drops the connection without a word, and stays down: a restart that the peer is to bridge (RFC 4724). */
  abandon(): void {
    this.#happen({ kind: 'stop', cease: null, communication: '' });
  }

  /** The peer has dialled us. */
  accept(socket: Socket): void {
    if (!socket.destroyed) this.#happen({ kind: 'accepted' }, socket);
  }

  /** UPDATEs, already framed. False: wait for `writable` before the next. Nothing is sent unless established. */
  write(bytes: Uint8Array): boolean {
    const { phase } = this.#session;
    return phase.kind === 'Established' && this.#links.write(phase.link, bytes);
  }

  /** When nothing is left of its connections, last words included. */
  settled(): Promise<void> {
    return this.#links.settled();
  }

  get state(): StateName {
    return this.#session.phase.kind;
  }

  /** Null unless established. */
  get agreement(): Agreement | null {
    return this.#established?.agreement ?? null;
  }

  /** What the peer says of itself, from OpenConfirm on. */
  get peer(): Open | null {
    const { phase } = this.#session;
    return phase.kind === 'Established' || phase.kind === 'OpenConfirm' ? phase.peer : null;
  }

  /** Ends of the established connection. */
  get local(): End | null {
    return this.#ends?.local ?? null;
  }

  get remoteEnd(): End | null {
    return this.#ends?.remote ?? null;
  }

  /** When it was established, by the clock that never goes back. */
  get since(): Millis | null {
    return this.#established?.since ?? null;
  }

  get counters(): Counters {
    const { sent, received, connects } = this.#links;
    return {
      sent: sent.soFar,
      received: received.soFar,
      connects,
      drops: this.#drops,
      lastError: this.#lastError,
    };
  }

  get #established(): Established | null {
    const { phase } = this.#session;
    return phase.kind === 'Established' ? phase : null;
  }

  get #ends(): ReturnType<Links['endsOf']> {
    const established = this.#established;
    return established === null ? null : this.#links.endsOf(established.link);
  }

  /** What an action or the owner makes happen waits until the actions before it are done. */
  #happen(event: SessionEvent, incoming: Socket | null = null): void {
    this.#happenings.push({ event, incoming });
    if (this.#busy) return;
    this.#busy = true;
    for (let next = this.#happenings.shift(); next !== undefined; next = this.#happenings.shift()) {
      const { clock, random } = this.#around;
      const { session, actions } = step(this.#session, next.event, clock.now(), random());
      this.#session = session;
      for (const action of actions) this.#do(action, next, actions);
    }
    this.#busy = false;
    this.#arm();
  }

  #do(action: Action, { event, incoming }: Happening, all: readonly Action[]): void {
    const links = this.#links;
    switch (action.kind) {
      case 'dial':
        links.dial(action.link);
        return;
      case 'adopt':
        invariant(incoming !== null, 'what is adopted was accepted just now');
        links.takeUp(action.link, incoming);
        return;
      case 'refuse':
        invariant(incoming !== null, 'what is refused was accepted just now');
        links.refuse(incoming, action.message);
        return;
      case 'send':
        links.send(action.link, action.message);
        return;
      case 'close':
        if (event.kind === 'stop' || all.some(({ kind }) => kind === 'dial')) this.#missed(action.link);
        links.close(action.link, action.abort);
        return;
      case 'deliver':
        this.#owner.received(action.message);
        return;
      case 'moved':
        this.#moved(action.from, action.to, action.why);
    }
  }

  /** Where the session gives an attempt up, there was no answer to it. */
  #missed(link: Link): void {
    const waited = this.#links.dialledFor(link);
    if (waited === null) return;
    const says = noAnswer(this.#remote, waited);
    this.#failed(says);
    this.#around.missed?.(says);
  }

  #moved(from: StateName, to: StateName, why: Why): void {
    if (from === 'Established') this.#drops += 1;
    if (FAULTS.has(why.cause)) this.#failed(why.says);
    this.#owner.moved(from, to, why);
    if (to === 'Established') this.#owner.writable();
  }

  #failed(says: string): void {
    this.#lastError = { says, at: this.#around.clock.wall() };
  }

  /** A timer that is early does no harm: deadlines move with every message, and it would be set as often. */
  #arm(): void {
    const at = nextDeadline(this.#session);
    if (this.#timer !== null && at !== null && this.#timer.at <= at) return;
    this.#timer?.cancel();
    this.#timer = null;
    if (at === null) return;
    const { clock } = this.#around;
    const ring = (): void => {
      this.#timer = null;
      this.#happen({ kind: 'tick' });
    };
    this.#timer = { at, cancel: clock.after(at - clock.now(), ring) };
  }
}

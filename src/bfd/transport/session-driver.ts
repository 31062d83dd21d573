/** Drives one BFD session: its timer, its packets and its counters. It decides nothing about the protocol. */
import { type Clock, type Millis, sleep } from '../../base/clock.ts';
import type { BfdAction, BfdProtocolEvent } from '../events.ts';
import { decodePacket } from '../packet.ts';
import {
  type BfdSession,
  detectionTime,
  newBfdSession,
  nextBfdDeadline,
  silentAt,
  transmitInterval,
} from '../session.ts';
import type { BfdStateChange } from '../sessions.ts';
import type { BfdSessionSpec } from '../settings.ts';
import { sha1 } from '../sha1.ts';
import type { BfdCounters, BfdSessionState, BfdStatus } from '../status.ts';
import { stepBfd } from '../step.ts';
import { NO_COUNTERS } from './new-status.ts';
import type { BfdSender, BfdSockets } from './sockets.ts';

export type SessionDriverContext = {
  readonly clock: Clock;
  /** In [0, 1), as of `Math.random`. */
  readonly random: () => number;
  readonly sockets: Pick<BfdSockets, 'afterArrived'>;
  readonly changed: (change: BfdStateChange) => void;
  /** Random (RFC 5880 6.8.1), and of no session. */
  readonly freeDiscriminator: () => number;
  /** The session has another discriminator from now on. */
  readonly renumbered: (driver: BfdSessionDriver, discriminator: number) => void;
};

/** AdminDown is sent this often, so that the remote does not miss it with one lost packet. */
export const ADMIN_DOWN_COPIES = 3;
export const ADMIN_DOWN_SPACING: Millis = 10;

const UINT32 = 2 ** 32;

type MutableCounters = { -readonly [Name in keyof BfdCounters]: BfdCounters[Name] };

export class BfdSessionDriver {
  spec: BfdSessionSpec;
  /** Why the session cannot work, as a sentence. */
  problem: string | null = null;
  readonly #firstDiscriminator: number;
  #spareDiscriminator: number;
  readonly #context: SessionDriverContext;
  readonly #counters: MutableCounters = { ...NO_COUNTERS };
  #session: BfdSession | null = null;
  #sender: BfdSender | null = null;
  #since: Millis;
  #isEnding = false;
  #timer: { readonly at: Millis; readonly cancel: () => void } | null = null;

  constructor(spec: BfdSessionSpec, context: SessionDriverContext) {
    this.spec = spec;
    this.#firstDiscriminator = context.freeDiscriminator();
    this.#spareDiscriminator = context.freeDiscriminator();
    this.#context = context;
    this.#since = context.clock.wall();
  }

  get localDiscriminator(): number {
    return this.#session?.localDiscriminator ?? this.#firstDiscriminator;
  }

  /** The sockets are open: the session begins in Down. */
  start(sender: BfdSender): void {
    const { clock, random } = this.#context;
    this.#sender = sender;
    this.#session = newBfdSession({
      settings: this.spec.settings,
      localDiscriminator: this.#firstDiscriminator,
      sendSequence: Math.floor(random() * UINT32),
      now: clock.now(),
    });
    this.#apply({ kind: 'tick' });
  }

  /** The key, the remote and the sockets are the same as before. */
  edit(spec: BfdSessionSpec): void {
    this.spec = spec;
    this.#apply({ kind: 'settings', settings: spec.settings });
  }

  /** A packet from the remote, whose discriminator is ours or missing. */
  receive(octets: Uint8Array): void {
    const packet = decodePacket(octets);
    if (packet.ok) this.#apply({ kind: 'received', packet: packet.value, octets });
    else this.discard();
  }

  /** A packet from the remote that is not for this session, or malformed. */
  discard(): void {
    this.#counters.packetsDiscarded += 1;
  }

  /** Says AdminDown, and ends without a report. Settles when its socket is closed. A remote that is not known gets one packet. */
  async end(): Promise<void> {
    this.#isEnding = true;
    this.#apply({ kind: 'disable' });
    for (let copy = 1; copy < ADMIN_DOWN_COPIES && this.#session?.remote; copy++) {
      await sleep(this.#context.clock, ADMIN_DOWN_SPACING);
      this.#apply({ kind: 'repeat' });
    }
    this.#session = null;
    this.#timer?.cancel();
    this.#timer = null;
    await this.#sender?.close();
  }

  get status(): BfdStatus {
    const { key } = this.spec;
    const session = this.#session;
    const remote = session?.remote ?? null;
    return {
      key,
      state: session?.state ?? 'Down',
      remoteState: remote?.state ?? 'Down',
      diagnostic: session?.diagnostic ?? 'none',
      remoteDiagnostic: remote?.diagnostic ?? 'none',
      since: this.#since,
      localDiscriminator: this.localDiscriminator,
      remoteDiscriminator: remote?.discriminator ?? 0,
      transmitInterval: session === null ? 0 : transmitInterval(session),
      detectionTime: session === null ? 0 : detectionTime(session),
      remoteMultiplier: remote?.detectMultiplier ?? 0,
      problem: this.problem,
      counters: { ...this.#counters },
    };
  }

  #apply(event: BfdProtocolEvent): void {
    if (this.#session === null) return;
    const { clock, random } = this.#context;
    const before = this.#session;
    const surroundings = { sha1, spareDiscriminator: this.#spareDiscriminator };
    const { session, actions } = stepBfd(before, event, {
      ...surroundings,
      ...{ now: clock.now(), chance: random() },
    });
    this.#session = session;
    if (session.localDiscriminator !== before.localDiscriminator) this.#renumber(session.localDiscriminator);
    if (event.kind === 'received') this.#count(actions);
    for (const action of actions) this.#perform(action, session.state);
    this.#armTimer();
  }

  #renumber(discriminator: number): void {
    this.#context.renumbered(this, discriminator);
    this.#spareDiscriminator = this.#context.freeDiscriminator();
  }

  #count(actions: readonly BfdAction[]): void {
    const discarded = actions.find(({ kind }) => kind === 'discard');
    if (discarded?.kind !== 'discard') {
      this.#counters.packetsReceived += 1;
      return;
    }
    this.discard();
    if (discarded.fault !== 'admin-down') this.#counters.authenticationFailures += 1;
  }

  #perform(action: BfdAction, state: BfdSessionState): void {
    switch (action.kind) {
      case 'send':
        this.#counters.packetsSent += 1;
        this.#sender?.send(action.octets, (isSent) => {
          if (!isSent) this.#counters.sendErrors += 1;
        });
        return;
      case 'changed':
        if (action.from !== state) this.#since = this.#context.clock.wall();
        if (state === 'Up' && action.from !== 'Up') this.#counters.upEvents += 1;
        if (state !== 'Up' && action.from === 'Up') this.#counters.downEvents += 1;
        if (!this.#isEnding) this.#context.changed({ from: action.from, status: this.status });
        return;
      case 'discard':
    }
  }

  /** Keeps a timer that fires too early: deadlines move with every packet, and resetting it each time is expensive. */
  #armTimer(): void {
    const at = this.#session === null ? null : nextBfdDeadline(this.#session);
    if (this.#timer !== null && at !== null && this.#timer.at <= at) return;
    this.#timer?.cancel();
    this.#timer = null;
    if (at === null) return;
    const { clock } = this.#context;
    this.#timer = { at, cancel: clock.after(at - clock.now(), () => this.#timerFired()) };
  }

  /**
   * A thread that was stopped has packets to read that arrived in time: they count before silence is judged. Our own packets
   * do not wait for that.
   */
  #timerFired(): void {
    this.#timer = null;
    const { clock, sockets } = this.#context;
    const silenceAt = this.#session === null ? null : silentAt(this.#session);
    if (silenceAt === null || silenceAt > clock.now()) this.#apply({ kind: 'tick' });
    else sockets.afterArrived(() => this.#apply({ kind: 'tick' }));
  }
}

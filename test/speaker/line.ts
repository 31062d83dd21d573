/** A session whose other end is a `Router`: it comes up soon after it was started, and again after it was lost. */
import assert from 'node:assert/strict';
import type { Clock } from '../../src/base/clock.ts';
import type { Cause } from '../../src/bgp/session/event.ts';
import { lastWord } from '../../src/bgp/session/restart.ts';
import { newSession, ourOpen, type StateName } from '../../src/bgp/session/session.ts';
import type { Settings } from '../../src/bgp/session/settings.ts';
import { type Agreement, agree } from '../../src/bgp/wire/agreement.ts';
import { encodeMessage } from '../../src/bgp/wire/encode.ts';
import type { Open, RouteRefresh, Update } from '../../src/bgp/wire/message.ts';
import { shutdown } from '../../src/bgp/wire/notification.ts';
import type { Address } from '../../src/net/address.ts';
import type { Far, Line, LineOwner } from '../../src/speaker/ports.ts';
import { address, type Router, type Session } from './router.ts';

/** Until what is dialled stands, and between two tries. */
export const [DIAL, RETRY] = [5, 1000];

const OURS = { 4: address('10.213.0.11'), 6: address('fd00:213::11') } as const;

export class RouterLine implements Line, Session {
  state: StateName = 'Idle';
  agreement: Agreement | null = null;
  local: { readonly address: Address; readonly port: number } | null = null;
  since: number | null = null;
  /** UPDATEs that are said to have gone over it. */
  updates = 0;
  /** What went wrong last. */
  trouble: string | null = null;
  readonly settings: Settings;
  readonly #far: Far;
  readonly #owner: LineOwner;
  readonly #router: Router;
  readonly #clock: Clock;
  readonly #missed: (says: string) => void;
  readonly #waiters: (() => void)[] = [];
  #cancel: () => void = () => {};
  #isFull = false;
  #restarting: boolean;

  constructor(settings: Settings, far: Far, owner: LineOwner, missed: (says: string) => void, net: Net) {
    this.settings = settings;
    this.#far = far;
    this.#owner = owner;
    this.#missed = missed;
    this.#router = net.router;
    this.#clock = net.clock;
    this.#restarting = settings.gracefulRestart?.restarting ?? false;
  }

  get peer(): Open | null {
    return this.agreement === null ? null : this.#router.open;
  }

  get counters(): Line['counters'] {
    const none = { messages: { update: 0 }, octets: 0 };
    const sent = { ...none, messages: { update: this.updates } };
    const { trouble } = this;
    const lastError = trouble === null ? null : { says: trouble, at: this.#clock.wall() };
    return { sent, received: none, drops: 0, lastError };
  }

  start(): void {
    const { line } = this.#router;
    assert.equal(this.state, 'Idle');
    assert.ok(line === null || line.agreement !== null, 'dialled while something is left of a connection');
    this.#dial('started', DIAL);
  }

  stop(cease: number, communication: string): void {
    if (this.agreement !== null) {
      const established = { link: 1, ours: true, peer: this.#router.open, agreement: this.agreement };
      const timers = { since: 0, holdAt: null, keepaliveAt: null, sendBy: null };
      const word = lastWord(
        { kind: 'Established', ...established, ...timers },
        shutdown(cease, communication),
      );
      this.#router.take(encodeMessage(word), this.agreement);
    }
    this.#end('stopped');
  }

  abandon(): void {
    this.#end('stopped');
  }

  write(bytes: Uint8Array): boolean {
    assert.ok(this.agreement !== null, 'written to a session that does not stand');
    assert.ok(!this.#isFull, 'written on to a peer that takes no more');
    this.#isFull = !this.#router.take(bytes, this.agreement);
    return !this.#isFull;
  }

  settled(): Promise<void> {
    if (this.#router.line !== this) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  // --- what the router does

  drained(): void {
    if (!this.#isFull) return;
    this.#isFull = false;
    if (this.agreement !== null) this.#owner.writable();
  }

  says(message: Update | RouteRefresh): void {
    this.#owner.received(message);
  }

  lose(): void {
    if (this.agreement === null) return;
    this.#end('lost');
    this.#dial('rested', RETRY);
  }

  #dial(cause: Cause, wait: number): void {
    this.#move('Connect', cause);
    this.#cancel = this.#clock.after(wait, () => this.#arrive());
  }

  #arrive(): void {
    const router = this.#router;
    // Of two that dial it, it keeps the one that it has.
    if (!router.isUp || router.line !== null) {
      this.#fail('nobody answers');
      return;
    }
    const ours = ourOpen({ ...newSession(this.settings), restarted: this.#restarting });
    const agreement = agree(ours, router.open);
    if (agreement.families.length === 0) {
      this.#fail('the peer offers other families');
      return;
    }
    router.line = this;
    router.opened(ours, agreement);
    this.#restarting = false;
    this.agreement = agreement;
    this.since = this.#clock.now();
    this.local = { address: router.sees ?? this.#far.source ?? OURS[this.#far.address.family], port: 40_000 };
    this.#move('Established', 'keepalive');
    this.#owner.writable();
  }

  #fail(says: string): void {
    this.#missed(says);
    this.#cancel = this.#clock.after(RETRY, () => this.#arrive());
  }

  /** The router closes its end when it has read the last word, or some time later. */
  #end(cause: Cause): void {
    this.#cancel();
    const { agreement } = this;
    this.agreement = null;
    this.local = null;
    this.since = null;
    this.#isFull = false;
    this.#move('Idle', cause);
    if (agreement === null) return;
    this.#router.closed(agreement);
    const over = (): void => {
      if (this.#router.line === this) this.#router.line = null;
      for (const resolve of this.#waiters.splice(0)) resolve();
    };
    if (cause === 'lost' || this.#router.lingers === 0) over();
    else this.#clock.after(this.#router.lingers, over);
  }

  #move(to: StateName, cause: Cause): void {
    const from = this.state;
    this.state = to;
    if (from !== to) this.#owner.moved(from, to, { cause, says: cause, sent: null, received: null });
  }
}

export type Net = { readonly router: Router; readonly clock: Clock };

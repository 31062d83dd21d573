/** Two sessions and a network between them in which time is a number: connections are slow, hang, break and die. */
import assert from 'node:assert/strict';
import type { Action, SessionEvent } from '../../../src/bgp/session/event.ts';
import { type Link, newSession, nextDeadline, type Session } from '../../../src/bgp/session/session.ts';
import type { Settings } from '../../../src/bgp/session/settings.ts';
import { step } from '../../../src/bgp/session/step.ts';
import type { Random } from '../../support/random.ts';

export type Side = 0 | 1;

const other = (side: Side): Side => (side === 0 ? 1 : 0);

/** One connection. Each end has its own name for it, and lets go of it for itself. */
type Wire = {
  readonly number: number;
  readonly names: [Link | null, Link | null];
  readonly open: [boolean, boolean];
  /** When the last thing sent to that end arrives: nothing overtakes on a wire. */
  readonly arrival: [number, number];
  /** What is sent over it is lost, and as long as the network is bad nobody is told. */
  dead: boolean;
};

type Due = { readonly at: number; readonly order: number; readonly run: () => void };

export class Network {
  now = 0;
  bad = false;
  /** Every change of state on either side. */
  readonly moves: { readonly at: number; readonly side: Side; readonly from: string; readonly to: string }[] =
    [];
  readonly #sessions: [Session, Session];
  readonly #wires: Wire[] = [];
  readonly #random: Random;
  #due: Due[] = [];
  #order = 0;

  constructor(settings: readonly [Settings, Settings], random: Random) {
    this.#sessions = [newSession(settings[0]), newSession(settings[1])];
    this.#random = random;
  }

  session(side: Side): Session {
    return this.#sessions[side];
  }

  /** The number of the wire on which that side is established. */
  standsOn(side: Side): number | null {
    const { phase } = this.#sessions[side];
    if (phase.kind !== 'Established') return null;
    return this.#wires.find(({ names }) => names[side] === phase.link)?.number ?? null;
  }

  /** The wires that that side has not let go of. */
  wiresOf(side: Side): readonly number[] {
    return this.#wires.filter(({ open }) => open[side]).map(({ number }) => number);
  }

  happens(side: Side, event: SessionEvent, arriving: Wire | null = null): void {
    const { session, actions } = step(this.#sessions[side], event, this.now, this.#random.below(1000) / 1000);
    this.#sessions[side] = session;
    for (const action of actions) this.#act(side, action, arriving);
  }

  runUntil(end: number): void {
    for (;;) {
      this.#due.sort((one, two) => one.at - two.at || one.order - two.order);
      const [next] = this.#due;
      const [first, second] = [this.#tickOf(0), this.#tickOf(1)];
      const tick = first.at <= second.at ? first : second;
      const at = Math.min(next?.at ?? Infinity, tick.at);
      if (at > end) break;
      this.now = Math.max(this.now, at);
      if (next !== undefined && next.at <= tick.at) {
        this.#due.shift();
        next.run();
      } else this.happens(tick.side, { kind: 'tick' });
    }
    this.now = end;
  }

  #tickOf(side: Side): { readonly side: Side; readonly at: number } {
    return { side, at: nextDeadline(this.#sessions[side]) ?? Infinity };
  }

  #later(delay: number, run: () => void): void {
    this.#due.push({ at: this.now + delay, order: this.#order++, run });
  }

  #delay(): number {
    return 1 + this.#random.below(this.bad ? 3000 : 50);
  }

  #act(side: Side, action: Action, arriving: Wire | null): void {
    switch (action.kind) {
      case 'dial':
        this.#dial(side, action.link);
        return;
      case 'adopt':
        assert.ok(arriving !== null && arriving.names[side] === null, 'nothing to adopt');
        arriving.names[side] = action.link;
        arriving.open[side] = true;
        return;
      case 'refuse':
        assert.ok(arriving !== null, 'nothing to refuse');
        this.#say(arriving, side, { kind: 'received', link: 0, message: action.message });
        this.#say(arriving, side, { kind: 'closed', link: 0, says: 'refused' });
        return;
      case 'send': {
        const wire = this.#named(side, action.link);
        assert.ok(wire.open[side], 'said over a wire that was let go of');
        if (this.bad && this.#random.chance(0.2)) wire.dead = true;
        this.#say(wire, side, { kind: 'received', link: 0, message: action.message });
        return;
      }
      case 'close': {
        const wire = this.#named(side, action.link);
        wire.open[side] = false;
        this.#say(wire, side, { kind: 'closed', link: 0, says: 'closed' });
        return;
      }
      case 'moved':
        this.moves.push({ at: this.now, side, from: action.from, to: action.to });
        return;
      case 'deliver':
    }
  }

  #named(side: Side, link: Link): Wire {
    const wire = this.#wires.find(({ names }) => names[side] === link);
    assert.ok(wire !== undefined, 'a wire that there never was');
    return wire;
  }

  #dial(from: Side, link: Link): void {
    const wire: Wire = {
      number: this.#wires.length,
      names: from === 0 ? [link, null] : [null, link],
      open: from === 0 ? [true, false] : [false, true],
      arrival: [0, 0],
      dead: false,
    };
    this.#wires.push(wire);
    const fate = this.bad ? this.#random.pick(['up', 'fails', 'hangs']) : 'up';
    if (fate === 'hangs') return;
    this.#later(this.#delay(), () => {
      if (!wire.open[from]) return;
      if (fate === 'fails') this.happens(from, { kind: 'connect-failed', link, says: 'unreachable' });
      else {
        this.#say(wire, other(from), { kind: 'connected', link: 0 });
        this.happens(other(from), { kind: 'accepted' }, wire);
      }
    });
  }

  /** To the other end of the wire; `link` is put in as that end names it. */
  #say(wire: Wire, from: Side, event: Extract<SessionEvent, { readonly link: Link }>): void {
    const to = other(from);
    if (wire.dead) {
      if (!this.bad)
        this.#later(this.#delay(), () => this.#tell(wire, from, { kind: 'closed', link: 0, says: 'reset' }));
      return;
    }
    wire.arrival[to] = Math.max(wire.arrival[to], this.now + this.#delay());
    this.#later(wire.arrival[to] - this.now, () => this.#tell(wire, to, event));
  }

  #tell(wire: Wire, to: Side, event: Extract<SessionEvent, { readonly link: Link }>): void {
    const link = wire.names[to];
    if (link !== null && wire.open[to]) this.happens(to, { ...event, link });
  }
}

/** Simulated network between two sessions: connections are slow, time out, fail, or silently lose data. */
import assert from 'node:assert/strict';
import type { SessionAction, SessionEvent } from '../../../../src/bgp/session/events.ts';
import {
  type BgpSession,
  type ConnectionId,
  newSession,
  nextSessionDeadline,
} from '../../../../src/bgp/session/session.ts';
import type { BgpSessionSettings } from '../../../../src/bgp/session/settings.ts';
import { stepSession } from '../../../../src/bgp/session/step.ts';
import type { Random } from '../../../support/random.ts';

export type Side = 0 | 1;

const otherSide = (side: Side): Side => (side === 0 ? 1 : 0);

/** One connection. Each end has its own ID for it, and closes it separately. */
type SimulatedConnection = {
  readonly number: number;
  readonly ids: [ConnectionId | null, ConnectionId | null];
  readonly isOpen: [boolean, boolean];
  /** Arrival time of the last event sent to that end; order is preserved. */
  readonly lastArrivalAt: [number, number];
  /** Sent data is lost, without an error while the network is faulty. */
  isDead: boolean;
};

type ScheduledEvent = { readonly at: number; readonly order: number; readonly run: () => void };

export class Network {
  now = 0;
  isFaulty = false;
  /** Every change of state on either side. */
  readonly transitions: {
    readonly at: number;
    readonly side: Side;
    readonly from: string;
    readonly to: string;
  }[] = [];
  readonly #sessions: [BgpSession, BgpSession];
  readonly #connections: SimulatedConnection[] = [];
  readonly #random: Random;
  #scheduled: ScheduledEvent[] = [];
  #order = 0;

  constructor(settings: readonly [BgpSessionSettings, BgpSessionSettings], random: Random) {
    this.#sessions = [newSession(settings[0]), newSession(settings[1])];
    this.#random = random;
  }

  session(side: Side): BgpSession {
    return this.#sessions[side];
  }

  /** Number of the connection on which that side is established. */
  establishedOn(side: Side): number | null {
    const { phase } = this.#sessions[side];
    if (phase.kind !== 'Established') return null;
    return this.#connections.find(({ ids }) => ids[side] === phase.connectionId)?.number ?? null;
  }

  /** Connections that that side has not closed. */
  connectionsOf(side: Side): readonly number[] {
    return this.#connections.filter(({ isOpen }) => isOpen[side]).map(({ number }) => number);
  }

  apply(side: Side, event: SessionEvent, arriving: SimulatedConnection | null = null): void {
    const { session, actions } = stepSession(
      this.#sessions[side],
      event,
      this.now,
      this.#random.below(1000) / 1000,
    );
    this.#sessions[side] = session;
    for (const action of actions) this.#perform(side, action, arriving);
  }

  runUntil(end: number): void {
    for (;;) {
      this.#scheduled.sort((one, two) => one.at - two.at || one.order - two.order);
      const [next] = this.#scheduled;
      const [first, second] = [this.#tickOf(0), this.#tickOf(1)];
      const tick = first.at <= second.at ? first : second;
      const at = Math.min(next?.at ?? Infinity, tick.at);
      if (at > end) break;
      this.now = Math.max(this.now, at);
      if (next !== undefined && next.at <= tick.at) {
        this.#scheduled.shift();
        next.run();
      } else this.apply(tick.side, { kind: 'tick' });
    }
    this.now = end;
  }

  #tickOf(side: Side): { readonly side: Side; readonly at: number } {
    return { side, at: nextSessionDeadline(this.#sessions[side]) ?? Infinity };
  }

  #schedule(delay: number, run: () => void): void {
    this.#scheduled.push({ at: this.now + delay, order: this.#order++, run });
  }

  #delay(): number {
    return 1 + this.#random.below(this.isFaulty ? 3000 : 50);
  }

  #perform(side: Side, action: SessionAction, arriving: SimulatedConnection | null): void {
    switch (action.kind) {
      case 'dial':
        this.#dial(side, action.connectionId);
        return;
      case 'adopt':
        assert.ok(arriving !== null && arriving.ids[side] === null, 'nothing to adopt');
        arriving.ids[side] = action.connectionId;
        arriving.isOpen[side] = true;
        return;
      case 'refuse':
        assert.ok(arriving !== null, 'nothing to refuse');
        this.#send(arriving, side, { kind: 'received', connectionId: 0, message: action.message });
        this.#send(arriving, side, { kind: 'closed', connectionId: 0, reason: 'refused' });
        return;
      case 'send': {
        const connection = this.#connectionOf(side, action.connectionId);
        assert.ok(connection.isOpen[side], 'sent over a closed connection');
        if (this.isFaulty && this.#random.chance(0.2)) connection.isDead = true;
        this.#send(connection, side, { kind: 'received', connectionId: 0, message: action.message });
        return;
      }
      case 'close': {
        const connection = this.#connectionOf(side, action.connectionId);
        connection.isOpen[side] = false;
        this.#send(connection, side, { kind: 'closed', connectionId: 0, reason: 'closed' });
        return;
      }
      case 'state-changed':
        this.transitions.push({ at: this.now, side, from: action.from, to: action.to });
        return;
      case 'deliver':
    }
  }

  #connectionOf(side: Side, connectionId: ConnectionId): SimulatedConnection {
    const connection = this.#connections.find(({ ids }) => ids[side] === connectionId);
    assert.ok(connection !== undefined, 'an unknown connection');
    return connection;
  }

  #dial(from: Side, connectionId: ConnectionId): void {
    const connection: SimulatedConnection = {
      number: this.#connections.length,
      ids: from === 0 ? [connectionId, null] : [null, connectionId],
      isOpen: from === 0 ? [true, false] : [false, true],
      lastArrivalAt: [0, 0],
      isDead: false,
    };
    this.#connections.push(connection);
    const outcome = this.isFaulty ? this.#random.pick(['up', 'fails', 'hangs']) : 'up';
    if (outcome === 'hangs') return;
    this.#schedule(this.#delay(), () => {
      if (!connection.isOpen[from]) return;
      if (outcome === 'fails')
        this.apply(from, { kind: 'connect-failed', connectionId, reason: 'unreachable' });
      else {
        this.#send(connection, otherSide(from), { kind: 'connected', connectionId: 0 });
        this.apply(otherSide(from), { kind: 'accepted' }, connection);
      }
    });
  }

  /** Sends an event to the other end, with that end's connection ID. */
  #send(
    connection: SimulatedConnection,
    from: Side,
    event: Extract<SessionEvent, { readonly connectionId: ConnectionId }>,
  ): void {
    const to = otherSide(from);
    if (connection.isDead) {
      if (!this.isFaulty)
        this.#schedule(this.#delay(), () =>
          this.#deliver(connection, from, { kind: 'closed', connectionId: 0, reason: 'reset' }),
        );
      return;
    }
    connection.lastArrivalAt[to] = Math.max(connection.lastArrivalAt[to], this.now + this.#delay());
    this.#schedule(connection.lastArrivalAt[to] - this.now, () => this.#deliver(connection, to, event));
  }

  #deliver(
    connection: SimulatedConnection,
    to: Side,
    event: Extract<SessionEvent, { readonly connectionId: ConnectionId }>,
  ): void {
    const connectionId = connection.ids[to];
    if (connectionId !== null && connection.isOpen[to]) this.apply(to, { ...event, connectionId });
  }
}

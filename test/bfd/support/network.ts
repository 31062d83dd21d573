/** Two BFD sessions over a simulated path that delays, loses, doubles and reorders packets, or is cut in one direction. */
import type { BfdProtocolEvent } from '../../../src/bfd/events.ts';
import { decodePacket } from '../../../src/bfd/packet.ts';
import { type BfdSession, newBfdSession, nextBfdDeadline } from '../../../src/bfd/session.ts';
import type { BfdSettings } from '../../../src/bfd/settings.ts';
import type { BfdSessionState } from '../../../src/bfd/status.ts';
import { stepBfd } from '../../../src/bfd/step.ts';
import type { Random } from '../../support/random.ts';
import { sha1 } from './harness.ts';

export type Side = 0 | 1;
const otherSide = (side: Side): Side => (side === 0 ? 1 : 0);

type Transition = {
  readonly at: number;
  readonly side: Side;
  readonly from: BfdSessionState;
  readonly to: BfdSessionState;
};

type Flight = { readonly at: number; readonly order: number; readonly to: Side; readonly octets: Uint8Array };

export class BfdNetwork {
  now = 0;
  /** Of each packet, by the side that sends. */
  loss: [number, number] = [0, 0];
  /** Longest delay on the path. */
  delayMax = 5;
  duplication = 0;
  /** Packets may overtake each other. */
  reorders = false;
  readonly transitions: Transition[] = [];
  /** All packets that were sent, by the side that sent them. */
  readonly sent: [Uint8Array[], Uint8Array[]] = [[], []];
  readonly sessions: [BfdSession, BfdSession];
  readonly #random: Random;
  #flights: Flight[] = [];
  #order = 0;
  #nextDiscriminator = 100;
  readonly #lastArrivalAt: [number, number] = [0, 0];

  constructor(settings: readonly [BfdSettings, BfdSettings], random: Random) {
    this.#random = random;
    const create = (side: Side): BfdSession =>
      newBfdSession({
        settings: settings[side],
        localDiscriminator: side + 1,
        sendSequence: random.below(2 ** 32),
        now: 0,
      });
    this.sessions = [create(0), create(1)];
  }

  get states(): readonly BfdSessionState[] {
    return this.sessions.map(({ state }) => state);
  }

  apply(side: Side, event: BfdProtocolEvent): void {
    const chance = this.#random.below(1000) / 1000;
    const { session, actions } = stepBfd(this.sessions[side], event, {
      ...{ now: this.now, chance, sha1 },
      spareDiscriminator: this.#nextDiscriminator++,
    });
    this.sessions[side] = session;
    for (const action of actions) {
      if (action.kind === 'send') this.#send(side, action.octets);
      if (action.kind === 'changed' && action.from !== session.state)
        this.transitions.push({ at: this.now, side, from: action.from, to: session.state });
    }
  }

  /** Octets from anybody arrive at that side. */
  inject(to: Side, octets: Uint8Array): void {
    const decoded = decodePacket(octets);
    if (!decoded.ok) return;
    const { yourDiscriminator } = decoded.value;
    const isOurs = yourDiscriminator === 0 || yourDiscriminator === this.sessions[to].localDiscriminator;
    if (isOurs) this.apply(to, { kind: 'received', packet: decoded.value, octets });
  }

  runUntil(end: number): void {
    for (;;) {
      this.#flights.sort((one, other) => one.at - other.at || one.order - other.order);
      const [flight] = this.#flights;
      const deadlines = this.sessions.map((session) => nextBfdDeadline(session) ?? Number.POSITIVE_INFINITY);
      const [first = 0, second = 0] = deadlines;
      const tickAt = Math.min(first, second);
      const at = Math.min(flight?.at ?? Number.POSITIVE_INFINITY, tickAt);
      if (at > end) break;
      this.now = Math.max(this.now, at);
      if (flight !== undefined && flight.at <= tickAt) {
        this.#flights.shift();
        this.inject(flight.to, flight.octets);
      } else this.apply(first <= second ? 0 : 1, { kind: 'tick' });
    }
    this.now = end;
  }

  #send(from: Side, octets: Uint8Array): void {
    this.sent[from].push(octets);
    const copies = this.#random.chance(this.duplication) ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      if (this.#random.chance(this.loss[from])) continue;
      const to = otherSide(from);
      const arrival = this.now + (this.#random.below(1000) / 1000) * this.delayMax;
      const at = this.reorders ? arrival : Math.max(arrival, this.#lastArrivalAt[to]);
      this.#lastArrivalAt[to] = at;
      this.#flights.push({ at, order: this.#order++, to, octets });
    }
  }
}

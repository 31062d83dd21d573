/**
 * What happened to the sessions of late: for whoever asks why one of them does not stand. It listens in on what the
 * speaker reports, and passes it on.
 */
import type { Changes } from '../announce/picture.ts';
import type { Clock, Millis } from '../base/clock.ts';
import type { Why } from '../bgp/session/event.ts';
import type { StateName } from '../bgp/session/session.ts';
import { notificationText } from '../bgp/wire/notificationtext.ts';
import { type Milestone, milestoneOf } from './milestone.ts';
import type { Neighbour } from './neighbour.ts';
import type { SpeakerReport } from './speaker.ts';

/** What is kept of one session; the oldest gives way. */
export const HAPPENINGS_MAX = 16;

export type Happening = {
  readonly what: Milestone;
  /** A sentence, without a full stop. */
  readonly says: string;
  /** The NOTIFICATION that the peer got; null where it got none. */
  readonly told: string | null;
  /** So often in a row. */
  readonly times: number;
  /** By the wall clock: the first and the last of them. */
  readonly from: Millis;
  readonly at: Millis;
};

export type Past = {
  /** The newest last. */
  readonly happenings: readonly Happening[];
  /** When a session last ended, by the wall clock; null where none did, or one stands. */
  readonly downSince: Millis | null;
  /** Routes of the peer's that were read and dropped. */
  readonly dropped: number;
};

const NO_PAST: Past = { happenings: [], downSince: null, dropped: 0 };

export class History implements SpeakerReport {
  readonly #clock: Clock;
  readonly #next: SpeakerReport;
  readonly #pasts = new WeakMap<Neighbour, Past>();

  constructor(clock: Clock, next: SpeakerReport) {
    this.#clock = clock;
    this.#next = next;
  }

  of(neighbour: Neighbour): Past {
    return this.#pasts.get(neighbour) ?? NO_PAST;
  }

  looked(changes: Changes, took: Millis): void {
    this.#next.looked(changes, took);
  }

  ended(neighbour: Neighbour): void {
    this.#next.ended(neighbour);
  }

  told(neighbour: Neighbour): void {
    this.#next.told(neighbour);
  }

  dropped(neighbour: Neighbour, routes: number): void {
    const past = this.of(neighbour);
    this.#pasts.set(neighbour, { ...past, dropped: past.dropped + routes });
    this.#next.dropped(neighbour, routes);
  }

  missed(neighbour: Neighbour, says: string): void {
    this.#add(neighbour, 'failed', says, null);
    this.#next.missed(neighbour, says);
  }

  moved(neighbour: Neighbour, from: StateName, to: StateName, why: Why): void {
    const what = milestoneOf(from, to, why.cause);
    if (what !== null)
      this.#add(neighbour, what, why.says, why.sent === null ? null : notificationText(why.sent));
    this.#next.moved(neighbour, from, to, why);
  }

  #add(neighbour: Neighbour, what: Happening['what'], says: string, told: string | null): void {
    const at = this.#clock.wall();
    const past = this.of(neighbour);
    const last = past.happenings.at(-1);
    const isAgain = last !== undefined && last.what === what && last.says === says && last.told === told;
    const happenings = isAgain
      ? past.happenings.with(-1, { ...last, times: last.times + 1, at })
      : [...past.happenings, { what, says, told, times: 1, from: at, at }].slice(-HAPPENINGS_MAX);
    const downSince = what === 'up' ? null : what === 'lost' ? at : past.downSince;
    this.#pasts.set(neighbour, { ...past, happenings, downSince });
  }
}

/**
 * Session history: the latest transitions worth reporting of each session, for `berth bgp peers`. It records the speaker's
 * reports and passes them on.
 */
import type { NodeModelChanges } from '../announce/model/node-model.ts';
import type { Clock, Millis } from '../base/clock.ts';
import type { TransitionDetails } from '../bgp/session/events.ts';
import type { StateName } from '../bgp/session/session.ts';
import { notificationText } from '../bgp/wire/notification-text.ts';
import type { BfdEvent } from './bfd/bfd-peers.ts';
import type { Neighbour } from './neighbour.ts';
import { classifyTransition, type SessionTransition } from './session-transition.ts';
import type { SpeakerObserver } from './speaker.ts';

/** Entries kept for one session; the oldest is dropped. */
export const HISTORY_ENTRIES_MAX = 16;

export type SessionHistoryEntry = {
  readonly what: SessionTransition;
  /** A sentence, without a full stop. */
  readonly says: string;
  /** The NOTIFICATION sent to the peer; null without one. */
  readonly told: string | null;
  /** Consecutive occurrences. */
  readonly times: number;
  /** First and last occurrence, by the wall clock. */
  readonly from: Millis;
  readonly at: Millis;
};

export type NeighbourHistory = {
  /** The newest last. */
  readonly entries: readonly SessionHistoryEntry[];
  /** When the last session ended, by the wall clock; null if there was none, or one is established. */
  readonly downSince: Millis | null;
  /** Routes of the peer that were received and dropped. */
  readonly routesDropped: number;
};

const EMPTY_HISTORY: NeighbourHistory = { entries: [], downSince: null, routesDropped: 0 };

export class SessionHistory implements SpeakerObserver {
  readonly #clock: Clock;
  readonly #next: SpeakerObserver;
  readonly #histories = new WeakMap<Neighbour, NeighbourHistory>();

  constructor(clock: Clock, next: SpeakerObserver) {
    this.#clock = clock;
    this.#next = next;
  }

  of(neighbour: Neighbour): NeighbourHistory {
    return this.#histories.get(neighbour) ?? EMPTY_HISTORY;
  }

  reconciled(changes: NodeModelChanges, tookMs: Millis): void {
    this.#next.reconciled(changes, tookMs);
  }

  neighbourRemoved(neighbour: Neighbour): void {
    this.#next.neighbourRemoved(neighbour);
  }

  advertised(neighbour: Neighbour): void {
    this.#next.advertised(neighbour);
  }

  routesDropped(neighbour: Neighbour, count: number): void {
    const history = this.of(neighbour);
    this.#histories.set(neighbour, { ...history, routesDropped: history.routesDropped + count });
    this.#next.routesDropped(neighbour, count);
  }

  bfdChanged(neighbour: Neighbour, event: BfdEvent): void {
    this.#next.bfdChanged(neighbour, event);
  }

  connectFailed(neighbour: Neighbour, message: string): void {
    this.#add(neighbour, 'failed', message, null);
    this.#next.connectFailed(neighbour, message);
  }

  stateChanged(neighbour: Neighbour, from: StateName, to: StateName, reason: TransitionDetails): void {
    const what = classifyTransition(from, to, reason.cause);
    if (what !== null)
      this.#add(neighbour, what, reason.text, reason.sent === null ? null : notificationText(reason.sent));
    this.#next.stateChanged(neighbour, from, to, reason);
  }

  #add(neighbour: Neighbour, what: SessionHistoryEntry['what'], says: string, told: string | null): void {
    const at = this.#clock.wall();
    const history = this.of(neighbour);
    const last = history.entries.at(-1);
    const isRepeated = last !== undefined && last.what === what && last.says === says && last.told === told;
    const entries = isRepeated
      ? history.entries.with(-1, { ...last, times: last.times + 1, at })
      : [...history.entries, { what, says, told, times: 1, from: at, at }].slice(-HISTORY_ENTRIES_MAX);
    const downSince = what === 'up' ? null : what === 'lost' ? at : history.downSince;
    this.#histories.set(neighbour, { ...history, entries, downSince });
  }
}

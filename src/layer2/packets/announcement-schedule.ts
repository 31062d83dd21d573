/**
 * When the addresses of one interface are probed and announced. An address is announced at once, then at growing distances,
 * then seldom. All of it is paced, first announcements first, so that many addresses move quickly and no switch is flooded.
 * A pure function over a clock.
 */
import type { Millis } from '../../base/clock.ts';
import { TokenBucket } from '../../workqueue/token-bucket.ts';

/** What to send for an address now. `isFirst`: it was not announced before. */
export type AnnouncementStep = 'probe' | 'first announcement' | 'announcement';

/** Probes and announcements that one interface sends in a second: a thousand addresses move in half of it. */
export const STEPS_PER_SECOND = 2000;
/** What may be sent at one moment after a quiet time. */
export const STEPS_AT_ONCE = 50;

/** Three probes, and the answer to the last, fit in 300 ms. */
export const PROBE_INTERVAL: Millis = 100;
/** A refused address is probed again (RFC 5227 2.1.1: RATE_LIMIT_INTERVAL). */
export const PROBE_AGAIN_AFTER: Millis = 60_000;
/** Each address is announced again that often: before a switch forgets where it is (300 s is a usual default). */
export const REFRESH_INTERVAL: Millis = 120_000;
/** Between two turns of refreshing. Thousands of addresses, one at a time, would wake the thread dozens of times a second. */
export const REFRESH_TURN: Millis = 1000;

type StageName = 'first' | 'probed' | 'probe' | 'probe2' | 'probe3' | 'second' | 'third' | 'refused';

type Stage = {
  readonly name: StageName;
  readonly step: AnnouncementStep;
  /** What follows, and how long after. Null: the refresh. */
  readonly next: readonly [stage: StageName, delay: Millis] | null;
};

/**
 * From the most urgent to the least. Three announcements are as many as RFC 4861 7.2.6 allows for a change, a second or more
 * apart (RetransTimer).
 */
const STAGES: readonly Stage[] = [
  { name: 'first', step: 'first announcement', next: ['second', 1000] },
  { name: 'probed', step: 'first announcement', next: ['second', 1000] },
  { name: 'probe', step: 'probe', next: ['probe2', PROBE_INTERVAL] },
  { name: 'probe2', step: 'probe', next: ['probe3', PROBE_INTERVAL] },
  { name: 'probe3', step: 'probe', next: ['probed', PROBE_INTERVAL] },
  { name: 'second', step: 'announcement', next: ['third', 2000] },
  { name: 'third', step: 'announcement', next: null },
  { name: 'refused', step: 'probe', next: ['probe2', PROBE_INTERVAL] },
];

const NOTHING = [] as const;

export class AnnouncementSchedule<Key> {
  /** Due times of one stage are in order, since all of its entries wait equally long. So the first one is the next. */
  readonly #due: Readonly<Record<StageName, Map<Key, Millis>>> = {
    first: new Map(),
    probed: new Map(),
    probe: new Map(),
    probe2: new Map(),
    probe3: new Map(),
    second: new Map(),
    third: new Map(),
    refused: new Map(),
  };
  /** Addresses that are only refreshed now, in turn: evenly, however many there are. */
  readonly #refreshed = new Set<Key>();
  #refreshedAt: Millis = 0;
  readonly #pace = new TokenBucket({ perSecond: STEPS_PER_SECOND, burst: STEPS_AT_ONCE });
  /** When something is due, whatever the pace; null: never; undefined: it changed. It is asked for after each frame. */
  #firstDue: Millis | null | undefined = null;

  /** Begins anew for this address: with three probes, or with the first announcement at once. */
  start(key: Key, isProbed: boolean, now: Millis): void {
    this.stop(key);
    this.#due[isProbed ? 'probe' : 'first'].set(key, now);
    this.#firstDue = undefined;
  }

  /** Announces nothing for a minute, then probes again. */
  refuse(key: Key, now: Millis): void {
    this.stop(key);
    this.#due.refused.set(key, now + PROBE_AGAIN_AFTER);
    this.#firstDue = undefined;
  }

  stop(key: Key): void {
    for (const { name } of STAGES) this.#due[name].delete(key);
    this.#refreshed.delete(key);
    this.#firstDue = undefined;
  }

  /** When `take` has something to return; null: never. */
  nextDue(now: Millis): Millis | null {
    if (this.#firstDue === undefined) this.#firstDue = this.#findFirstDue();
    return this.#firstDue === null ? null : Math.max(this.#firstDue, now + this.#pace.wait(now));
  }

  #findFirstDue(): Millis | null {
    const firsts = STAGES.flatMap(({ name }) => firstDue(this.#due[name]) ?? []);
    if (this.#refreshed.size > 0) firsts.push(this.#nextRefresh);
    return firsts.length === 0 ? null : Math.min(...firsts);
  }

  /** What is due, as far as the pace allows it. Each is taken as sent. */
  take(now: Millis): readonly (readonly [Key, AnnouncementStep])[] {
    if (this.#firstDue !== undefined && (this.#firstDue === null || this.#firstDue > now)) return NOTHING;
    this.#firstDue = undefined;
    const taken: (readonly [Key, AnnouncementStep])[] = [];
    for (const { name, step, next } of STAGES) {
      for (const [key, due] of this.#due[name]) {
        if (due > now || this.#pace.take(now) > 0) break;
        this.#due[name].delete(key);
        taken.push([key, step]);
        if (next === null) this.#startRefresh(key, now);
        else this.#due[next[0]].set(key, now + next[1]);
      }
    }
    for (const key of this.#takeRefreshes(now)) taken.push([key, 'announcement']);
    return taken;
  }

  /** Those whose turn it is go to the end. */
  #takeRefreshes(now: Millis): readonly Key[] {
    if (this.#refreshed.size === 0 || this.#nextRefresh > now) return NOTHING;
    const each = REFRESH_INTERVAL / this.#refreshed.size;
    // What a standstill of the process missed is made up for once.
    this.#refreshedAt = Math.max(this.#refreshedAt, now - REFRESH_INTERVAL);
    const due = Math.max(1, Math.floor((now - this.#refreshedAt) / each));
    const keys: Key[] = [];
    for (const key of this.#refreshed) {
      if (keys.length >= due || this.#pace.take(now) > 0) break;
      keys.push(key);
    }
    for (const key of keys) {
      this.#refreshed.delete(key);
      this.#refreshed.add(key);
    }
    this.#refreshedAt += keys.length * each;
    return keys;
  }

  #startRefresh(key: Key, now: Millis): void {
    if (this.#refreshed.size === 0) this.#refreshedAt = now;
    this.#refreshed.add(key);
  }

  get #nextRefresh(): Millis {
    return this.#refreshedAt + Math.max(REFRESH_TURN, REFRESH_INTERVAL / this.#refreshed.size);
  }
}

function firstDue(due: ReadonlyMap<unknown, Millis>): Millis | null {
  for (const at of due.values()) return at;
  return null;
}

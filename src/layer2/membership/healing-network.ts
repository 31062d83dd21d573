/**
 * What was alive while parts of a network come together one by one. The first two of many that find each other are the largest part for a
 * moment. So an address moves where something was lost, never because something has come back: what answered goes on.
 */
import type { Millis } from '../../base/clock.ts';
import type { Loss } from './silent-speakers.ts';

/** Sessions that can come up again have done so after this time: each takes up to 3 s (RFC 5880 6.8.3). */
export const HEALING_TIME: Millis = 5000;

type Parts = readonly ReadonlySet<string>[];

export class HealingNetwork {
  /** When each link was lost the last time, as far as that is known; those of longer ago than `HEALING_TIME` are left out. */
  readonly #lostAt = new Map<string, Millis>();
  #lost: ReadonlySet<string> = new Set();
  #until: Millis = Number.NEGATIVE_INFINITY;
  #alive: Parts = [];

  /**
   * The parts that were alive before, while the network heals; null otherwise. `losses` are those that are known now. A link that comes and
   * goes is no new loss.
   */
  review(losses: readonly Pick<Loss, 'watcher' | 'node'>[], now: Millis): Parts | null {
    const lost = new Set(losses.map(({ watcher, node }) => `${watcher} ${node}`));
    const isWorse = [...lost].some((link) => !this.#lost.has(link) && !this.#wasLost(link, now));
    const isBetter = [...this.#lost].some((link) => !lost.has(link));
    for (const link of [...this.#lost, ...lost]) this.#lostAt.set(link, now);
    for (const link of this.#lostAt.keys()) if (!this.#wasLost(link, now)) this.#lostAt.delete(link);
    this.#lost = lost;
    if (isWorse) this.#until = Number.NEGATIVE_INFINITY;
    else if (isBetter) this.#until = now + HEALING_TIME;
    return now < this.#until ? this.#alive : null;
  }

  #wasLost(link: string, now: Millis): boolean {
    return now - (this.#lostAt.get(link) ?? Number.NEGATIVE_INFINITY) < HEALING_TIME;
  }

  /** What follows from that. */
  decided(alive: Parts): void {
    this.#alive = alive;
  }

  /** When the sizes count again; null where they do. */
  endsAt(now: Millis): Millis | null {
    return now < this.#until ? this.#until : null;
  }
}

/**
 * Decides whether a list that is older than what was seen before is believed. A server that was restored from a backup answers so
 * for good. A proxy that repeats an answer does so for a moment, and must not take away what is known to exist. So an older list
 * is believed once older ones have come for a while, and none that is up to date.
 */
import type { Millis } from '../../base/clock.ts';
import { compareResourceVersions } from '../resource-version.ts';

/** Older lists that have come for this long are the truth. */
export const OLDER_LISTS_BELIEVED_AFTER: Millis = 30_000;

/** The end of a list that was older than what was seen before, and is not believed yet. */
export type OlderList = { readonly kind: 'older' };

export class OlderLists {
  /** When the first of them came; null where the last list was up to date. */
  #since: Millis | null = null;

  /** Whether to believe a list of `version`, where everything up to `seen` was listed or watched; empty before the first list. */
  isBelieved(version: string, seen: string, now: Millis): boolean {
    if (compareResourceVersions(version, seen) < 0) {
      this.#since ??= now;
      if (now - this.#since < OLDER_LISTS_BELIEVED_AFTER) return false;
    }
    this.#since = null;
    return true;
  }
}

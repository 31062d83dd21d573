/** The most recent changes of a cluster. */
import { firstSorted } from '../base/list.ts';
import { compareText } from '../base/text.ts';
import { CHANGES_MAX, type RecentChange } from './document.ts';

/** The latest first; of those of one time by name; at most `CHANGES_MAX`. */
export const latestChanges = (changes: Iterable<RecentChange>): readonly RecentChange[] =>
  firstSorted(changes, CHANGES_MAX, (a, b) => compareText(b.time, a.time) || compareText(a.name, b.name));

/** The timeline: what a page remembers of the changes since it was opened. */
import type { RecentChange } from '../src/overview/document.ts';

export type TimelineChange = RecentChange & {
  /** Why: a sentence; null or absent where there is nothing more to say. */
  readonly because?: string | null;
};

/** The oldest are forgotten. */
export const HISTORY_MAX = 500;

/** The most recent first; of those of one time, the latest that came. */
export function remember(
  history: readonly TimelineChange[],
  changes: readonly TimelineChange[],
): readonly TimelineChange[] {
  const known = new Set(history.map(keyOfChange));
  const fresh = changes.filter((change) => !known.has(keyOfChange(change)));
  if (fresh.length === 0) return history;
  return [...fresh, ...history]
    .sort((a, b) => (a.time < b.time ? 1 : Number(a.time > b.time) * -1))
    .slice(0, HISTORY_MAX);
}

export const keyOfChange = ({ time, kind, name, says }: RecentChange): string =>
  `${time} ${kind} ${name} ${says}`;

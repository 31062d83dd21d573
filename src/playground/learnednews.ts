/** What is worth a line when routers learn something else than before. */
import { compareText, plural } from '../base/text.ts';
import type { Learned, LearnedBook } from './learned.ts';
import { printable } from './table.ts';

/** Lines of one change; an edit of Calico's objects may move every Service there is. */
export const NEWS_MAX = 20;

/** A Service that has no address any more is not spoken of: that it has none is told by others. */
export function learnedNews(before: LearnedBook, after: LearnedBook): readonly string[] {
  const changed = [...after]
    .map(([key, learned]) => [key, outcomeOf(learned)] as const)
    .filter(([key, says]) => {
      const was = before.get(key);
      return was === undefined || outcomeOf(was) !== says;
    })
    .sort(([a], [b]) => compareText(a, b));
  const lines = changed.slice(0, NEWS_MAX).map(([key, says]) => printable(`${key}  ${says}`));
  const hidden = changed.length - lines.length;
  return hidden === 0
    ? lines
    : [...lines, `and routers learn other routes to ${plural(hidden, 'Service')} more`];
}

function outcomeOf({ byAddress, isWell, note }: Learned): string {
  const cells = [...new Set([...byAddress.values()].flat())];
  if (!isWell) return `${cells.join(' and ')}: ${note}`;
  return `is learned by ${cells.join(' and ')}${note === null ? '' : ` (${note})`}`;
}

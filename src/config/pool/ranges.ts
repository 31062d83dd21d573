/** The ranges in `spec.addresses` of a pool: each entry a CIDR or `first-last`, without duplicates and overlaps. */
import { sortInSteps } from '../../base/sort-in-steps.ts';
import { ITEMS_PER_STEP, type Steps } from '../../base/steps.ts';
import { compareText } from '../../base/text.ts';
import { parsePrefix } from '../../net/prefix.ts';
import { type AddressRange, formatRange, parseRange } from '../../net/range.ts';
import { unusableParts } from '../../net/special-ranges.ts';
import { type ConfigIssue, quoteText } from '../issue.ts';
import type { ListItem } from '../object-reader.ts';

export type ListedRange = { readonly path: string; readonly text: string; readonly range: AddressRange };

/** The valid entries, in listed order; invalid ones are reported. */
export function readPoolRanges(
  items: readonly ListItem<string>[],
  issues: ConfigIssue[],
): readonly ListedRange[] {
  return items.flatMap(({ path, value: text }) => {
    const parsed = parseRange(text);
    if (parsed.ok) return [{ path, text, range: parsed.value }];
    issues.push({ path, message: `${quoteText(text)} ${parsed.error}` });
    return [];
  });
}

/** Entries with addresses that no Service can be reached at. */
export function unusableRangeIssues(listed: readonly ListedRange[]): readonly ConfigIssue[] {
  return listed.flatMap(({ path, text, range }) => {
    const parts = unusableParts(range);
    if (parts.length === 0) return [];
    const what = parts.map((part) => `${part.many} (${formatRange(part.range)})`).join(', ');
    const message = `${quoteText(text)} contains ${what}, which no Service can have: leave them out`;
    return [{ path, message }];
  });
}

/** IPv4 first, then by first address, then by last. */
export function compareRanges(a: AddressRange, b: AddressRange): number {
  if (a.family !== b.family) return a.family - b.family;
  if (a.first !== b.first) return a.first < b.first ? -1 : 1;
  return a.last === b.last ? 0 : a.last < b.last ? -1 : 1;
}

/**
 * Reports overlapping entries: at least one issue if there is any overlap, fewer issues than entries, each at the later of
 * the two entries that it names. O(n log n). "overlaps with already defined CIDR" is MetalLB's text, which tools match.
 */
export function* findInternalOverlaps(listed: readonly ListedRange[]): Steps<readonly ConfigIssue[]> {
  const compareEntries = (i: number, j: number): number => {
    const [a, b] = [listed[i], listed[j]];
    return (a && b ? compareRanges(a.range, b.range) : 0) || i - j;
  };
  const byStart = yield* sortInSteps([...listed.keys()], compareEntries, ITEMS_PER_STEP);
  const found: { readonly index: number; readonly issue: ConfigIssue }[] = [];
  let furthest: { readonly index: number; readonly entry: ListedRange } | null = null;
  for (const [place, index] of byStart.entries()) {
    if (place % ITEMS_PER_STEP === ITEMS_PER_STEP - 1) yield null;
    const entry = listed[index];
    if (entry === undefined) continue;
    if (furthest === null || !startsInside(furthest.entry.range, entry.range)) {
      furthest = { index, entry };
      continue;
    }
    const earlier: ListedRange = furthest.index < index ? furthest.entry : entry;
    const later: ListedRange = earlier === entry ? furthest.entry : entry;
    found.push({ index: Math.max(furthest.index, index), issue: overlapIssue(earlier, later) });
    if (entry.range.last > furthest.entry.range.last) furthest = { index, entry };
  }
  return found
    .sort((a, b) => a.index - b.index || compareText(a.issue.message, b.issue.message))
    .map(({ issue }) => issue);
}

/** Whether `next`, which starts no earlier, starts inside `range`. */
const startsInside = (range: AddressRange, next: AddressRange): boolean =>
  range.family === next.family && next.first <= range.last;

function overlapIssue(earlier: ListedRange, later: ListedRange): ConfigIssue {
  const same = compareRanges(earlier.range, later.range) === 0;
  const message = same
    ? `${quoteText(later.text)} is listed twice: it overlaps with already defined CIDR ${quoteText(earlier.text)} at ${earlier.path}`
    : `${quoteText(later.text)} overlaps with already defined CIDR ${quoteText(earlier.text)} at ${earlier.path}`;
  return { path: later.path, message };
}

/** A CIDR with host bits counts as its whole network, as in MetalLB, which may be more than intended. */
export function hostBitWarnings(listed: readonly ListedRange[]): readonly ConfigIssue[] {
  return listed.flatMap(({ path, text, range }) => {
    const isPrefix = range.first !== range.last && text.includes('/');
    const prefix = isPrefix ? parsePrefix(text) : null;
    if (prefix === null || !prefix.ok || !prefix.value.hostBits) return [];
    const network = formatRange(range);
    return [
      { path, message: `${quoteText(text)} has host bits set and means all of ${network}; write ${network}` },
    ];
  });
}

/** Helpers for text that people read. */

/** `'"a", "b"'`: quoted strings, separated by commas. */
export const quoteList = (items: readonly string[]): string =>
  items.map((item) => JSON.stringify(item)).join(', ');

/** `1 pool`, `2 pools`; `many` is the irregular plural. */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;

/**
 * A number of addresses: such numbers are saturated at 2^53−1, and what they are above is not known. `format` writes one that is exact,
 * or a sum of such numbers.
 */
export const addressCount = (count: number, format: (exact: number) => string = String): string =>
  count >= Number.MAX_SAFE_INTEGER ? '2^53+' : format(count);

/** The singular form for a count of one, else the plural: `is`, `are`. */
export const inflect = (count: number, one: string, many: string): string => (count === 1 ? one : many);

const LISTED_MAX = 3;

/** `a, b, c and 4 more`: the first `max` names, and the number of the others. */
export function listSome(names: readonly string[], max = LISTED_MAX): string {
  const shown = names.slice(0, max).join(', ');
  return names.length > max ? `${shown} and ${names.length - max} more` : shown;
}

/** Compares by code units: independent of the locale, and the order of etcd. */
export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The candidate closest to `text`, for "did you mean"; null if none is close enough. */
export function closestMatch(text: string, candidates: Iterable<string>): string | null {
  const distanceMax = Math.max(1, Math.floor(text.length / 3));
  let best: string | null = null;
  let bestDistance = distanceMax + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - text.length) >= bestDistance) continue;
    const distance = editDistance(text.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/**
 * The end of an error about an unknown name, `did you mean web?`; null if no candidate is close enough. `show` says how the
 * name is written there, such as in quotes.
 */
export function didYouMean(
  text: string,
  candidates: Iterable<string>,
  show: (name: string) => string = (name) => name,
): string | null {
  const closest = closestMatch(text, candidates);
  return closest === null ? null : `did you mean ${show(closest)}?`;
}

/** A sentence without a full stop, with what was probably meant behind it. */
export const withHint = (says: string, hint: string | null): string =>
  hint === null ? says : `${says}; ${hint}`;

/** Levenshtein distance, row by row; two neighbours that were exchanged, the most frequent typo, count as one edit. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  let rowBefore = row;
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isExchanged = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const exchanged = isExchanged ? (rowBefore[j - 2] ?? 0) + 1 : replaced;
      next.push(Math.min(replaced, exchanged, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    [rowBefore, row] = [row, next];
  }
  return row[b.length] ?? 0;
}

/** Breaks text at spaces into lines of at most `width` characters; a longer word gets its own line. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** Help is no wider than this, however wide the terminal is: longer lines are hard to read. */
export const HELP_COLUMNS_MAX = 100;

/** A list of terms: each text stands beside its term, and is wrapped there. Two blanks before each line. */
export function termLines(
  terms: readonly (readonly [term: string, text: string])[],
  columns: number,
): readonly string[] {
  const width = Math.max(...terms.map(([term]) => term.length)) + 2;
  return terms.flatMap(([term, text]) =>
    wrap(text, Math.max(1, columns - width - 2)).map((line, index) =>
      `  ${(index === 0 ? term : '').padEnd(width)}${line}`.trimEnd(),
    ),
  );
}

/** Lines that are too long for the terminal, wrapped below their own indentation. For text that is written as lines. */
export const fitLines = (text: string, columns: number): string =>
  text
    .split('\n')
    .flatMap((line) => {
      if (line.length <= columns) return [line];
      const indent = ' '.repeat(line.length - line.trimStart().length);
      return wrap(line.trimStart(), Math.max(1, columns - indent.length)).map((part) => indent + part);
    })
    .join('\n');

const NAMES_SHOWN_MAX = 4;

/** `a b c d +2`: the first names, and the number of the others. */
export const abbreviateNames = (names: readonly string[]): string =>
  names.length <= NAMES_SHOWN_MAX
    ? names.join(' ')
    : `${names.slice(0, NAMES_SHOWN_MAX).join(' ')} +${names.length - NAMES_SHOWN_MAX}`;

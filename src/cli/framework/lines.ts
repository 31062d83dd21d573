/** Prose as lines that fit the terminal. */
import { oneLine } from '../../base/printable.ts';
import { wrap } from '../../base/text.ts';
import type { TextFormat } from '../../observe/terminal.ts';

/** Prose is no wider than this, however wide the terminal is: longer lines are hard to read. */
export const PROSE_COLUMNS_MAX = 100;

export type Indent = {
  /** Blanks before the first line. */
  readonly first?: number;
  /** Blanks before the other lines; as `first` if absent. */
  readonly rest?: number;
  /** Stands before the text of the first line, such as a bullet. Counts for the width. */
  readonly lead?: string;
};

/** `text` wrapped at blanks. Line breaks in it count as blanks. */
export function proseLines(
  text: string,
  { columns }: Pick<TextFormat, 'columns'>,
  { first = 0, rest = first, lead = '' }: Indent = {},
): readonly string[] {
  const widest = Math.max(first + lead.length, rest);
  const width = Math.min(columns, PROSE_COLUMNS_MAX) - widest;
  return wrap(oneLine(text), Math.max(1, width)).map((line, index) =>
    index === 0 ? `${' '.repeat(first)}${lead}${line}` : `${' '.repeat(rest)}${line}`,
  );
}

/** A list below its title, an item a bullet. */
export const bulletList = (
  title: string,
  items: readonly string[],
  format: TextFormat,
): readonly string[] => [
  format.paint('bold', title),
  ...items.flatMap((item) => proseLines(item, format, { first: 2, lead: '- ', rest: 4 })),
];

/** Sections with an empty line between any two of them; those without a line are left out. */
export const joinSections = (sections: readonly (readonly string[])[]): readonly string[] =>
  sections
    .filter((lines) => lines.length > 0)
    .flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]));

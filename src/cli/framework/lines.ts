/** Prose as lines that fit the terminal. */
import { oneLine } from '../../base/printable.ts';
import { HELP_COLUMNS_MAX, wrap } from '../../base/text.ts';
import type { TextFormat } from '../../observe/terminal.ts';

/** Prose is no wider than help. */
export const PROSE_COLUMNS_MAX = HELP_COLUMNS_MAX;

export type Indent = {
  /** Blanks before the first line. */
  readonly first?: number;
  /** Blanks before the other lines; as `first` if absent. */
  readonly rest?: number;
  /** Stands before the text of the first line, such as a bullet. Counts for the width. */
  readonly lead?: string;
};

/** `text` wrapped at blanks, where the format has an end of lines. Line breaks in it count as blanks. */
export function proseLines(
  text: string,
  { columns }: Pick<TextFormat, 'columns'>,
  { first = 0, rest = first, lead = '' }: Indent = {},
): readonly string[] {
  const widest = Math.max(first + lead.length, rest);
  const width = Number.isFinite(columns) ? Math.min(columns, PROSE_COLUMNS_MAX) - widest : columns;
  return wrap(oneLine(text), Math.max(1, width)).map((line, index) =>
    index === 0 ? `${' '.repeat(first)}${lead}${line}` : `${' '.repeat(rest)}${line}`,
  );
}

/** Wrapped text whose first words get a style: `style` returns the beginning of the first line as it is shown. */
export function headedLines(
  head: string,
  rest: string,
  format: Pick<TextFormat, 'columns'>,
  { style, ...indent }: Indent & { readonly style: (head: string) => string },
): readonly string[] {
  const [first = '', ...more] = proseLines(`${head}${rest}`, format, { rest: 4, ...indent });
  const shown = oneLine(head);
  // A head that does not fit in the first line stays without a style.
  return first.includes(shown) ? [first.replace(shown, () => style(shown)), ...more] : [first, ...more];
}

/** The title of a section, which may have names in it. */
export const titleLines = (text: string, format: TextFormat): readonly string[] =>
  proseLines(text, format).map((line) => format.paint('bold', line));

/** A list below its title, an item a bullet. */
export const bulletList = (
  title: string,
  items: readonly string[],
  format: TextFormat,
): readonly string[] => [
  ...titleLines(title, format),
  ...items.flatMap((item) => proseLines(item, format, { first: 2, lead: '- ', rest: 4 })),
];

/** Sections with an empty line between any two of them; those without a line are left out. */
export const joinSections = (sections: readonly (readonly string[])[]): readonly string[] =>
  sections
    .filter((lines) => lines.length > 0)
    .flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]));

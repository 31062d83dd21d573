/** A table that fits a terminal: the widest cells give way, those of columns that stay whole never. */
import { COLUMNS_MAX } from '../command.ts';
import type { Paint, Style } from '../paint.ts';

export type Cell = string | { readonly text: string; readonly style: Style };

export type Column = {
  readonly name: string;
  /** Its cells may be cut. */
  readonly gives?: true;
  /** Numbers: against the right edge. */
  readonly right?: true;
};

/** No column is cut below this. */
const LEAST = 8;
const GAP = '  ';

export function printTable(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  paint: Paint,
  indent = 0,
): readonly string[] {
  const widths = columns.map(({ name }, index) =>
    Math.max(name.length, ...rows.map((row) => textOf(row[index]).length)),
  );
  const room = COLUMNS_MAX - indent - GAP.length * (columns.length - 1);
  for (let over = sum(widths) - room; over > 0; over--) {
    const widest = columns.reduce(
      (best, { gives }, index) =>
        gives && (widths[index] ?? 0) > Math.max(LEAST, widths[best] ?? 0) ? index : best,
      -1,
    );
    if (widest < 0) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  const line = (cells: readonly Cell[]): string =>
    ' '.repeat(indent) +
    columns
      .map(({ right }, index) => {
        const cell = cells[index] ?? '';
        const width = widths[index] ?? 0;
        const text = cut(textOf(cell), width);
        const padding = ' '.repeat(width - text.length);
        const painted = typeof cell === 'string' ? text : paint(cell.style, text);
        return right ? padding + painted : painted + padding;
      })
      .join(GAP)
      .trimEnd();
  return [paint('bold', line(columns.map(({ name }) => name))), ...rows.map(line)];
}

const textOf = (cell: Cell | undefined): string => (typeof cell === 'string' ? cell : (cell?.text ?? ''));

const cut = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, width - 1)}…`;

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

/** A table that fits a terminal: the widest cells give way, those of columns that stay whole never. */

import type { Colorize, TextStyle } from './color.ts';
import { COLUMNS_MAX } from './command.ts';

export type TableCell = string | { readonly text: string; readonly style: TextStyle };

export type TableColumn = {
  readonly name: string;
  /** Its cells may be cut. */
  readonly canShrink?: true;
  /** Numbers: against the right edge. */
  readonly alignRight?: true;
};

/** No column is cut below this. */
const SHRUNK_WIDTH_MIN = 8;
const COLUMN_GAP = '  ';

export function printTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly TableCell[])[],
  paint: Colorize,
  indent = 0,
): readonly string[] {
  const widths = columns.map(({ name }, index) =>
    Math.max(name.length, ...rows.map((row) => cellText(row[index]).length)),
  );
  const widthAvailable = COLUMNS_MAX - indent - COLUMN_GAP.length * (columns.length - 1);
  for (let excess = sum(widths) - widthAvailable; excess > 0; excess--) {
    const widest = columns.reduce(
      (widestSoFar, { canShrink }, index) =>
        canShrink && (widths[index] ?? 0) > Math.max(SHRUNK_WIDTH_MIN, widths[widestSoFar] ?? 0)
          ? index
          : widestSoFar,
      -1,
    );
    if (widest < 0) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  const line = (cells: readonly TableCell[]): string =>
    ' '.repeat(indent) +
    columns
      .map(({ alignRight }, index) => {
        const cell = cells[index] ?? '';
        const width = widths[index] ?? 0;
        const text = truncate(cellText(cell), width);
        const padding = ' '.repeat(width - text.length);
        const painted = typeof cell === 'string' ? text : paint(cell.style, text);
        return alignRight ? padding + painted : painted + padding;
      })
      .join(COLUMN_GAP)
      .trimEnd();
  return [paint('bold', line(columns.map(({ name }) => name))), ...rows.map(line)];
}

const cellText = (cell: TableCell | undefined): string =>
  typeof cell === 'string' ? cell : (cell?.text ?? '');

const truncate = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, width - 1)}…`;

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

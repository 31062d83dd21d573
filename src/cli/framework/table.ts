/**
 * A table that fits the terminal: the widest cells are cut, except those of columns that are shown in full. Where even that
 * does not fit, each row is a paragraph.
 */
import { escapeControls } from '../../base/printable.ts';
import type { TextStyle } from '../../base/styled-text.ts';
import type { TextFormat } from '../../observe/terminal.ts';
import { proseLines } from './lines.ts';

export type TableCell = string | { readonly text: string; readonly style: TextStyle };

export type TableColumn = {
  readonly name: string;
  /** Its cells may be cut. */
  readonly canShrink?: true;
  /** Numbers: against the right edge. */
  readonly alignRight?: true;
};

/** No column is cut below this; columns. */
const SHRUNK_WIDTH_MIN = 8;
const COLUMN_GAP = '  ';

/** The heading, and a line for each row. `indent` blanks stand before each line. */
export function tableLines(
  columns: readonly TableColumn[],
  rows: readonly (readonly TableCell[])[],
  { columns: widthMax, paint }: TextFormat,
  indent = 0,
): readonly string[] {
  const widths = columns.map(({ name }, index) =>
    Math.max(name.length, ...rows.map((row) => cellText(row[index]).length)),
  );
  const available = widthMax - indent - COLUMN_GAP.length * (columns.length - 1);
  shrinkWidest(columns, widths, available);
  if (sum(widths) > available) return paragraphLines(columns, rows, { columns: widthMax, paint }, indent);
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

/** The first cell of a row, and below it the other cells with the names of their columns. */
function paragraphLines(
  columns: readonly TableColumn[],
  rows: readonly (readonly TableCell[])[],
  format: TextFormat,
  indent: number,
): readonly string[] {
  return rows.flatMap((row) => {
    const cells = columns.slice(1).flatMap(({ name }, index) => {
      const text = cellText(row[index + 1]);
      return text === '' || text === '-' ? [] : [name === '' ? text : `${name} ${text}`];
    });
    return [
      ...proseLines(cellText(row[0]), format, { first: indent }).map((line) => format.paint('bold', line)),
      ...proseLines(cells.join(', '), format, { first: indent + 2, rest: indent + 4 }),
    ];
  });
}

/** Makes the widest of the columns that may be cut narrower, until all of them fit or none can give more. */
function shrinkWidest(columns: readonly TableColumn[], widths: number[], available: number): void {
  for (let excess = sum(widths) - available; excess > 0; excess--) {
    const widest = columns.reduce(
      (widestSoFar, { canShrink }, index) =>
        canShrink && (widths[index] ?? 0) > Math.max(SHRUNK_WIDTH_MIN, widths[widestSoFar] ?? 0)
          ? index
          : widestSoFar,
      -1,
    );
    if (widest < 0) return;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
}

/** As it will be shown, so that widths are right. */
const cellText = (cell: TableCell | undefined): string =>
  escapeControls(typeof cell === 'string' ? cell : (cell?.text ?? ''));

const truncate = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, width - 1)}…`;

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

/**
 * Rows made into lines. A table where everything finds its place within the width; else one paragraph a Service, so
 * that no address is ever broken in two. Texts come from the cluster, and none of them may steer a terminal.
 */
import { plural, wrap } from '../base/text.ts';
import type { Row } from './row.ts';

/** Rows shown; a table is for looking at. */
export const ROWS_MAX = 500;

/** Widths are in columns. Wider than this no eye follows a line, however wide the terminal is. */
export const COLUMNS_MAX = 100;
const COLUMNS_MIN = 40;
/** A reason in fewer columns would be a tower of words. */
const REASON_COLUMNS_MIN = 36;
const GAP = '   ';

export type Style = 'heading' | 'trouble' | 'aside';
/** Gives a text its colour; widths are counted before. */
export type Paint = (style: Style, text: string) => string;

export const unpainted: Paint = (_, text) => text;

const CODES: Readonly<Record<Style, number>> = { heading: 1, trouble: 33, aside: 2 };
export const painted: Paint = (style, text) => `\u001b[${CODES[style]}m${text}\u001b[0m`;

export function drawTable(
  rows: readonly Row[],
  { columns, paint }: { readonly columns: number; readonly paint: Paint },
): readonly string[] {
  if (rows.length === 0) return [paint('aside', 'No Service of type LoadBalancer.')];
  const shown = rows.slice(0, ROWS_MAX).map(printableRow);
  const width = Math.max(COLUMNS_MIN, Math.min(columns, COLUMNS_MAX));
  const widths = layOut(shown, width);
  const lines =
    widths === null
      ? shown.flatMap((row) => paragraph(row, width, paint))
      : [...heading(widths, paint), ...shown.flatMap((row) => tableRow(row, widths, paint))];
  const hidden = rows.length - shown.length;
  return hidden === 0 ? lines : [...lines, paint('aside', `and ${plural(hidden, 'Service')} more`)];
}

type Widths = {
  readonly service: number;
  readonly wish: number;
  readonly address: number;
  readonly pool: number;
  /** From where the address begins to the end of the line. */
  readonly rest: number;
};

const widest = (title: string, texts: readonly string[]): number =>
  Math.max(title.length, ...texts.map((text) => text.length));

/** Null where the width is too small for a table. */
function layOut(rows: readonly Row[], width: number): Widths | null {
  const service = widest(
    'SERVICE',
    rows.map(({ key }) => key),
  );
  const wish = widest(
    'WISH',
    rows.map((row) => row.wish),
  );
  const address = widest(
    'ADDRESS',
    rows.flatMap(({ addresses }) => addresses),
  );
  const pool = widest(
    'POOL',
    rows.map((row) => row.pool ?? ''),
  );
  const rest = width - service - wish - 2 * GAP.length;
  const hasNotes = rows.some(({ note }) => note !== null);
  const needed = Math.max(address + GAP.length + pool, hasNotes ? REASON_COLUMNS_MIN : 0);
  return rest < needed ? null : { service, wish, address, pool, rest };
}

const heading = ({ service, wish, address }: Widths, paint: Paint): readonly string[] => [
  paint(
    'heading',
    ['SERVICE'.padEnd(service), 'WISH'.padEnd(wish), 'ADDRESS'.padEnd(address), 'POOL'].join(GAP),
  ),
];

function tableRow(row: Row, widths: Widths, paint: Paint): readonly string[] {
  const head = [row.key.padEnd(widths.service), row.wish.padEnd(widths.wish), ''].join(GAP);
  const margin = ' '.repeat(head.length);
  const served = row.addresses.map((address, index) =>
    index === 0 && row.pool !== null ? [address.padEnd(widths.address), row.pool].join(GAP) : address,
  );
  const notes = wrap(noteText(row), widths.rest).map((line) => paint(noteStyle(row), line));
  const cells = [...served, ...(noteText(row) === '' ? [] : notes)];
  return cells.map((cell, index) => `${index === 0 ? head : margin}${cell}`.trimEnd());
}

function paragraph(row: Row, width: number, paint: Paint): readonly string[] {
  const indented = (text: string): readonly string[] => wrap(text, width - 4).map((line) => `    ${line}`);
  const from = row.pool === null ? '' : ` from pool ${row.pool}`;
  const note = noteText(row);
  return [
    ...hardWrap(row.key, width).map((line) => paint('heading', line)),
    ...indented(`wish: ${row.wish}`),
    ...(row.addresses.length === 0 ? [] : indented(`has: ${row.addresses.join(' and ')}${from}`)),
    ...(note === '' ? [] : indented(note).map((line) => paint(noteStyle(row), line))),
  ];
}

export const noteText = ({ standing, note }: Row): string =>
  note ?? (standing === 'new' ? 'not looked at yet' : '');

const noteStyle = ({ standing, expected }: Row): Style =>
  standing === 'served' || standing === 'others' || !expected ? 'aside' : 'trouble';

const hardWrap = (text: string, width: number): readonly string[] =>
  text.match(new RegExp(`.{1,${width}}`, 'gu')) ?? [text];

const printableRow = (row: Row): Row => ({
  ...row,
  key: printable(row.key),
  wish: printable(row.wish),
  pool: row.pool === null ? null : printable(row.pool),
  addresses: row.addresses.map(printable),
  note: row.note === null ? null : printable(row.note),
});

/** A line that is too long, in several; those after the first are indented. Other lines stay as they are. */
export function foldLine(
  line: string,
  { columns, indent }: { readonly columns: number; readonly indent: number },
): readonly string[] {
  if (line.length <= columns) return [line];
  const [first = '', ...rest] = wrap(line, Math.max(columns - indent, COLUMNS_MIN));
  return [first, ...rest.map((part) => `${' '.repeat(indent)}${part}`)];
}

/** One line without control characters. */
export const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ');

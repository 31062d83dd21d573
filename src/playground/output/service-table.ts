/**
 * Rows made into lines. A table where everything finds its place within the width; else one paragraph a Service, so
 * that no address is ever broken in two. Texts come from the cluster, and none of them may steer a terminal.
 */
import { plural, printable, wrap } from '../../base/text.ts';
import type { ServiceRow } from '../cluster/service-row.ts';
import type { LearnedRoutes, LearnedRoutesByService } from '../routers/learned-routes.ts';

/** Rows shown; a table is for looking at. */
export const ROWS_MAX = 500;

/** Widths are in columns. Wider than this no eye follows a line, however wide the terminal is. */
export const TABLE_COLUMNS_MAX = 100;
const COLUMNS_MIN = 40;
/** A reason in fewer columns would be a tower of words. */
const REASON_COLUMNS_MIN = 36;
/** What a router learns is broken between words where it has no more than this. */
const ROUTER_COLUMNS_MIN = 20;
/** Between two columns; the lesser where everything then finds its place. */
const GAPS = [3, 2] as const;

export type CellStyle = 'heading' | 'trouble' | 'aside';
/** Gives a text its colour; widths are counted before. */
export type PaintCell = (style: CellStyle, text: string) => string;

export const paintNothing: PaintCell = (_, text) => text;

const ANSI_CODES: Readonly<Record<CellStyle, number>> = { heading: 1, trouble: 33, aside: 2 };
export const paintAnsi: PaintCell = (style, text) => `\u001b[${ANSI_CODES[style]}m${text}\u001b[0m`;

export type ServiceTableOptions = {
  readonly columns: number;
  readonly paint: PaintCell;
  /** What routers learn; null where nobody announces anything, and the column is left out. */
  readonly learned: LearnedRoutesByService | null;
};

export function renderServiceTable(
  rows: readonly ServiceRow[],
  { columns, paint, learned }: ServiceTableOptions,
): readonly string[] {
  if (rows.length === 0) return [paint('aside', 'No Service of type LoadBalancer.')];
  const shown = rows.slice(0, ROWS_MAX).map((row) => toTableRow(row, learned?.get(row.key)));
  const width = Math.max(COLUMNS_MIN, Math.min(columns, TABLE_COLUMNS_MAX));
  const widths = layOutColumns(shown, width, learned !== null);
  const lines =
    widths === null
      ? shown.flatMap((row) => paragraphLines(row, width, paint))
      : [...headingLines(widths, paint), ...shown.flatMap((row) => rowLines(row, widths, paint))];
  const hidden = rows.length - shown.length;
  return hidden === 0 ? lines : [...lines, paint('aside', `and ${plural(hidden, 'Service')} more`)];
}

/** A row, and what routers learn of its addresses, in the same order. */
type TableRow = ServiceRow & {
  readonly routers: readonly (readonly string[])[];
  readonly isLearnedOk: boolean;
  readonly learnedNote: string;
};

type ColumnWidths = {
  readonly gap: string;
  readonly service: number;
  readonly request: number;
  readonly address: number;
  readonly pool: number;
  /** 0 where there is no such column. */
  readonly router: number;
  /** From where the address begins to the end of the line. */
  readonly rest: number;
};

const widest = (title: string, texts: readonly string[]): number =>
  Math.max(title.length, ...texts.map((text) => text.length));

/** Null where the width is too small for a table. */
function layOutColumns(rows: readonly TableRow[], width: number, hasRouters: boolean): ColumnWidths | null {
  const service = widest(
    'SERVICE',
    rows.map(({ key }) => key),
  );
  const request = widest(
    'WISH',
    rows.map((row) => row.request),
  );
  const address = widest(
    'ADDRESS',
    rows.flatMap(({ addresses }) => addresses),
  );
  const pool = widest(
    'POOL',
    rows.map((row) => row.pool ?? ''),
  );
  const router = hasRouters
    ? widest(
        'ROUTER',
        rows.flatMap(({ routers }) => routers.flat()),
      )
    : 0;
  const hasNotes = rows.some(({ note, learnedNote }) => note !== null || learnedNote !== '');
  const tryWidths = (gap: number, routerColumns: number): ColumnWidths | null => {
    const rest = width - service - request - 2 * gap;
    const routerWidth = hasRouters ? rest - address - pool - 2 * gap : rest - address - pool - gap;
    if (routerWidth < routerColumns || (hasNotes && rest < REASON_COLUMNS_MIN)) return null;
    return {
      gap: ' '.repeat(gap),
      service,
      request,
      address,
      pool,
      router: hasRouters ? routerWidth : 0,
      rest,
    };
  };
  if (!hasRouters) return tryWidths(GAPS[0], 0);
  return (
    tryWidths(GAPS[0], router) ??
    tryWidths(GAPS[1], router) ??
    tryWidths(GAPS[1], Math.min(router, ROUTER_COLUMNS_MIN))
  );
}

function headingLines(
  { gap, service, request, address, pool, router }: ColumnWidths,
  paint: PaintCell,
): readonly string[] {
  const titles = ['SERVICE'.padEnd(service), 'WISH'.padEnd(request), 'ADDRESS'.padEnd(address)];
  return [
    paint('heading', [...titles, ...(router === 0 ? ['POOL'] : ['POOL'.padEnd(pool), 'ROUTER'])].join(gap)),
  ];
}

function rowLines(row: TableRow, widths: ColumnWidths, paint: PaintCell): readonly string[] {
  const head = [row.key.padEnd(widths.service), row.request.padEnd(widths.request), ''].join(widths.gap);
  const margin = ' '.repeat(head.length);
  const served = row.addresses.flatMap((address, index) => addressLines(row, index, address, widths, paint));
  const notes = [
    ...(noteText(row) === '' ? [] : wrap(noteText(row), widths.rest)).map((line) =>
      paint(noteStyle(row), line),
    ),
    ...(row.learnedNote === '' ? [] : wrap(row.learnedNote, widths.rest)).map((line) =>
      paint(learnedStyle(row), line),
    ),
  ];
  return [...served, ...notes].map((cell, index) => `${index === 0 ? head : margin}${cell}`.trimEnd());
}

/** An address with what routers learn of it beside it, in as many lines as that takes. */
function addressLines(
  row: TableRow,
  index: number,
  address: string,
  widths: ColumnWidths,
  paint: PaintCell,
): readonly string[] {
  const pool = index === 0 ? (row.pool ?? '') : '';
  const left = [address.padEnd(widths.address), pool];
  if (widths.router === 0) return [left.join(widths.gap)];
  const cells = (row.routers[index] ?? []).flatMap((line) => wrap(line, widths.router));
  const paintedCells = cells.map((cell) => (row.isLearnedOk ? cell : paint(learnedStyle(row), cell)));
  const below = [' '.repeat(widths.address), ''];
  return (paintedCells.length === 0 ? [''] : paintedCells).map((cell, line) => {
    const [first = '', second = ''] = line === 0 ? left : below;
    return [first, second.padEnd(widths.pool), cell].join(widths.gap);
  });
}

function paragraphLines(row: TableRow, width: number, paint: PaintCell): readonly string[] {
  const indented = (text: string): readonly string[] => wrap(text, width - 4).map((line) => `    ${line}`);
  const from = row.pool === null ? '' : ` from pool ${row.pool}`;
  const note = noteText(row);
  const routers = [...new Set(row.routers.flat())];
  return [
    ...hardWrap(row.key, width).map((line) => paint('heading', line)),
    ...indented(`wish: ${row.request}`),
    ...(row.addresses.length === 0 ? [] : indented(`has: ${row.addresses.join(' and ')}${from}`)),
    ...(note === '' ? [] : indented(note).map((line) => paint(noteStyle(row), line))),
    ...(routers.length === 0 ? [] : indented(`router: ${routers.join(' and ')}`)),
    ...(row.learnedNote === '' ? [] : indented(row.learnedNote)).map((line) =>
      paint(learnedStyle(row), line),
    ),
  ];
}

export const noteText = ({ state, note }: ServiceRow): string =>
  note ?? (state === 'new' ? 'not looked at yet' : '');

const noteStyle = ({ state, shouldHaveAddress }: ServiceRow): CellStyle =>
  state === 'served' || state === 'others' || !shouldHaveAddress ? 'aside' : 'trouble';

const learnedStyle = ({ isLearnedOk }: TableRow): CellStyle => (isLearnedOk ? 'aside' : 'trouble');

const hardWrap = (text: string, width: number): readonly string[] =>
  text.match(new RegExp(`.{1,${width}}`, 'gu')) ?? [text];

const toTableRow = (row: ServiceRow, learned: LearnedRoutes | undefined): TableRow => ({
  ...row,
  key: printable(row.key),
  request: printable(row.request),
  pool: row.pool === null ? null : printable(row.pool),
  addresses: row.addresses.map(printable),
  note: row.note === null ? null : printable(row.note),
  routers: row.addresses.map((address) => (learned?.byAddress.get(address) ?? []).map(printable)),
  isLearnedOk: learned?.isOk ?? true,
  learnedNote: printable(learned?.note ?? ''),
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

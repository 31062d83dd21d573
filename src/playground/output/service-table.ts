/**
 * This file renders rows as a table. Where the width is too small it renders one paragraph for each Service, so that no
 * address is broken. Texts of the cluster are escaped before their width is computed.
 */
import { oneLine } from '../../base/printable.ts';
import type { TextStyle } from '../../base/styled-text.ts';
import { plural, wrap } from '../../base/text.ts';
import type { Colorize } from '../../observe/terminal.ts';
import type { ServiceRow } from '../cluster/service-row.ts';
import type { LearnedRoutes, LearnedRoutesByService } from '../routers/learned-routes.ts';

/** The largest number of rows shown. */
export const ROWS_MAX = 500;

/** Widths are in columns. The table is not wider than this on a wider terminal, so that its lines stay readable. */
export const TABLE_COLUMNS_MAX = 100;
const COLUMNS_MIN = 40;
/** With fewer columns than this for a reason, paragraphs are used. */
const REASON_COLUMNS_MIN = 36;
/** The smallest width of the column ROUTER, whose text is then wrapped between words. */
const ROUTER_COLUMNS_MIN = 20;
/** The gap between two columns; the smaller one where the table does not fit with the larger one. */
const GAPS = [3, 2] as const;

export type ServiceTableOptions = {
  readonly columns: number;
  readonly paint: Colorize;
  /** The routes that routers learn; null where nothing advertises routes, and the column ROUTER is omitted. */
  readonly learned: LearnedRoutesByService | null;
};

export function renderServiceTable(
  rows: readonly ServiceRow[],
  { columns, paint, learned }: ServiceTableOptions,
): readonly string[] {
  if (rows.length === 0) return [paint('dim', 'No Service of type LoadBalancer.')];
  const shown = rows.slice(0, ROWS_MAX).map((row) => toTableRow(row, learned?.get(row.key)));
  const width = Math.max(COLUMNS_MIN, Math.min(columns, TABLE_COLUMNS_MAX));
  const widths = layOutColumns(shown, width, learned !== null);
  const lines =
    widths === null
      ? shown.flatMap((row) => paragraphLines(row, width, paint))
      : [...headingLines(widths, paint), ...shown.flatMap((row) => rowLines(row, widths, paint))];
  const hidden = rows.length - shown.length;
  return hidden === 0 ? lines : [...lines, paint('dim', `and ${plural(hidden, 'Service')} more`)];
}

/** A row, with the routes to each of its addresses in the same order. */
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
  /** 0 where the column is omitted. */
  readonly router: number;
  /** From the start of the address to the end of the line. */
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
    'REQUEST',
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
  paint: Colorize,
): readonly string[] {
  const titles = ['SERVICE'.padEnd(service), 'REQUEST'.padEnd(request), 'ADDRESS'.padEnd(address)];
  return [
    paint('bold', [...titles, ...(router === 0 ? ['POOL'] : ['POOL'.padEnd(pool), 'ROUTER'])].join(gap)),
  ];
}

function rowLines(row: TableRow, widths: ColumnWidths, paint: Colorize): readonly string[] {
  const head = [row.key.padEnd(widths.service), row.request.padEnd(widths.request), ''].join(widths.gap);
  const margin = ' '.repeat(head.length);
  const served = row.addresses.flatMap((address, index) =>
    addressLines(row, { index, address }, widths, paint),
  );
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

/** The lines of an address: its routes are in the last column, wrapped where needed. */
function addressLines(
  row: TableRow,
  { index, address }: { readonly index: number; readonly address: string },
  widths: ColumnWidths,
  paint: Colorize,
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

function paragraphLines(row: TableRow, width: number, paint: Colorize): readonly string[] {
  const indented = (text: string): readonly string[] => wrap(text, width - 4).map((line) => `    ${line}`);
  const from = row.pool === null ? '' : ` from pool ${row.pool}`;
  const note = noteText(row);
  const routers = [...new Set(row.routers.flat())];
  return [
    ...hardWrap(row.key, width).map((line) => paint('bold', line)),
    ...indented(`request: ${row.request}`),
    ...(row.addresses.length === 0 ? [] : indented(`has: ${row.addresses.join(' and ')}${from}`)),
    ...(note === '' ? [] : indented(note).map((line) => paint(noteStyle(row), line))),
    ...(routers.length === 0 ? [] : indented(`router: ${routers.join(' and ')}`)),
    ...(row.learnedNote === '' ? [] : indented(row.learnedNote)).map((line) =>
      paint(learnedStyle(row), line),
    ),
  ];
}

export const noteText = ({ state, note }: ServiceRow): string =>
  note ?? (state === 'unreconciled' ? 'not reconciled yet' : '');

const noteStyle = ({ state, shouldHaveAddress }: ServiceRow): TextStyle =>
  state === 'assigned' || state === 'others' || !shouldHaveAddress ? 'dim' : 'yellow';

const learnedStyle = ({ isLearnedOk }: TableRow): TextStyle => (isLearnedOk ? 'dim' : 'yellow');

const hardWrap = (text: string, width: number): readonly string[] =>
  text.match(new RegExp(`.{1,${width}}`, 'gu')) ?? [text];

const toTableRow = (row: ServiceRow, learned: LearnedRoutes | undefined): TableRow => ({
  ...row,
  key: oneLine(row.key),
  request: oneLine(row.request),
  pool: row.pool === null ? null : oneLine(row.pool),
  addresses: row.addresses.map(oneLine),
  note: row.note === null ? null : oneLine(row.note),
  routers: row.addresses.map((address) => (learned?.byAddress.get(address) ?? []).map(oneLine)),
  isLearnedOk: learned?.isOk ?? true,
  learnedNote: oneLine(learned?.note ?? ''),
});

/** Wraps a line that is too long, and indents the lines after the first. Other lines are unchanged. */
export function foldLine(
  line: string,
  { columns, indent }: { readonly columns: number; readonly indent: number },
): readonly string[] {
  if (line.length <= columns) return [line];
  const [first = '', ...rest] = wrap(line, Math.max(columns - indent, COLUMNS_MIN));
  return [first, ...rest.map((part) => `${' '.repeat(indent)}${part}`)];
}

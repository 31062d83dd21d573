/** The routes of each session for people: a table, and below it the routes that are not advertised, by reason. */
import { ownValue } from '../../../base/own-value.ts';
import { plural } from '../../../base/text.ts';
import type { TextFormat } from '../../../observe/terminal.ts';
import { headedLines, joinSections, proseLines } from '../../framework/lines.ts';
import { type TableColumn, tableLines } from '../../framework/table.ts';
import { ESTABLISHED } from '../peers/peer-session-report.ts';
import type { SpeakerResponse } from '../speakers/status-query.ts';
import { groupBy, listNames, unreachableLines } from '../speakers/text.ts';
import { ADVERTISED, type PeerRouteReport, type RouteReportEntry } from './route-report.ts';

const ROUTE_COLUMNS: readonly TableColumn[] = [
  { name: 'PREFIX' },
  { name: 'NEXT HOP' },
  { name: 'AS PATH', canShrink: true },
  { name: 'LOCAL PREF', alignRight: true },
  { name: 'MED', alignRight: true },
  { name: 'COMMUNITIES', canShrink: true },
  { name: '' },
];

/** Routes of one session that are listed; all of them are in -o json. */
const ROUTES_MAX = 40;

/** Statuses of the status API in standard terms. */
const STATUS_TEXTS: Readonly<Record<string, string>> = { untold: 'not advertised' };

const statusText = (status: string): string => ownValue(STATUS_TEXTS, status) ?? status;

export function advertisedRoutesLines(
  sessions: readonly PeerRouteReport[],
  responses: readonly SpeakerResponse[],
  program: string,
  format: TextFormat,
): readonly string[] {
  const sections = [
    unreachableLines(responses, format),
    ...sessions.map((one) => sessionLines(one, program, format)),
  ];
  const lines = joinSections(sections);
  return lines.length === 0 ? ['no speaker has a session'] : lines;
}

function sessionLines(
  { node, peer, address, state, routes }: PeerRouteReport,
  program: string,
  format: TextFormat,
): readonly string[] {
  const { paint } = format;
  const withPath = routes.filter(({ path }) => path !== null);
  const withheld = routes.filter(({ status }) => status !== ADVERTISED);
  const count = plural(routes.length - withheld.length, 'prefix', 'prefixes');
  const title = `${node} to ${peer}, ${address}: ${count} advertised`;
  const problem = state === ESTABLISHED ? '' : ` (the session is ${state})`;
  const shown = withPath.slice(0, ROUTES_MAX);
  const more = withPath.length - shown.length;
  return [
    ...headedLines(title, problem, format, { style: (head) => paint('bold', head) }),
    ...(shown.length === 0 ? [] : tableLines(ROUTE_COLUMNS, shown.map(rowOf), format, 2)),
    ...(more > 0 ? [`  and ${more} more: ${program} bgp routes -o json lists them`] : []),
    ...groupBy(withheld, ({ status, reason }) => `${status} ${reason}`).flatMap((group) =>
      withheldLines(group, format),
    ),
  ];
}

const rowOf = ({ prefix, status, path }: RouteReportEntry) => [
  prefix,
  path?.nextHop ?? '',
  path?.asPath || '-',
  path?.localPref || '-',
  path?.med || '-',
  path?.communities.join(' ') || '-',
  status === ADVERTISED ? '' : { text: statusText(status), style: 'yellow' as const },
];

function withheldLines(group: readonly RouteReportEntry[], format: TextFormat): readonly string[] {
  const [first] = group;
  if (first === undefined) return [];
  const prefixes = listNames(group.map(({ prefix }) => prefix));
  const text = `${statusText(first.status)}: ${prefixes}: ${first.reason}`;
  const [head = '', ...more] = proseLines(text, format, { first: 2 });
  return [format.paint('yellow', head), ...more];
}

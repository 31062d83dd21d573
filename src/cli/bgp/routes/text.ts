/** What the routers are told, for people: a table for each session, and below it what is not told, by its reason. */
import { plural } from '../../../base/text.ts';
import type { Colorize } from '../../framework/color.ts';
import { printTable, type TableColumn } from '../../framework/table.ts';
import { ESTABLISHED } from '../peers/peer-session-report.ts';
import type { SpeakerResponse } from '../speakers/status-query.ts';
import { groupBy, indentedLines, listNames, printUnreachable } from '../speakers/text.ts';
import type { PeerRouteReport, RouteReportEntry } from './route-report.ts';

const ROUTE_COLUMNS: readonly TableColumn[] = [
  { name: 'PREFIX' },
  { name: 'NEXT HOP' },
  { name: 'AS PATH', canShrink: true },
  { name: 'PREF', alignRight: true },
  { name: 'MED', alignRight: true },
  { name: 'COMMUNITIES', canShrink: true },
  { name: '' },
];

/** Routes of one session that are listed; all of them are in -o json. */
const ROUTES_MAX = 40;

export function printAdvertisedRoutes(
  sessions: readonly PeerRouteReport[],
  responses: readonly SpeakerResponse[],
  program: string,
  paint: Colorize,
): string {
  const sections = [
    ...printUnreachable(responses, paint),
    ...sessions.map((one) => printPeerRoutes(one, program, paint)),
  ];
  return sections.length === 0 ? 'no speaker has a session\n' : `${sections.join('\n\n')}\n`;
}

function printPeerRoutes(
  { node, peer, address, state, routes }: PeerRouteReport,
  program: string,
  paint: Colorize,
): string {
  const isUp = state === ESTABLISHED;
  const withPath = routes.filter(({ path }) => path !== null);
  const withheld = routes.filter(({ status }) => status !== 'told');
  const title = `${node} to ${peer}, ${address}: ${plural(routes.length - withheld.length, 'prefix', 'prefixes')} told`;
  const shown = withPath.slice(0, ROUTES_MAX);
  const more = withPath.length - shown.length;
  return [
    `${paint('bold', title)}${isUp ? '' : paint('red', ` (the session is ${state})`)}`,
    ...(shown.length === 0 ? [] : printTable(ROUTE_COLUMNS, shown.map(rowOf), paint, 2)),
    ...(more > 0 ? [`  and ${more} more: ${program} bgp routes -o json lists them`] : []),
    ...groupBy(withheld, ({ status, reason }) => `${status} ${reason}`).flatMap((group) =>
      printWithheld(group, paint),
    ),
  ].join('\n');
}

const rowOf = ({ prefix, status, path }: RouteReportEntry) => [
  prefix,
  path?.nextHop ?? '',
  path?.asPath || '-',
  path?.localPref || '-',
  path?.med || '-',
  path?.communities.join(' ') || '-',
  status === 'told' ? '' : { text: status, style: 'yellow' as const },
];

function printWithheld(group: readonly RouteReportEntry[], paint: Colorize): readonly string[] {
  const [first] = group;
  if (first === undefined) return [];
  const prefixes = listNames(group.map(({ prefix }) => prefix));
  const [head = '', ...more] = indentedLines(`${first.status}: ${prefixes}: ${first.reason}`, 2);
  return [paint('yellow', head), ...more];
}

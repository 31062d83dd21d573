/** What the routers are told, for people: a table for each session, and below it what is not told, by its reason. */
import { plural } from '../../base/text.ts';
import type { Paint } from '../paint.ts';
import { folded, grouped, printSilent, someOf } from './asktext.ts';
import { ESTABLISHED } from './readpeers.ts';
import type { PeerRoutes, Route } from './readroutes.ts';
import type { Asked } from './speakers.ts';
import { type Column, printTable } from './table.ts';

const COLUMNS: readonly Column[] = [
  { name: 'PREFIX' },
  { name: 'NEXT HOP' },
  { name: 'AS PATH', gives: true },
  { name: 'PREF', right: true },
  { name: 'MED', right: true },
  { name: 'COMMUNITIES', gives: true },
  { name: '' },
];

/** Routes of one session that are listed; all of them are in -o json. */
const ROUTES_MAX = 40;

export function printRoutes(
  all: readonly PeerRoutes[],
  asked: readonly Asked[],
  program: string,
  paint: Paint,
): string {
  const sections = [...printSilent(asked, paint), ...all.map((one) => printSession(one, program, paint))];
  return sections.length === 0 ? 'no speaker has a session\n' : `${sections.join('\n\n')}\n`;
}

function printSession(
  { node, peer, address, state, routes }: PeerRoutes,
  program: string,
  paint: Paint,
): string {
  const isUp = state === ESTABLISHED;
  const said = routes.filter(({ path }) => path !== null);
  const kept = routes.filter(({ status }) => status !== 'told');
  const title = `${node} to ${peer}, ${address}: ${plural(routes.length - kept.length, 'prefix', 'prefixes')} told`;
  const shown = said.slice(0, ROUTES_MAX);
  const more = said.length - shown.length;
  return [
    `${paint('bold', title)}${isUp ? '' : paint('red', ` (the session is ${state})`)}`,
    ...(shown.length === 0 ? [] : printTable(COLUMNS, shown.map(rowOf), paint, 2)),
    ...(more > 0 ? [`  and ${more} more: ${program} bgp routes -o json lists them`] : []),
    ...grouped(kept, ({ status, says }) => `${status} ${says}`).flatMap((group) => printKept(group, paint)),
  ].join('\n');
}

const rowOf = ({ prefix, status, path }: Route) => [
  prefix,
  path?.nextHop ?? '',
  path?.asPath || '-',
  path?.localPref || '-',
  path?.med || '-',
  path?.communities.join(' ') || '-',
  status === 'told' ? '' : { text: status, style: 'yellow' as const },
];

function printKept(group: readonly Route[], paint: Paint): readonly string[] {
  const [first] = group;
  if (first === undefined) return [];
  const prefixes = someOf(group.map(({ prefix }) => prefix));
  const [head = '', ...more] = folded(`${first.status}: ${prefixes}: ${first.says}`, 2);
  return [paint('yellow', head), ...more];
}

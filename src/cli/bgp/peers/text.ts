/** Sessions for people, what is wrong first: the sentence, then where, then everything there is as a table. */
import { plural } from '../../../base/text.ts';
import type { Colorize } from '../../framework/color.ts';
import { formatElapsed } from '../../framework/elapsed.ts';
import { printTable, type TableColumn } from '../../framework/table.ts';
import type { SpeakerResponse } from '../speakers/status-query.ts';
import { groupBy, indentedLines, listNames, printUnreachable } from '../speakers/text.ts';
import { isEstablished, type NodeSessions, type PeerSessionReport } from './peer-session-report.ts';

const PEER_COLUMNS: readonly TableColumn[] = [
  { name: 'NODE', canShrink: true },
  { name: 'PEER', canShrink: true },
  { name: 'ADDRESS', canShrink: true },
  { name: 'AS', alignRight: true },
  { name: 'STATE' },
  { name: 'FOR', alignRight: true },
  { name: 'HOLD', alignRight: true },
  { name: 'IPV' },
  { name: 'TOLD', alignRight: true },
  { name: 'PENDING', alignRight: true },
  { name: 'UNTOLD', alignRight: true },
];

/** One that stands for less than this and has been lost before is worth a word. */
const STABLE_AFTER_MS = 3_600_000;

export function printPeers(
  nodes: readonly NodeSessions[],
  responses: readonly SpeakerResponse[],
  paint: Colorize,
): string {
  const sessions = nodes.flatMap((node) => node.sessions);
  const down = sessions.filter((one) => !isEstablished(one));
  const remarks = remarksOf(nodes);
  const sections = [
    ...groupBy(down, (one) => `${downReason(one)} ${one.peer} ${one.notificationSent}`).map((group) =>
      downSection(group, paint),
    ),
    ...groupBy(inactivePeersOf(nodes), ({ name, reason }) => `${name} ${reason}`).map((group) =>
      inactiveSection(group, paint),
    ),
    ...printUnreachable(responses, paint),
    ...(sessions.length === 0
      ? []
      : [
          [summary(sessions, down, paint), ...printTable(PEER_COLUMNS, sessions.map(rowOf), paint)].join(
            '\n',
          ),
        ]),
    ...(remarks.length === 0
      ? []
      : [[paint('bold', 'Remarks'), ...remarks.flatMap((text) => indentedLines(`- ${text}`, 2))].join('\n')]),
  ];
  return `${sections.join('\n\n')}\n`;
}

function summary(
  sessions: readonly PeerSessionReport[],
  down: readonly PeerSessionReport[],
  paint: Colorize,
): string {
  const up = sessions.length - down.length;
  const text = `${up} of ${plural(sessions.length, 'session')} ${up === 1 ? 'stands' : 'stand'}`;
  return paint(down.length === 0 ? 'green' : 'red', text);
}

/** All that fail in the same way, with one peer. */
function downSection(group: readonly PeerSessionReport[], paint: Colorize): string {
  const [first] = group;
  if (first === undefined) return '';
  const { peer, address, asn, notificationSent, link, md5, ttlSecurity, ourAsn } = first;
  const [head = '', ...more] = indentedLines(downReason(first), 0);
  const location = `BGPPeer ${peer}, ${address}, AS ${asn}, from AS ${ourAsn} on ${listNames(group.map(({ node }) => node))}`;
  const protection = [
    ...(md5 ? ['with a password'] : []),
    ...(ttlSecurity === null ? [] : [`TTL security within ${plural(ttlSecurity, 'hop')}`]),
    ...(link === null ? ['in no network of the node: reached by a gateway'] : [`by ${link}`]),
  ];
  return [
    ...[head, ...more].map((line) => paint('red', line)),
    ...indentedLines(`${location} (${protection.join(', ')})`, 2),
    ...indentedLines(downHistory(first), 2),
    ...(notificationSent === null ? [] : indentedLines(`the router was told ${notificationSent}`, 2)),
  ].join('\n');
}

/** The last error, or where it hangs where there was none yet. */
function downReason({ error, state, address }: PeerSessionReport): string {
  if (error !== null) return error.message;
  switch (state) {
    case 'Idle':
      return `the session with ${address} has not been started`;
    case 'Connect':
      return `${address} is being dialled and has not answered yet`;
    case 'Active':
      return `${address} has not dialled us`;
    default:
      return `${address} took the connection and has not said all that it has to (${state})`;
  }
}

function downHistory({ state, at, downSince, error, consecutiveFailures }: PeerSessionReport): string {
  const lastEstablished =
    downSince === null
      ? 'it has never stood'
      : `it stood until ${downSince.replace(/\.\d+Z$/, 'Z')}, ${formatElapsed(downSince, at)} ago`;
  const lastFailure = error === null ? '' : `, failed last ${formatElapsed(error.at, at)} ago`;
  const repeats = consecutiveFailures > 1 ? `, ${consecutiveFailures} times in a row like this` : '';
  return `${state}: ${lastEstablished}${lastFailure}${repeats}`;
}

const inactivePeersOf = (nodes: readonly NodeSessions[]) =>
  nodes.flatMap(({ node, inactivePeers }) => inactivePeers.map((one) => ({ node, ...one })));

function inactiveSection(
  group: readonly { readonly node: string; readonly name: string; readonly reason: string }[],
  paint: Colorize,
): string {
  const [first] = group;
  if (first === undefined) return '';
  return [
    ...indentedLines(first.reason, 0).map((line) => paint('red', line)),
    ...indentedLines(
      `BGPPeer ${first.name} is not in force: no session from ${listNames(group.map(({ node }) => node))}`,
      2,
    ),
  ].join('\n');
}

const rowOf = (session: PeerSessionReport) => {
  const { node, peer, address, asn, state, at, since, downSince, holdTime, families } = session;
  const from = isEstablished(session) ? since : downSince;
  const [amount = ''] = (from === null ? '' : formatElapsed(from, at)).split(/(?<=[a-z]) /);
  return [
    ...[node, peer, address, asn],
    { text: state, style: isEstablished(session) ? ('green' as const) : ('red' as const) },
    ...[amount, holdTime === null ? '' : `${holdTime} s`, families],
    ...[session.advertised, session.pending, session.withheld].map(String),
  ];
};

function remarksOf(nodes: readonly NodeSessions[]): readonly string[] {
  const nodeRemarks = nodes.flatMap(({ node, phase, notReady, sessions, remarks }) => [
    ...(notReady === null ? [] : [{ node, says: `does not speak yet: ${notReady}` }]),
    ...(phase === 'draining' ? [{ node, says: 'leaves: its routers are asked to prefer other nodes' }] : []),
    ...(phase === 'left' ? [{ node, says: 'has left: it keeps no sessions' }] : []),
    ...(sessions.length === 0 && notReady === null && phase === 'speaking'
      ? [{ node, says: 'has no session: no BGPPeer in force selects this node' }]
      : []),
    ...sessions.flatMap((one) => sessionRemarks(one)).map((text) => ({ node, says: text })),
    ...remarks.map((text) => ({ node, says: text })),
  ]);
  return groupBy(nodeRemarks, ({ says: text }) => text).map(
    (group) => `${listNames([...new Set(group.map(({ node }) => node))])}: ${group[0]?.says ?? ''}`,
  );
}

function sessionRemarks(session: PeerSessionReport): readonly string[] {
  const { peer, warnings, missingFamilies, withheld, drops, since, at, error } = session;
  const isRecent = since !== null && Date.parse(at) - Date.parse(since) < STABLE_AFTER_MS;
  return [
    ...warnings,
    ...missingFamilies.map((text) => `${peer}: ${text}`),
    ...(withheld > 0
      ? [`${peer} is not told ${plural(withheld, 'prefix', 'prefixes')}: berth bgp routes says why`]
      : []),
    ...(isRecent && drops > 0 && error !== null
      ? [
          `the session with ${peer} was lost ${plural(drops, 'time')}, last ${formatElapsed(error.at, at)} ago: ${error.message}`,
        ]
      : []),
  ];
}

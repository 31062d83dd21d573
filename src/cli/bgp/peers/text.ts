/** BGP sessions for people: problems first, then a table of all sessions, then remarks. */
import { plural } from '../../../base/text.ts';
import type { TextFormat } from '../../../observe/terminal.ts';
import { formatElapsed } from '../../framework/elapsed.ts';
import { bulletList, joinSections, proseLines } from '../../framework/lines.ts';
import { type TableCell, type TableColumn, tableLines } from '../../framework/table.ts';
import type { SpeakerResponse } from '../speakers/status-query.ts';
import { groupBy, listNames, unreachableLines } from '../speakers/text.ts';
import { isEstablished, type NodeSessions, type PeerSessionReport } from './peer-session-report.ts';
import { peerRemarks } from './remarks.ts';

/** Only if a session has BFD. */
const BFD_COLUMN: TableColumn = { name: 'BFD' };

const PEER_COLUMNS: readonly TableColumn[] = [
  { name: 'NODE', canShrink: true },
  { name: 'PEER', canShrink: true },
  { name: 'ADDRESS', canShrink: true },
  { name: 'AS', alignRight: true },
  { name: 'STATE' },
  { name: 'UP/DOWN', alignRight: true },
  { name: 'HOLD', alignRight: true },
  { name: 'IPV' },
  { name: 'SENT', alignRight: true },
  { name: 'PENDING', alignRight: true },
  { name: 'WITHHELD', alignRight: true },
];

export function peersLines(
  nodes: readonly NodeSessions[],
  responses: readonly SpeakerResponse[],
  format: TextFormat,
): readonly string[] {
  const sessions = nodes.flatMap((node) => node.sessions);
  const down = sessions.filter((one) => !isEstablished(one));
  const remarks = peerRemarks(nodes);
  const hasBfd = sessions.some(({ bfd }) => bfd !== null);
  return joinSections([
    ...groupBy(down, (one) => `${downReason(one)} ${one.peer} ${one.notificationSent}`).map((group) =>
      downLines(group, format),
    ),
    ...groupBy(inactivePeersOf(nodes), ({ name, reason }) => `${name} ${reason}`).map((group) =>
      inactiveLines(group, format),
    ),
    unreachableLines(responses, format),
    sessions.length === 0
      ? []
      : [
          summary(sessions.length, down.length, format),
          ...tableLines(
            [...PEER_COLUMNS, ...(hasBfd ? [BFD_COLUMN] : [])],
            sessions.map((one) => [...rowOf(one), ...(hasBfd ? [bfdCell(one)] : [])]),
            format,
          ),
        ],
    remarks.length === 0 ? [] : bulletList('Remarks', remarks, format),
  ]);
}

const summary = (total: number, down: number, { paint }: TextFormat): string =>
  paint(down === 0 ? 'green' : 'red', `${total - down} of ${plural(total, 'session')} established`);

/** All sessions that fail in the same way with the same peer. */
function downLines(group: readonly PeerSessionReport[], format: TextFormat): readonly string[] {
  const [first] = group;
  if (first === undefined) return [];
  const { peer, address, asn, notificationSent, link, md5, ttlSecurity, ourAsn } = first;
  const nodes = listNames(group.map(({ node }) => node));
  const details = [
    ...(md5 ? ['with a password'] : []),
    ...(ttlSecurity === null ? [] : [`TTL security within ${plural(ttlSecurity, 'hop')}`]),
    link === null ? 'not in a subnet of the node: reached through a gateway' : `by ${link}`,
  ];
  const where = `BGPPeer ${peer}, ${address}, AS ${asn}, from AS ${ourAsn} on ${nodes} (${details.join(', ')})`;
  return [
    ...proseLines(downReason(first), format).map((line) => format.paint('red', line)),
    ...proseLines(where, format, { first: 2 }),
    ...proseLines(downHistory(first), format, { first: 2 }),
    ...(notificationSent === null
      ? []
      : proseLines(`NOTIFICATION sent: ${notificationSent}`, format, { first: 2 })),
  ];
}

/** The last error, or what the session waits for if there was none yet. */
function downReason({ error, state, address }: PeerSessionReport): string {
  if (error !== null) return error.message;
  switch (state) {
    case 'Idle':
      return `the session with ${address} has not been started`;
    case 'Connect':
      return `${address} has not answered the connection yet`;
    case 'Active':
      return `${address} has not connected to this node`;
    default:
      return `${address} accepted the connection and has not completed the session yet (${state})`;
  }
}

function downHistory({ state, at, downSince, error, consecutiveFailures }: PeerSessionReport): string {
  const lastEstablished =
    downSince === null
      ? 'never established'
      : `established until ${downSince.replace(/\.\d+Z$/, 'Z')}, ${formatElapsed(downSince, at)} ago`;
  const lastFailure = error === null ? '' : `, last failure ${formatElapsed(error.at, at)} ago`;
  const repeats = consecutiveFailures > 1 ? `, ${consecutiveFailures} times in a row` : '';
  return `${state}: ${lastEstablished}${lastFailure}${repeats}`;
}

type InactivePeerOfNode = { readonly node: string; readonly name: string; readonly reason: string };

const inactivePeersOf = (nodes: readonly NodeSessions[]): readonly InactivePeerOfNode[] =>
  nodes.flatMap(({ node, inactivePeers }) => inactivePeers.map((one) => ({ node, ...one })));

function inactiveLines(group: readonly InactivePeerOfNode[], format: TextFormat): readonly string[] {
  const [first] = group;
  if (first === undefined) return [];
  const nodes = listNames(group.map(({ node }) => node));
  return [
    ...proseLines(first.reason, format).map((line) => format.paint('red', line)),
    ...proseLines(`BGPPeer ${first.name} is not valid: no session from ${nodes}`, format, { first: 2 }),
  ];
}

const bfdCell = ({ bfd }: PeerSessionReport): TableCell =>
  bfd === null ? '' : { text: bfd.state, style: bfd.state === 'Up' ? 'green' : 'red' };

function rowOf(session: PeerSessionReport): readonly TableCell[] {
  const { node, peer, address, asn, state, at, since, downSince, holdTime, families } = session;
  const from = isEstablished(session) ? since : downSince;
  const [amount = ''] = (from === null ? '' : formatElapsed(from, at)).split(/(?<=[a-z]) /);
  return [
    ...[node, peer, address, asn],
    { text: state, style: isEstablished(session) ? 'green' : 'red' },
    ...[amount, holdTime === null ? '' : `${holdTime} s`, families],
    ...[session.advertised, session.pending, session.withheld].map(String),
  ];
}

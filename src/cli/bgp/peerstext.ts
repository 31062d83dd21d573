/** Sessions for people, what is wrong first: the sentence, then where, then everything there is as a table. */
import { plural } from '../../base/text.ts';
import type { Paint } from '../paint.ts';
import { lasting } from './ago.ts';
import { folded, grouped, printSilent, someOf } from './asktext.ts';
import { isUp, type NodePeers, type Session } from './readpeers.ts';
import type { Asked } from './speakers.ts';
import { type Column, printTable } from './table.ts';

const COLUMNS: readonly Column[] = [
  { name: 'NODE', gives: true },
  { name: 'PEER', gives: true },
  { name: 'ADDRESS', gives: true },
  { name: 'AS', right: true },
  { name: 'STATE' },
  { name: 'FOR', right: true },
  { name: 'HOLD', right: true },
  { name: 'IPV' },
  { name: 'TOLD', right: true },
  { name: 'PENDING', right: true },
  { name: 'UNTOLD', right: true },
];

/** One that stands for less than this and has been lost before is worth a word. */
const STEADY_MS = 3_600_000;

export function printPeers(nodes: readonly NodePeers[], asked: readonly Asked[], paint: Paint): string {
  const sessions = nodes.flatMap((node) => node.sessions);
  const down = sessions.filter((one) => !isUp(one));
  const remarks = remarksOn(nodes);
  const sections = [
    ...grouped(down, (one) => `${sentenceOf(one)} ${one.peer} ${one.answered}`).map((group) =>
      trouble(group, paint),
    ),
    ...grouped(absentIn(nodes), ({ name, says }) => `${name} ${says}`).map((group) => absent(group, paint)),
    ...printSilent(asked, paint),
    ...(sessions.length === 0
      ? []
      : [[summary(sessions, down, paint), ...printTable(COLUMNS, sessions.map(rowOf), paint)].join('\n')]),
    ...(remarks.length === 0
      ? []
      : [[paint('bold', 'Remarks'), ...remarks.flatMap((text) => folded(`- ${text}`, 2))].join('\n')]),
  ];
  return `${sections.join('\n\n')}\n`;
}

function summary(sessions: readonly Session[], down: readonly Session[], paint: Paint): string {
  const up = sessions.length - down.length;
  const says = `${up} of ${plural(sessions.length, 'session')} ${up === 1 ? 'stands' : 'stand'}`;
  return paint(down.length === 0 ? 'green' : 'red', says);
}

/** All that fail in the same way, with one peer. */
function trouble(group: readonly Session[], paint: Paint): string {
  const [first] = group;
  if (first === undefined) return '';
  const { peer, address, asn, answered, link, md5, ttlSecurity, ourAsn } = first;
  const [head = '', ...more] = folded(sentenceOf(first), 0);
  const where = `BGPPeer ${peer}, ${address}, AS ${asn}, from AS ${ourAsn} on ${someOf(group.map(({ node }) => node))}`;
  const protection = [
    ...(md5 ? ['with a password'] : []),
    ...(ttlSecurity === null ? [] : [`TTL security within ${plural(ttlSecurity, 'hop')}`]),
    ...(link === null ? ['in no network of the node: reached by a gateway'] : [`by ${link}`]),
  ];
  return [
    ...[head, ...more].map((line) => paint('red', line)),
    ...folded(`${where} (${protection.join(', ')})`, 2),
    ...folded(whenOf(first), 2),
    ...(answered === null ? [] : folded(`the router was told ${answered}`, 2)),
  ].join('\n');
}

/** The last error, or where it hangs where there was none yet. */
function sentenceOf({ error, state, address }: Session): string {
  if (error !== null) return error.says;
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

function whenOf({ state, at, downSince, error, tries }: Session): string {
  const stood =
    downSince === null
      ? 'it has never stood'
      : `it stood until ${downSince.replace(/\.\d+Z$/, 'Z')}, ${lasting(downSince, at)} ago`;
  const last = error === null ? '' : `, failed last ${lasting(error.at, at)} ago`;
  const often = tries > 1 ? `, ${tries} times in a row like this` : '';
  return `${state}: ${stood}${last}${often}`;
}

const absentIn = (nodes: readonly NodePeers[]) =>
  nodes.flatMap(({ node, notInForce }) => notInForce.map((one) => ({ node, ...one })));

function absent(
  group: readonly { readonly node: string; readonly name: string; readonly says: string }[],
  paint: Paint,
): string {
  const [first] = group;
  if (first === undefined) return '';
  return [
    ...folded(first.says, 0).map((line) => paint('red', line)),
    ...folded(
      `BGPPeer ${first.name} is not in force: no session from ${someOf(group.map(({ node }) => node))}`,
      2,
    ),
  ].join('\n');
}

const rowOf = (session: Session) => {
  const { node, peer, address, asn, state, at, since, downSince, holdTime, families } = session;
  const from = isUp(session) ? since : downSince;
  const [amount = ''] = (from === null ? '' : lasting(from, at)).split(/(?<=[a-z]) /);
  return [
    ...[node, peer, address, asn],
    { text: state, style: isUp(session) ? ('green' as const) : ('red' as const) },
    ...[amount, holdTime === null ? '' : `${holdTime} s`, families],
    ...[session.told, session.pending, session.kept].map(String),
  ];
};

function remarksOn(nodes: readonly NodePeers[]): readonly string[] {
  const said = nodes.flatMap(({ node, phase, notReady, sessions, remarks }) => [
    ...(notReady === null ? [] : [{ node, says: `does not speak yet: ${notReady}` }]),
    ...(phase === 'draining' ? [{ node, says: 'leaves: its routers are asked to prefer other nodes' }] : []),
    ...(phase === 'left' ? [{ node, says: 'has left: it keeps no sessions' }] : []),
    ...(sessions.length === 0 && notReady === null && phase === 'speaking'
      ? [{ node, says: 'has no session: no BGPPeer in force selects this node' }]
      : []),
    ...sessions.flatMap((one) => sessionRemarks(one)).map((says) => ({ node, says })),
    ...remarks.map((says) => ({ node, says })),
  ]);
  return grouped(said, ({ says }) => says).map(
    (group) => `${someOf([...new Set(group.map(({ node }) => node))])}: ${group[0]?.says ?? ''}`,
  );
}

function sessionRemarks(session: Session): readonly string[] {
  const { peer, warnings, unagreed, kept, drops, since, at, error } = session;
  const isYoung = since !== null && Date.parse(at) - Date.parse(since) < STEADY_MS;
  return [
    ...warnings,
    ...unagreed.map((says) => `${peer}: ${says}`),
    ...(kept > 0
      ? [`${peer} is not told ${plural(kept, 'prefix', 'prefixes')}: berth bgp routes says why`]
      : []),
    ...(isYoung && drops > 0 && error !== null
      ? [
          `the session with ${peer} was lost ${plural(drops, 'time')}, last ${lasting(error.at, at)} ago: ${error.says}`,
        ]
      : []),
  ];
}

/** What boxes of the network's picture say: in the box, and to a screen reader. */
import { count, counted } from '../text.ts';
import { type Box, type BoxKind, LINK_TONES } from './boxes.ts';
import type { NetworkGraph } from './graph.ts';
import {
  type Destination,
  type NetworkFacts,
  routerName,
  SEGMENT_ID,
  type SessionFacts,
  withRouters,
} from './network-facts.ts';

export type BoxText = {
  readonly title: string;
  readonly about: string;
};

/** A screen reader says them before the title. */
export const BOX_NOUNS: Readonly<Record<BoxKind, string>> = {
  ...{ router: 'Router', node: 'Node', destination: 'Destination' },
};
const OF_MANY: Readonly<Record<BoxKind, string>> = {
  ...{ router: 'routers', node: 'nodes', destination: 'further destinations' },
};

export function boxText(box: Box, facts: NetworkFacts, graph: NetworkGraph): BoxText {
  if (box.kind === 'destination') return destinationText(box, facts.destinations);
  const own = graph.sessions.filter((link) => link[box.kind as 'router' | 'node'] === box.id);
  const sessions = sessionsText(own.flatMap((link) => link.sessions));
  if (box.members.length > 1)
    return { title: manyTitle(box), about: joined([namesText(box, facts), sessions]) };
  const [id = ''] = box.members;
  if (box.kind === 'router') {
    const router = facts.routers.find((one) => one.id === id);
    return {
      title: router?.name ?? id,
      about: joined([router?.about ?? '', id === SEGMENT_ID ? '' : sessions]),
    };
  }
  const node = facts.nodes.find(({ name }) => name === id);
  const speaker =
    node?.speaker == null || node.speaker === 'running' ? '' : `speaker ${speakerText(node.speaker)}`;
  return { title: id, about: joined([speaker, sessions]) };
}

const joined = (parts: readonly string[]): string => parts.filter((part) => part !== '').join(' · ');

const manyTitle = ({ kind, members, isRest }: Box): string =>
  `${count(members.length)} ${isRest && kind !== 'destination' ? 'other ' : ''}${OF_MANY[kind]}`;

/** The first and the last name. */
function namesText({ kind, members }: Box, facts: NetworkFacts): string {
  const nameOf = (id: string): string => (kind === 'router' ? routerName(facts, id) : id);
  const [first = '', last = ''] = [members[0], members.at(-1)].map((id) => nameOf(id ?? ''));
  return `${first}${members.length === 2 ? ', ' : ' … '}${last}`;
}

const speakerText = (state: string): string => (state === 'left' ? 'has left' : state);

/** `2 of 3 sessions up`; what answers by layer 2 has no session. */
function sessionsText(links: readonly SessionFacts[]): string {
  const sessions = withRouters(links);
  if (sessions.length === 0)
    return links.some(({ state }) => state === 'answers') ? 'answers by ARP and NDP' : '';
  const up = sessions.filter(({ state }) => LINK_TONES[state] === 'good').length;
  const all = counted(sessions.length, 'session');
  return up === sessions.length ? `${all} up` : `${count(up)} of ${all} up`;
}

function destinationText(box: Box, destinations: readonly Destination[]): BoxText {
  if (box.members.length > 1) return { title: manyTitle(box), about: '' };
  const one = destinations.find(({ id }) => id === box.members[0]);
  if (one === undefined) return { title: '', about: '' };
  return { title: one.title, about: joined([one.about, widthText(one)]) };
}

/** Numbers of nodes that a router sends to. */
export function widthText({ kind, learned }: Destination): string {
  const owners = new Set(learned.flatMap(({ nodes }) => nodes)).size;
  if (learned.length === 0) return kind === 'layer2' ? 'no node answers' : 'no router learns it';
  if (learned.every(({ routers }) => routers.every((id) => id === SEGMENT_ID)))
    return owners === 1 ? `${learned[0]?.nodes[0]} answers` : `${count(owners)} nodes answer`;
  const widths = learned.map(({ nodes }) => nodes.length);
  const [least, most] = [Math.min(...widths), Math.max(...widths)];
  const [only, ...others] = new Set(learned.flatMap(({ nodes }) => nodes));
  if (others.length === 0) return `via ${only}`;
  return `ECMP ${least === most ? count(most) : `${least} to ${count(most)}`}`;
}

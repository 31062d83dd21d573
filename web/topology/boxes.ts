/**
 * The boxes of the network's picture. Where there are many, routers that nothing tells apart are one box, and so are nodes. So five
 * hundred nodes with forty routers are a few boxes, and what differs, such as a node with a session that is down, has its own.
 */
import { groupBy } from '../../src/base/list.ts';
import { compareNaturally } from '../text.ts';
import { SESSION_TONES, SPEAKER_TONES, type Tone, worstTone } from '../tone.ts';
import type { Destination, LinkState, NetworkFacts, SessionFacts } from './network-facts.ts';

export type BoxKind = 'router' | 'node' | 'destination';

export type Box = {
  /** Stays as long as its first member is there. */
  readonly id: string;
  readonly kind: BoxKind;
  /** Sorted: names of nodes, and ids of routers and destinations. */
  readonly members: readonly string[];
  readonly tone: Tone;
  /** Its members differ: there was no room for a box of each. */
  readonly isRest: boolean;
};

/** Of a column: more are not readable. */
export const BOXES_MAX = 20;
/** Up to so many members of a column have a box each. */
export const SINGLE_BOXES_MAX = 12;

export const LINK_TONES: Readonly<Record<LinkState, Tone>> = {
  ...SESSION_TONES,
  ...{ predicted: 'good', answers: 'good' },
};

/** Nodes and routers are told apart by their sessions, and by what is learned as far as there is room for it. */
export function boxesOf(facts: NetworkFacts): Readonly<Record<BoxKind, readonly Box[]>> {
  const speakers = new Map(facts.nodes.map(({ name, speaker }) => [name, speaker]));
  const learned = learnedKeys(facts.destinations);
  const routers = groupBy(facts.sessions, ({ router }) => router);
  const nodes = groupBy(facts.sessions, ({ node }) => node);
  return {
    router: memberBoxes(
      'router',
      facts.routers.map(({ id }): Member => {
        const sessions = routers.get(id) ?? [];
        return {
          ...{ name: id, tone: worstTone(tonesOf(sessions)), learned: learned.router.get(id) ?? [] },
          looks: sessions.map(({ node, state }) => `${node} ${state}`),
        };
      }),
    ),
    node: memberBoxes(
      'node',
      facts.nodes.map(({ name }): Member => {
        const sessions = nodes.get(name) ?? [];
        const speaker = speakers.get(name) ?? null;
        const own = speaker === null ? 'good' : SPEAKER_TONES[speaker];
        return {
          ...{ name, tone: worstTone([own, ...tonesOf(sessions)]), learned: learned.node.get(name) ?? [] },
          looks: [speaker ?? '', ...sessions.map(({ router, state }) => `${router} ${state}`)],
        };
      }),
    ),
    destination: fitColumn(
      facts.destinations.map(({ id, learned: by }) => ({
        ...{ id: `destination ${id}`, kind: 'destination', members: [id], isRest: false },
        tone: by.length === 0 ? 'bad' : 'good',
      })),
    ),
  };
}

const tonesOf = (sessions: readonly SessionFacts[]): readonly Tone[] =>
  sessions.map(({ state }) => LINK_TONES[state]);

type Member = {
  readonly name: string;
  readonly tone: Tone;
  /** What tells it from others. */
  readonly looks: readonly string[];
  /** The destinations that it has a part in: less important than `looks`. */
  readonly learned: readonly string[];
};

function memberBoxes(kind: 'router' | 'node', members: readonly Member[]): readonly Box[] {
  const sorted = members.toSorted((a, b) => compareNaturally(a.name, b.name));
  if (sorted.length <= SINGLE_BOXES_MAX) return sorted.map((member) => memberBox(kind, [member]));
  const coarse = new Map(sorted.map((member) => [member, member.looks.toSorted().join('\n')]));
  const fine = groupBy(sorted, (member) => `${coarse.get(member)}\n\n${member.learned.join(' ')}`);
  const classes = fine.size <= BOXES_MAX ? fine : groupBy(sorted, (member) => coarse.get(member) ?? '');
  return fitColumn([...classes.values()].map((alike) => memberBox(kind, alike)));
}

const memberBox = (kind: 'router' | 'node', alike: readonly Member[]): Box => ({
  ...{ id: `${kind} ${alike[0]?.name}`, kind, isRest: false },
  members: alike.map(({ name }) => name),
  tone: worstTone(alike.map(({ tone }) => tone)),
});

/** Beyond `BOXES_MAX` one box has the rest. What needs somebody, and then the largest, has a box of its own. */
function fitColumn(boxes: readonly Box[]): readonly Box[] {
  if (boxes.length <= BOXES_MAX) return boxes;
  const byNeed = boxes.toSorted(
    (a, b) => Number(b.tone === 'bad') - Number(a.tone === 'bad') || b.members.length - a.members.length,
  );
  const kept = new Set(byNeed.slice(0, BOXES_MAX - 1));
  const rest = boxes.filter((box) => !kept.has(box));
  const kind = rest[0]?.kind ?? 'node';
  return [
    ...boxes.filter((box) => kept.has(box)),
    {
      ...{ id: `${kind} rest`, kind, isRest: true },
      members: rest.flatMap(({ members }) => members),
      tone: worstTone(rest.map(({ tone }) => tone)),
    },
  ];
}

type LearnedKeys = Readonly<Record<'router' | 'node', ReadonlyMap<string, readonly string[]>>>;

/** Of each router and node the destinations, and which part of those that learn it. */
function learnedKeys(destinations: readonly Destination[]): LearnedKeys {
  const keys = { router: new Map<string, string[]>(), node: new Map<string, string[]>() };
  const add = (kind: 'router' | 'node', name: string, key: string): void => {
    const known = keys[kind].get(name);
    if (known === undefined) keys[kind].set(name, [key]);
    else known.push(key);
  };
  for (const [place, { learned }] of destinations.entries())
    for (const [part, { routers, nodes }] of learned.entries()) {
      for (const router of routers) add('router', router, `${place}.${part}`);
      for (const node of nodes) add('node', node, `${place}.${part}`);
    }
  return keys;
}

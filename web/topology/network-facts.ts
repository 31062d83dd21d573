/**
 * Who may learn what from whom, as plain lists: routers, nodes, the sessions between them, and destinations with those that learn
 * them. Calico, speakers by BGP and layer 2 are told alike, so one picture has all of them.
 */
import { groupBy } from '../../src/base/list.ts';
import type {
  AnnouncingOverview,
  LearnedFrom,
  RouteGroup,
  SessionOverview,
  SessionState,
  SpeakerRunState,
} from '../../src/overview/announcing-document.ts';
import type { ServiceWay } from '../../src/overview/answers.ts';
import { counted } from '../text.ts';
import { SPEAKER_TONES } from '../tone.ts';

export type RouterFacts = {
  readonly id: string;
  readonly name: string;
  /** A few words, such as its address; '' for none. */
  readonly about: string;
};

export type NodeFacts = {
  readonly name: string;
  /** Null where no speaker is there: Calico announces. */
  readonly speaker: SpeakerRunState | null;
  /** Why the speaker does not run; null where it does. */
  readonly because: string | null;
};

export type LinkState = SessionState | 'predicted' | 'answers';

export type SessionFacts = {
  /** The id of the router. */
  readonly router: string;
  readonly node: string;
  readonly state: LinkState;
  /** The last error, or what the model predicts; null for none. */
  readonly error: string | null;
  /** As the speaker reports it; null where the model of Calico predicts it. */
  readonly reported: SessionOverview | null;
};

export type Destination = {
  readonly id: string;
  readonly kind: 'prefixes' | 'layer2' | 'service';
  readonly title: string;
  /** A few words; '' for none. */
  readonly about: string;
  /** Routers by their ids. The number of nodes is the width of ECMP. */
  readonly learned: readonly LearnedFrom[];
};

export type NetworkFacts = {
  readonly routers: readonly RouterFacts[];
  readonly nodes: readonly NodeFacts[];
  readonly sessions: readonly SessionFacts[];
  readonly destinations: readonly Destination[];
};

/** By ARP and NDP there is no router: each host of the segment asks for itself. */
export const SEGMENT_ID = 'segment';
const SEGMENT: RouterFacts = {
  ...{ id: SEGMENT_ID, name: 'hosts of the segment', about: 'they ask by ARP and NDP' },
};
/** Without those that answer by layer 2, which have no session. */
export const withRouters = (sessions: readonly SessionFacts[]): readonly SessionFacts[] =>
  sessions.filter(({ router }) => router !== SEGMENT_ID);

/** The name of a router by its id. */
export const routerName = ({ routers }: Pick<NetworkFacts, 'routers'>, id: string): string =>
  routers.find((one) => one.id === id)?.name ?? id;

const calicoId = (router: string): string => `calico ${router}`;
const peerId = (peer: string): string => `peer ${peer}`;
/** Speakers report their sessions; those of Calico are predicted with the routes. */
const isPeer = (id: string): boolean => id.startsWith('peer ');

/** Ways of a chosen Service are destinations of their own, before all others. */
export function networkFacts(
  announcing: AnnouncingOverview,
  ways: readonly ServiceWay[] = [],
  service = '',
): NetworkFacts {
  const { calico, speakers, layer2 } = announcing;
  const known = [
    ...(calico?.routers ?? []).flatMap(calicoSessions),
    ...(speakers ?? []).flatMap(({ node, sessions: reported }) =>
      reported.map((one): SessionFacts => {
        const { peer, state, error } = one;
        return { router: peerId(peer), node, state, error: state === 'up' ? null : error, reported: one };
      }),
    ),
    ...(layer2?.nodes ?? []).flatMap(({ node, state: run, services }): readonly SessionFacts[] => {
      const state = SPEAKER_TONES[run] === 'bad' ? 'stale' : 'answers';
      return services === 0 ? [] : [{ router: SEGMENT_ID, node, state, error: null, reported: null }];
    }),
  ];
  const destinations = [
    ...ways.map((way) => wayDestination(way, service)),
    ...groupDestinations(announcing),
    ...layer2Destination(announcing),
  ];
  const sessions = speakers === null ? known : [...known, ...missingSessions(destinations, known)];
  const open = nodesByRouter(sessions.filter(isOpen));
  return {
    routers: routersOf(announcing, ways),
    nodes: nodesOf(announcing, sessions, destinations),
    sessions,
    destinations:
      speakers === null
        ? destinations
        : destinations.map((one) => ({ ...one, learned: bySessions(one.learned, open) })),
  };
}

type CalicoRouter = NonNullable<AnnouncingOverview['calico']>['routers'][number];

function calicoSessions({ router, nodes, down }: CalicoRouter): readonly SessionFacts[] {
  const troubles = new Map(down.map(({ node, because }) => [node, because]));
  return nodes.map((node) => {
    const error = troubles.get(node) ?? null;
    const state = error === null ? 'predicted' : 'down';
    return { router: calicoId(router), node, state, error, reported: null };
  });
}

function routersOf(
  { calico, speakers, layer2, routes }: AnnouncingOverview,
  ways: readonly ServiceWay[],
): readonly RouterFacts[] {
  const addresses = groupBy(
    (speakers ?? []).flatMap(({ sessions }) => sessions),
    ({ peer }) => peer,
  );
  const learning = (routes?.groups ?? []).flatMap(({ by, learned }) =>
    by === 'speakers' ? learned.flatMap(({ routers }) => routers) : [],
  );
  const onWays = ways.flatMap(({ by, routers }) =>
    by === 'bgp-speakers' ? routers.map(({ router }) => router) : [],
  );
  const peers = new Set([...addresses.keys(), ...learning, ...onWays]);
  return [
    ...(calico?.routers ?? []).map(({ router, as }) => ({
      ...{ id: calicoId(router), name: router, about: `AS ${as}` },
    })),
    ...[...peers].map((peer) => ({
      ...{ id: peerId(peer), name: peer },
      about: [...new Set((addresses.get(peer) ?? []).map(({ address }) => address))].join(', '),
    })),
    ...(layer2 === null ? [] : [SEGMENT]),
  ];
}

function nodesOf(
  { speakers, layer2 }: AnnouncingOverview,
  sessions: readonly SessionFacts[],
  destinations: readonly Destination[],
): readonly NodeFacts[] {
  const known = new Map<string, NodeFacts>();
  for (const { node, state, because } of speakers ?? [])
    known.set(node, { name: node, speaker: state, because });
  for (const { node, state } of layer2?.nodes ?? [])
    if (!known.has(node)) known.set(node, { name: node, speaker: state, because: null });
  const add = (name: string): void => {
    if (!known.has(name)) known.set(name, { name, speaker: null, because: null });
  };
  for (const { node } of sessions) add(node);
  for (const { learned } of destinations) for (const { nodes } of learned) nodes.forEach(add);
  return [...known.values()];
}

const ROUTER_IDS: Readonly<Record<RouteGroup['by'], (router: string) => string>> = {
  ...{ calico: calicoId, speakers: peerId },
};

function groupDestinations({ routes }: AnnouncingOverview): readonly Destination[] {
  return (routes?.groups ?? []).map(({ by, prefixes, examples, services, learned }) => {
    const others = prefixes - 1;
    const first = examples[0] ?? '';
    return {
      ...{ id: `${by} ${first}`, kind: 'prefixes' },
      title: others === 0 ? first : `${first} and ${others} more`,
      about: counted(services, 'Service'),
      learned: learned.map(({ routers, nodes }) => ({ routers: routers.map(ROUTER_IDS[by]), nodes })),
    };
  });
}

function layer2Destination({ layer2 }: AnnouncingOverview): readonly Destination[] {
  if (layer2 === null) return [];
  const owners = layer2.nodes.filter(({ services }) => services > 0);
  const services = owners.reduce((sum, one) => sum + one.services, 0);
  return [
    {
      ...{ id: 'layer2', kind: 'layer2', title: 'ARP and NDP' },
      about: counted(services, 'Service'),
      learned: owners.length === 0 ? [] : [{ routers: [SEGMENT_ID], nodes: owners.map(({ node }) => node) }],
    },
  ];
}

function wayDestination({ by, address, routers, nodes }: ServiceWay, service: string): Destination {
  const idOf = by === 'calico' ? calicoId : peerId;
  const leading = nodes.flatMap(({ node, leads }) => (leads ? [node] : []));
  const byRouter = routers.flatMap(({ router, routes }) => {
    const from = new Set(routes.flatMap((route) => route.from));
    return from.size === 0 ? [] : [{ routers: [idOf(router)], nodes: [...from] }];
  });
  const bySegment = leading.length === 0 ? [] : [{ routers: [SEGMENT_ID], nodes: leading }];
  return {
    ...{ id: `service ${by} ${address ?? ''}`, kind: 'service', title: service, about: address ?? '' },
    learned: by === 'layer2-speakers' ? bySegment : byRouter,
  };
}

type Sessions = ReadonlyMap<string, ReadonlySet<string>>;

/** By router the nodes that it has such a session with. */
function nodesByRouter(sessions: readonly SessionFacts[]): Sessions {
  const byRouter = groupBy(sessions, ({ router }) => router);
  return new Map([...byRouter].map(([router, own]) => [router, new Set(own.map(({ node }) => node))]));
}

/** Sessions that routes need, and no speaker reports. Where no speaker has reported at all, the routes are a prediction. */
function missingSessions(
  destinations: readonly Destination[],
  sessions: readonly SessionFacts[],
): readonly SessionFacts[] {
  const present = nodesByRouter(sessions);
  const missing = new Map<string, Set<string>>();
  for (const { learned } of destinations)
    for (const { routers, nodes } of learned)
      for (const router of routers)
        for (const node of nodes)
          if (isPeer(router) && present.get(router)?.has(node) !== true)
            missing.set(router, (missing.get(router) ?? new Set()).add(node));
  return [...missing].flatMap(([router, nodes]) =>
    [...nodes].map((node) => ({
      ...{ router, node, state: 'down', error: 'its speaker reports no session', reported: null },
    })),
  );
}

/** A router learns nothing by a session that is not open. */
function bySessions(learned: readonly LearnedFrom[], open: Sessions): readonly LearnedFrom[] {
  return learned.flatMap(({ routers, nodes }) => {
    const left = routers.map((router) => ({
      router,
      nodes: isPeer(router) ? nodes.filter((node) => open.get(router)?.has(node) === true) : nodes,
    }));
    const alike = groupBy(left, (one) => one.nodes.join(' '));
    return [...alike.values()].flatMap((part): readonly LearnedFrom[] => {
      const from = part[0]?.nodes ?? [];
      return from.length === 0 ? [] : [{ routers: part.map(({ router }) => router), nodes: from }];
    });
  });
}

const isOpen = ({ state }: SessionFacts): boolean => state !== 'down' && state !== 'stale';

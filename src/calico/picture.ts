/**
 * A cluster as it comes to rest, seen from the routers that its own objects name: of those nothing is known but the
 * sessions that nodes are told to keep with them, and that is taken to be agreed.
 */
import type { Raw } from '../cluster/fields.ts';
import { type Address, type Family, formatAddress } from '../net/address.ts';
import type { Classes } from './classes.ts';
import { linkOf, type Neighbourhood } from './links.ts';
import type { NodeSession } from './network.ts';
import { type Cluster, type ClusterOptions, readCluster } from './objects/cluster.ts';
import { type ServiceRanges, serviceRanges } from './ranges.ts';
import { Replay } from './replay.ts';
import { type Route, RouteBook } from './routebook.ts';
import { ROUTER_DEFAULTS, type Router } from './routers.ts';
import { type Session, sessionsOf } from './sessions.ts';
import { type NodeState, neighbourhood } from './solution.ts';

export type PictureOptions = ClusterOptions & {
  /** `CALICO_ROUTER_ID` of calico-node; '' where it is not set. */
  readonly routerId: string;
  readonly hashed: (name: string) => number;
  /** calico-node runs without BGP, or not at all. */
  readonly isOff: boolean;
};

export type Picture = {
  readonly cluster: Cluster;
  readonly ranges: ServiceRanges;
  readonly states: readonly NodeState[];
  /** One for each address that a node peers with and that is no node's. */
  readonly routers: readonly Router[];
  /** One a family. */
  readonly books: { readonly [F in Family]: RouteBook };
  /** What BGPPeers ask for; those of the mesh too where one of them does not come up. */
  readonly sessions: readonly NodeSession[];
  /** The longest route that the router has to it. */
  readonly routeTo: (router: Router, address: Address) => Route | null;
};

export function pictureOf(objects: readonly Raw[], options: PictureOptions): Picture {
  const replay = new Replay(objects, {
    ...options,
    routers: [],
    off: options.isOff ? readCluster(objects, options).nodes.map(({ name }) => name) : [],
    routerId: () => options.routerId,
    recovers: false,
  });
  const { cluster } = replay;
  const states = replay.states(new Set());
  const routers = assumedRouters(cluster);
  const [four, six] = ([4, 6] as const).map((family) => neighbourhood(states, routers, family));
  const books = { 4: new RouteBook(four as Neighbourhood), 6: new RouteBook(six as Neighbourhood) };
  return {
    cluster,
    ranges: serviceRanges(cluster.configuration),
    states,
    routers,
    books,
    sessions: [four, six].flatMap((one) => sessionsIn(one as Neighbourhood, books[one?.family ?? 4].classes)),
    routeTo: (router, address) => books[address.family].routeTo(router, address),
  };
}

function sessionsIn(around: Neighbourhood, { isMeshWhole }: Classes): readonly NodeSession[] {
  return around.live.flatMap((live) =>
    live.loaded.main.sessions
      .filter(({ kind }) => kind !== 'mesh' || !isMeshWhole)
      .map((session) => ({ live, session, result: linkOf(live, session, around), arrow: '' })),
  );
}

export const familyOf = ({ addresses }: Router): Family => (addresses[4] === null ? 6 : 4);

export type PeerSession = Session & { readonly node: string };

const askedSessions = new WeakMap<Cluster, readonly PeerSession[]>();

/** What BGPPeers ask of every node, whether its BIRD could read it or not; sessions of the mesh are left out. */
export function configuredSessions(cluster: Cluster): readonly PeerSession[] {
  const known = askedSessions.get(cluster);
  if (known !== undefined) return known;
  const made = cluster.nodes.flatMap((node) =>
    ([4, 6] as const).flatMap((family) => {
      const own = node.addresses[family];
      if (own === null) return [];
      const asked = sessionsOf(withoutMesh(cluster), node, family);
      return asked.map((one) => ({ ...one, node: node.name }));
    }),
  );
  askedSessions.set(cluster, made);
  return made;
}

const meshless = new WeakMap<Cluster, Cluster>();

function withoutMesh(cluster: Cluster): Cluster {
  const made = meshless.get(cluster) ?? {
    ...cluster,
    configuration: { ...cluster.configuration, mesh: false },
  };
  meshless.set(cluster, made);
  return made;
}

export function isToNode({ nodes }: Cluster): (session: Session) => boolean {
  const own = new Set(
    nodes.flatMap(({ addresses }) =>
      [addresses[4], addresses[6]].flatMap((one) => (one === null ? [] : [formatAddress(one)])),
    ),
  );
  return ({ peer }) => own.has(formatAddress(peer));
}

/** A router is in one AS: where BGPPeers disagree, in the one that most sessions name. */
function assumedRouters(cluster: Cluster): readonly Router[] {
  const isNode = isToNode(cluster);
  const found = new Map<string, { readonly peer: Address; readonly counts: Map<number, number> }>();
  for (const session of configuredSessions(cluster)) {
    if (isNode(session)) continue;
    const name = formatAddress(session.peer);
    const router = found.get(name) ?? { peer: session.peer, counts: new Map<number, number>() };
    found.set(name, router);
    const as = session.remoteAS ?? 0;
    router.counts.set(as, (router.counts.get(as) ?? 0) + 1);
  }
  return [...found].map(([name, { peer, counts }]) => ({
    ...ROUTER_DEFAULTS,
    name,
    addresses: { 4: peer.family === 4 ? peer : null, 6: peer.family === 6 ? peer : null },
    as: [...counts].reduce((most, one) => (one[1] > most[1] ? one : most))[0],
    assumed: true,
    // Whatever it sends on can only make longer ways to what other routers have from the nodes themselves.
    exports: false,
  }));
}

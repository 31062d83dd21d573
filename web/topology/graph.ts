/** The picture of a network before it has places: boxes, and the links between them. */
import { groupBy } from '../../src/base/list.ts';
import { type Tone, worstTone } from '../tone.ts';
import { type Box, type BoxKind, boxesOf, LINK_TONES } from './boxes.ts';
import type { Destination, NetworkFacts, SessionFacts } from './network-facts.ts';

/** Sessions between the routers of a box and the nodes of another. */
export type SessionLink = {
  /** The ids of the boxes. */
  readonly router: string;
  readonly node: string;
  readonly tone: Tone;
  readonly sessions: readonly SessionFacts[];
};

/** A destination that routers learn from nodes of a box. */
export type RouteLink = {
  /** The ids of the boxes. */
  readonly node: string;
  readonly destination: string;
  /** Nodes of the box that it is learned from. */
  readonly nodes: ReadonlySet<string>;
  /** Boxes of the routers that learn it from them. */
  readonly routers: ReadonlySet<string>;
};

export type NetworkGraph = {
  readonly boxes: Readonly<Record<BoxKind, readonly Box[]>>;
  readonly sessions: readonly SessionLink[];
  readonly routes: readonly RouteLink[];
};

export function networkGraph(facts: NetworkFacts): NetworkGraph {
  const boxes = boxesOf(facts);
  const places: Places = {
    router: placesOf(boxes.router),
    node: placesOf(boxes.node),
    destination: placesOf(boxes.destination),
  };
  return {
    boxes,
    sessions: sessionLinks(facts.sessions, places),
    routes: routeLinks(facts.destinations, places),
  };
}

/** By member the id of its box. */
type Places = Readonly<Record<BoxKind, ReadonlyMap<string, string>>>;

const placesOf = (boxes: readonly Box[]): ReadonlyMap<string, string> =>
  new Map(boxes.flatMap(({ id, members }) => members.map((member) => [member, id] as const)));

function sessionLinks(sessions: readonly SessionFacts[], places: Places): readonly SessionLink[] {
  const parts = groupBy(sessions, (one) => `${places.router.get(one.router)}\n${places.node.get(one.node)}`);
  return [...parts.values()].flatMap((part): readonly SessionLink[] => {
    const [first] = part;
    const router = places.router.get(first?.router ?? '');
    const node = places.node.get(first?.node ?? '');
    if (router === undefined || node === undefined) return [];
    return [{ router, node, tone: worstTone(part.map(({ state }) => LINK_TONES[state])), sessions: part }];
  });
}

type GrowingLink = RouteLink & { readonly nodes: Set<string>; readonly routers: Set<string> };

function routeLinks(destinations: readonly Destination[], places: Places): readonly RouteLink[] {
  const links = new Map<string, GrowingLink>();
  for (const { id, learned } of destinations) {
    const destination = places.destination.get(id);
    if (destination === undefined) continue;
    for (const { routers, nodes } of learned) {
      const learning = new Set(routers.flatMap((router) => places.router.get(router) ?? []));
      for (const name of nodes) {
        const node = places.node.get(name);
        if (node === undefined) continue;
        const key = `${node}\n${destination}`;
        const link = links.get(key) ?? { node, destination, nodes: new Set(), routers: new Set() };
        links.set(key, link);
        link.nodes.add(name);
        for (const router of learning) link.routers.add(router);
      }
    }
  }
  return [...links.values()];
}

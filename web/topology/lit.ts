/** What belongs to a chosen box: the boxes and links that traffic between it and a destination may take. */
import type { Box } from './boxes.ts';
import type { NetworkGraph, RouteLink, SessionLink } from './graph.ts';

export type Lit = {
  /** Null where nothing is chosen: all of it counts alike. */
  readonly boxes: ReadonlySet<string> | null;
  readonly hasSession: (link: SessionLink) => boolean;
  readonly hasRoute: (link: RouteLink) => boolean;
};

const ALL: Lit = { boxes: null, hasSession: () => true, hasRoute: () => true };

/** `chosen` are boxes: one that somebody picked, or those of a Service. */
export function litBy({ sessions, routes }: NetworkGraph, chosen: readonly Box[]): Lit {
  const [first] = chosen;
  if (first === undefined) return ALL;
  const ids = new Set(chosen.map(({ id }) => id));
  const hasRoute = ({ node, destination, routers }: RouteLink): boolean =>
    first.kind === 'destination'
      ? ids.has(destination)
      : first.kind === 'node'
        ? ids.has(node)
        : [...ids].some((id) => routers.has(id));
  const taken = routes.filter(hasRoute);
  const pairs = new Set(taken.flatMap(({ node, routers }) => [...routers].map((id) => `${id}\n${node}`)));
  const hasSession = ({ router, node }: SessionLink): boolean =>
    first.kind === 'destination'
      ? pairs.has(`${router}\n${node}`)
      : ids.has(first.kind === 'node' ? node : router);
  const boxes = new Set([
    ...ids,
    ...taken.flatMap(({ node, destination }) => [node, destination]),
    ...sessions.filter(hasSession).flatMap(({ router, node }) => [router, node]),
  ]);
  return { boxes, hasSession, hasRoute };
}

/** What would be seen at the routers and in the cluster: the form in which observed cases are written. */
import { compareText } from '../base/text.ts';
import { formatLarge, formatStandard } from '../routes/community.ts';
import type { NodeAnswer } from './answer.ts';
import { summaryOf } from './complaint.ts';
import type { Peer } from './peers.ts';
import { isInternal, type Router, routerIdText, routerOf, shownAs } from './router.ts';
import { holdSeconds } from './sessionsettings.ts';
import type { Routes } from './table.ts';

export type SeenRoute = {
  readonly localPref?: number;
  readonly communities?: readonly string[];
  readonly large?: readonly string[];
  readonly nextHop: 'self';
};

export type SeenSession = {
  readonly as: number;
  readonly hold: number;
  readonly id: string;
  readonly routes: Readonly<Record<string, SeenRoute>>;
};

export type SeenConfig = { readonly result: 'Valid' | 'Invalid'; readonly summary?: string };

export type Observed = {
  readonly nodes: Readonly<Record<string, Readonly<Record<string, SeenSession>>>>;
  readonly config: Readonly<Record<string, SeenConfig>>;
  /** By Service and node, the peers in its ServiceBGPStatus. */
  readonly status: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  /** By Service, the nodes that ever said that they announce it. */
  readonly assigned: Readonly<Record<string, readonly string[]>>;
};

/** A router that says nothing of LOCAL_PREF, or this, means the same (RFC 4271 leaves it open; all take 100). */
const LOCAL_PREF_USUAL = 100;

/** The sessions of one node; a second one to the same router is called by its name and `#2`. */
export function seenSessions(
  node: string,
  answer: NodeAnswer,
  routers: readonly Router[],
): Readonly<Record<string, SeenSession>> {
  const seen = new Map<string, SeenSession>();
  const counts = new Map<string, number>();
  for (const { peer, routes } of answer.sessions) {
    const router = routerOf(peer, node, routers);
    if (router === null) continue;
    const count = (counts.get(router.name) ?? 0) + 1;
    counts.set(router.name, count);
    seen.set(count === 1 ? router.name : `${router.name}#${count}`, {
      as: shownAs(peer, router),
      hold: holdSeconds(peer),
      id: routerIdText(peer, node),
      routes: seenRoutes(peer, router, routes),
    });
  }
  return Object.fromEntries(seen);
}

function seenRoutes(peer: Peer, router: Router, routes: Routes): Readonly<Record<string, SeenRoute>> {
  const internal = isInternal(peer, router);
  return Object.fromEntries(
    [...routes].map(([prefix, { localPref, communities, large }]): [string, SeenRoute] => [
      prefix,
      {
        ...(internal && localPref !== 0 && localPref !== LOCAL_PREF_USUAL ? { localPref } : {}),
        ...(communities.length > 0 ? { communities: communities.map(formatStandard) } : {}),
        ...(large.length > 0 ? { large: large.map((one) => formatLarge(one).replace('large:', '')) } : {}),
        nextHop: 'self',
      },
    ]),
  );
}

export function seenConfig({ settings }: NodeAnswer): SeenConfig {
  const { complaints } = settings;
  return complaints.length === 0
    ? { result: 'Valid' }
    : { result: 'Invalid', summary: summaryOf(complaints) };
}

/** Lists of pairs as an object of objects, in the order of names. */
export function nested<T>(
  triples: readonly (readonly [outer: string, inner: string, value: T])[],
): Readonly<Record<string, Readonly<Record<string, T>>>> {
  const sorted = triples.toSorted((a, b) => compareText(a[0], b[0]) || compareText(a[1], b[1]));
  const groups = new Map<string, [string, T][]>();
  for (const [outer, inner, value] of sorted) {
    const group = groups.get(outer);
    if (group === undefined) groups.set(outer, [[inner, value]]);
    else group.push([inner, value]);
  }
  return Object.fromEntries([...groups].map(([outer, group]) => [outer, Object.fromEntries(group)]));
}

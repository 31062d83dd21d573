/** What would be seen at the routers and in the cluster: the form in which observed cases are written. */

import { compareText } from '../../base/text.ts';
import { formatLargeCommunity, formatStandardCommunity } from '../../bgp/attributes/community.ts';
import { summarizeIssues } from '../config/object-issue.ts';
import type { Peer } from '../config/peers.ts';
import { holdTimeSeconds } from '../config/session-settings.ts';
import type { SpeakerModelState } from '../model/full-model.ts';
import { LOCAL_PREF_DEFAULT } from '../routes/path-builder.ts';
import type { DesiredRoutes } from '../routes/routes.ts';
import {
  findSessionRouter,
  isInternalSession,
  presentedAsn,
  routerIdText,
  type SimulatedRouter,
} from './router.ts';

export type SimulatedRoute = {
  readonly localPref?: number;
  readonly communities?: readonly string[];
  readonly large?: readonly string[];
  readonly nextHop: 'self';
};

export type SimulatedSession = {
  readonly as: number;
  readonly hold: number;
  readonly id: string;
  readonly routes: Readonly<Record<string, SimulatedRoute>>;
};

export type SimulatedConfig = { readonly result: 'Valid' | 'Invalid'; readonly summary?: string };

export type ClusterObservation = {
  readonly nodes: Readonly<Record<string, Readonly<Record<string, SimulatedSession>>>>;
  readonly config: Readonly<Record<string, SimulatedConfig>>;
  /** By Service and node, the peers in its ServiceBGPStatus. */
  readonly status: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  /** By Service, the nodes that ever said that they announce it. */
  readonly assigned: Readonly<Record<string, readonly string[]>>;
};

/** The sessions of one node; a second one to the same router is called by its name and `#2`. */
export function observeSessions(
  node: string,
  state: SpeakerModelState,
  routers: readonly SimulatedRouter[],
): Readonly<Record<string, SimulatedSession>> {
  const sessions = new Map<string, SimulatedSession>();
  const counts = new Map<string, number>();
  for (const { peer, routes } of state.sessions) {
    const router = findSessionRouter(peer, node, routers);
    if (router === null) continue;
    const count = (counts.get(router.name) ?? 0) + 1;
    counts.set(router.name, count);
    sessions.set(count === 1 ? router.name : `${router.name}#${count}`, {
      as: presentedAsn(peer, router),
      hold: holdTimeSeconds(peer),
      id: routerIdText(peer, node),
      routes: observeRoutes(peer, router, routes),
    });
  }
  return Object.fromEntries(sessions);
}

function observeRoutes(
  peer: Peer,
  router: SimulatedRouter,
  routes: DesiredRoutes,
): Readonly<Record<string, SimulatedRoute>> {
  const isInternal = isInternalSession(peer, router);
  return Object.fromEntries(
    [...routes].map(([prefix, { localPref, communities, largeCommunities }]): [string, SimulatedRoute] => [
      prefix,
      {
        ...(isInternal && localPref !== 0 && localPref !== LOCAL_PREF_DEFAULT ? { localPref } : {}),
        ...(communities.length > 0 ? { communities: communities.map(formatStandardCommunity) } : {}),
        ...(largeCommunities.length > 0
          ? { large: largeCommunities.map((one) => formatLargeCommunity(one).replace('large:', '')) }
          : {}),
        nextHop: 'self',
      },
    ]),
  );
}

export function observeConfig({ nodeConfig }: SpeakerModelState): SimulatedConfig {
  const { errors } = nodeConfig;
  return errors.length === 0 ? { result: 'Valid' } : { result: 'Invalid', summary: summarizeIssues(errors) };
}

/** Lists of pairs as an object of objects, in the order of names. */
export function nestPairs<T>(
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

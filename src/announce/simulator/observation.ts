/** Observations of routers and of the cluster, in the format of the observed cases. */

import { compareText } from '../../base/text.ts';
import { formatLargeCommunity, formatStandardCommunity } from '../../bgp/attributes/community.ts';
import type { Address } from '../../net/address.ts';
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
  /** The peers in the ServiceBGPStatus, by Service and node. */
  readonly status: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  /** The nodes that have sent an event `nodeAssigned`, by Service. */
  readonly assigned: Readonly<Record<string, readonly string[]>>;
};

/** The sessions of one node by router; a second one with the same router has the key `name#2`. */
export function observeSessions(
  nodeAddrs: readonly Address[],
  state: SpeakerModelState,
  routers: readonly SimulatedRouter[] | null,
): Readonly<Record<string, SimulatedSession>> {
  const sessions = new Map<string, SimulatedSession>();
  const counts = new Map<string, number>();
  for (const { peer, routes } of state.sessions) {
    const router = findSessionRouter(peer, nodeAddrs, routers);
    if (router === null) continue;
    const count = (counts.get(router.name) ?? 0) + 1;
    counts.set(router.name, count);
    sessions.set(count === 1 ? router.name : `${router.name}#${count}`, {
      as: presentedAsn(peer, router),
      hold: holdTimeSeconds(peer),
      id: routerIdText(peer, nodeAddrs),
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

/** Nested objects from triples, sorted by their keys. */
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

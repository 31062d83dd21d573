/**
 * Aggregates the contributions of all Services to one route per prefix, for each peer of a node.
 *
 * Where several advertisements contribute to one prefix, their communities are merged, and LOCAL_PREF is that of the oldest
 * Service. The advertisements of one Service agree on it (`decision/should-announce.ts`). Those of two Services may not;
 * the result in MetalLB is then arbitrary. Of several values of MED, and of prepending, the lowest applies: it attracts the
 * most traffic, and the result does not depend on an order. An advertisement without a value does not count.
 */

import type { LargeCommunity, StandardCommunity } from '../../bgp/attributes/community.ts';
import { formatPrefix, type Prefix } from '../../net/prefix.ts';
import { compareServiceAge } from '../../objects/service.ts';
import {
  mergeLargeCommunities,
  mergeStandardCommunities,
  type ResolvedAdvertisement,
} from '../config/advertisement.ts';
import { isWeightedPrefix } from '../config/advertisement-extensions.ts';
import type { Peer } from '../config/peers.ts';
import { countLocalEndpoints, type Endpoints } from '../decision/endpoints.ts';
import type { Contribution } from '../decision/should-announce.ts';
import type { SpeakerService } from '../decision/speaker-service.ts';

export type DesiredRoute = {
  readonly prefix: Prefix;
  /** For internal peers only; 0 where none is set. */
  readonly localPref: number;
  readonly communities: readonly StandardCommunity[];
  readonly largeCommunities: readonly LargeCommunity[];
  readonly med: number | null;
  /** How many more times our AS is prepended. */
  readonly prependCount: number;
  readonly weight: RouteWeight | null;
};

/** The weight of this node in the traffic for one address: its number of different endpoints, at least one. */
export type RouteWeight = { readonly endpoints: number; readonly transitive: boolean };

/** By the prefix as canonical text. */
export type DesiredRoutes = ReadonlyMap<string, DesiredRoute>;

export type AnnouncedService = {
  readonly service: SpeakerService;
  readonly contributions: readonly Contribution[];
  readonly endpoints: Endpoints;
};

/** All contributions to one prefix for one peer, by age of the Service; at least one advertisement. */
export type PeerContributions = {
  readonly prefix: Prefix;
  readonly advertisements: readonly ResolvedAdvertisement[];
  /** The endpoints of each Service; called only for weighted routes. */
  readonly endpoints: () => readonly Endpoints[];
};

export const isTargetPeer = (peer: Peer, { peers }: ResolvedAdvertisement): boolean =>
  peers === null || peers.has(peer.name);

/** A session carries the family of its own addresses; the other family only with `dualStackAddressFamily`. */
export const carriesPrefix = (peer: Peer, { family }: Prefix): boolean =>
  peer.dualStack || peer.address.family === family;

export function computeDesiredRoutes(peer: Peer, announced: readonly AnnouncedService[]): DesiredRoutes {
  const byPrefix = new Map<
    string,
    { prefix: Prefix; advertisements: ResolvedAdvertisement[]; endpoints: Endpoints[] }
  >();
  const sorted = announced.toSorted((a, b) => compareServiceAge(a.service, b.service));
  for (const { contributions, endpoints } of sorted) {
    for (const { prefix, advertisement } of contributions) {
      if (!isTargetPeer(peer, advertisement) || !carriesPrefix(peer, prefix)) continue;
      const text = formatPrefix(prefix);
      const entry = byPrefix.get(text) ?? { prefix, advertisements: [], endpoints: [] };
      byPrefix.set(text, entry);
      entry.advertisements.push(advertisement);
      entry.endpoints.push(endpoints);
    }
  }
  return new Map(
    [...byPrefix].map(([text, entry]) => [
      text,
      aggregateRoute({ ...entry, endpoints: () => entry.endpoints }),
    ]),
  );
}

export function aggregateRoute({ prefix, advertisements, endpoints }: PeerContributions): DesiredRoute {
  const distinct = [...new Set(advertisements)];
  const weighted = distinct.filter(({ extensions }) => isWeightedPrefix(extensions, prefix));
  return {
    prefix,
    localPref: distinct[0]?.localPref ?? 0,
    communities: mergeLists(
      distinct.map(({ communities }) => communities),
      mergeStandardCommunities,
    ),
    largeCommunities: mergeLists(
      distinct.map(({ largeCommunities }) => largeCommunities),
      mergeLargeCommunities,
    ),
    med: lowestOf(distinct.map(({ extensions }) => extensions.med)),
    prependCount:
      lowestOf(distinct.map(({ spec, extensions }) => spec.asPathPrepend ?? extensions.prependCount)) ?? 0,
    weight:
      weighted.length === 0
        ? null
        : {
            endpoints: countLocalEndpoints(endpoints(), prefix.family),
            transitive: weighted.some(({ extensions }) => extensions.weighting?.transitive === true),
          },
  };
}

/** A single list is returned as it is: thousands of routes share it. */
function mergeLists<T>(
  lists: readonly (readonly T[])[],
  merge: (values: readonly T[]) => readonly T[],
): readonly T[] {
  const [only, ...others] = lists;
  return only !== undefined && others.length === 0 ? only : merge(lists.flat());
}

function lowestOf(values: readonly (number | null)[]): number | null {
  const present = values.filter((value) => value !== null);
  return present.length === 0 ? null : Math.min(...present);
}

/** ServiceBGPStatus: the peers of this node that the advertisements of this Service select, of any family. */
export const targetPeerNames = (
  peers: Iterable<Peer>,
  contributions: readonly Contribution[],
): readonly string[] =>
  [...peers]
    .filter((peer) => contributions.some(({ advertisement }) => isTargetPeer(peer, advertisement)))
    .map(({ name }) => name);

/**
 * What each peer of a node should hear: all offers of all Services, one route a prefix.
 *
 * Where several say something of one prefix, communities are united and LOCAL_PREF is that of the oldest Service. One
 * Service's advertisements agree on it (`verdict.ts`); those of two Services on one prefix may not, and MetalLB
 * leaves it to chance then. Of several values of MED, and of prepending, the lowest is taken: who wishes for traffic
 * gets it, and it does not matter who came first. One who says nothing wishes for nothing.
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
  /** Goes to internal peers only; 0 where none is set. */
  readonly localPref: number;
  readonly communities: readonly StandardCommunity[];
  readonly largeCommunities: readonly LargeCommunity[];
  readonly med: number | null;
  /** How often the own AS is put in front once more. */
  readonly prependCount: number;
  readonly weight: RouteWeight | null;
};

/** Of the traffic for one address, what this node's part is by: different endpoints here, at least one. */
export type RouteWeight = { readonly endpoints: number; readonly transitive: boolean };

/** By the canonical text of the prefix. */
export type DesiredRoutes = ReadonlyMap<string, DesiredRoute>;

export type AnnouncedService = {
  readonly service: SpeakerService;
  readonly contributions: readonly Contribution[];
  readonly endpoints: Endpoints;
};

/** All that one peer hears of one prefix, in the order of Services; at least one advertisement. */
export type PeerContributions = {
  readonly prefix: Prefix;
  readonly advertisements: readonly ResolvedAdvertisement[];
  /** Of each Service: asked for where there are weights. */
  readonly endpoints: () => readonly Endpoints[];
};

export const isTargetPeer = (peer: Peer, { peers }: ResolvedAdvertisement): boolean =>
  peers === null || peers.has(peer.name);

/** Each session carries the family of its addresses, and the other one only where it is told to. */
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
    prependCount: lowestOf(distinct.map(({ extensions }) => extensions.prependCount)) ?? 0,
    weight:
      weighted.length === 0
        ? null
        : {
            endpoints: countLocalEndpoints(endpoints(), prefix.family),
            transitive: weighted.some(({ extensions }) => extensions.weighting?.transitive === true),
          },
  };
}

/** One list is taken as it is: thousands of routes share it. */
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

/** ServiceBGPStatus: the peers of this node that the advertisements of this very Service select, of any family. */
export const targetPeerNames = (
  peers: Iterable<Peer>,
  contributions: readonly Contribution[],
): readonly string[] =>
  [...peers]
    .filter((peer) => contributions.some(({ advertisement }) => isTargetPeer(peer, advertisement)))
    .map(({ name }) => name);

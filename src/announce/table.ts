/**
 * What each peer of a node should hear: all offers of all Services, one route a prefix.
 *
 * Where several say something of one prefix, communities are united and LOCAL_PREF is that of the oldest Service. One
 * Service's advertisements agree on it (`verdict.ts`); those of two Services on one prefix may not, and MetalLB
 * leaves it to chance then. Of several values of MED, and of prepending, the lowest is taken: who wishes for traffic
 * gets it, and it does not matter who came first. One who says nothing wishes for nothing.
 */
import { formatPrefix, type Prefix } from '../net/prefix.ts';
import type { LargeCommunity, StandardCommunity } from '../routes/community.ts';
import { type Advertisement, uniteLarge, uniteStandard } from './advertisement.ts';
import { countHere, type Endpoints } from './endpoints.ts';
import { isWeighted } from './extras.ts';
import type { Peer } from './peers.ts';
import { compareServices, type ServiceView } from './service.ts';
import type { Offer } from './verdict.ts';

export type Route = {
  readonly prefix: Prefix;
  /** Goes to internal peers only; 0 where none is set. */
  readonly localPref: number;
  readonly communities: readonly StandardCommunity[];
  readonly large: readonly LargeCommunity[];
  readonly med: number | null;
  /** How often the own AS is put in front once more. */
  readonly prepend: number;
  readonly weight: Weight | null;
};

/** Of the traffic for one address, what this node's part is by: different endpoints here, at least one. */
export type Weight = { readonly endpoints: number; readonly transitive: boolean };

/** By the canonical text of the prefix. */
export type Routes = ReadonlyMap<string, Route>;

export type Announced = {
  readonly service: ServiceView;
  readonly offers: readonly Offer[];
  readonly endpoints: Endpoints;
};

/** All that one peer hears of one prefix, in the order of Services; at least one advertisement. */
export type Heard = {
  readonly prefix: Prefix;
  readonly advertisements: readonly Advertisement[];
  /** Of each Service: asked for where there are weights. */
  readonly endpoints: () => readonly Endpoints[];
};

export const hears = (peer: Peer, { peers }: Advertisement): boolean =>
  peers === null || peers.has(peer.name);

/** Each session carries the family of its addresses, and the other one only where it is told to. */
export const carries = (peer: Peer, { family }: Prefix): boolean =>
  peer.dualStack || peer.address.family === family;

export function routesFor(peer: Peer, announced: readonly Announced[]): Routes {
  const heard = new Map<
    string,
    { prefix: Prefix; advertisements: Advertisement[]; endpoints: Endpoints[] }
  >();
  const inOrder = announced.toSorted((a, b) => compareServices(a.service, b.service));
  for (const { offers, endpoints } of inOrder) {
    for (const { prefix, advertisement } of offers) {
      if (!hears(peer, advertisement) || !carries(peer, prefix)) continue;
      const text = formatPrefix(prefix);
      const one = heard.get(text) ?? { prefix, advertisements: [], endpoints: [] };
      heard.set(text, one);
      one.advertisements.push(advertisement);
      one.endpoints.push(endpoints);
    }
  }
  return new Map(
    [...heard].map(([text, one]) => [text, routeOf({ ...one, endpoints: () => one.endpoints })]),
  );
}

export function routeOf({ prefix, advertisements, endpoints }: Heard): Route {
  const all = [...new Set(advertisements)];
  const weights = all.filter(({ extras }) => isWeighted(extras, prefix));
  return {
    prefix,
    localPref: all[0]?.localPref ?? 0,
    communities: united(
      all.map(({ communities }) => communities),
      uniteStandard,
    ),
    large: united(
      all.map(({ large }) => large),
      uniteLarge,
    ),
    med: lowest(all.map(({ extras }) => extras.med)),
    prepend: lowest(all.map(({ extras }) => extras.prepend)) ?? 0,
    weight:
      weights.length === 0
        ? null
        : {
            endpoints: countHere(endpoints(), prefix.family),
            transitive: weights.some(({ extras }) => extras.weighted?.transitive === true),
          },
  };
}

/** One list is taken as it is: thousands of routes share it. */
function united<T>(
  lists: readonly (readonly T[])[],
  unite: (values: readonly T[]) => readonly T[],
): readonly T[] {
  const [only, ...others] = lists;
  return only !== undefined && others.length === 0 ? only : unite(lists.flat());
}

function lowest(values: readonly (number | null)[]): number | null {
  const said = values.filter((value) => value !== null);
  return said.length === 0 ? null : Math.min(...said);
}

/** ServiceBGPStatus: the peers of this node that the advertisements of this very Service select, of any family. */
export const meantFor = (peers: Iterable<Peer>, offers: readonly Offer[]): readonly string[] =>
  [...peers]
    .filter((peer) => offers.some(({ advertisement }) => hears(peer, advertisement)))
    .map(({ name }) => name);

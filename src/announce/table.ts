/**
 * What each peer of a node should hear: all offers of all Services, one route a prefix.
 *
 * Where several say something of one prefix, communities are united and LOCAL_PREF is that of the oldest Service. One
 * Service's advertisements agree on it (`verdict.ts`); those of two Services on one prefix may not, and MetalLB
 * leaves it to chance then.
 */
import type { ServiceKey } from '../cluster/service.ts';
import { formatPrefix, type Prefix } from '../net/prefix.ts';
import type { LargeCommunity, StandardCommunity } from '../routes/community.ts';
import { uniteLarge, uniteStandard } from './advertisement.ts';
import type { Peer } from './peers.ts';
import { compareServices, type ServiceView } from './service.ts';
import type { Offer } from './verdict.ts';

export type Route = {
  readonly prefix: Prefix;
  /** Goes to internal peers only; 0 where none is set. */
  readonly localPref: number;
  readonly communities: readonly StandardCommunity[];
  readonly large: readonly LargeCommunity[];
  /** Whose addresses it carries, the oldest first. */
  readonly services: readonly ServiceKey[];
};

/** By the canonical text of the prefix. */
export type Routes = ReadonlyMap<string, Route>;

export type Announced = { readonly service: ServiceView; readonly offers: readonly Offer[] };

export const hears = (peer: Peer, { advertisement }: Offer): boolean =>
  advertisement.peers === null || advertisement.peers.has(peer.name);

/** Each session carries the family of its addresses, and the other one only where it is told to. */
export const carries = (peer: Peer, { family }: Prefix): boolean =>
  peer.dualStack || peer.address.family === family;

export function routesFor(peer: Peer, announced: readonly Announced[]): Routes {
  const routes = new Map<string, Route>();
  const inOrder = announced.toSorted((a, b) => compareServices(a.service, b.service));
  for (const { service, offers } of inOrder) {
    for (const offer of offers) {
      if (!hears(peer, offer) || !carries(peer, offer.prefix)) continue;
      const text = formatPrefix(offer.prefix);
      routes.set(text, joined(routes.get(text), offer, service.key));
    }
  }
  return routes;
}

function joined(route: Route | undefined, { prefix, advertisement }: Offer, key: ServiceKey): Route {
  const { localPref, communities, large } = advertisement;
  if (route === undefined) return { prefix, localPref, communities, large, services: [key] };
  return {
    prefix,
    localPref: route.localPref,
    communities: uniteStandard([...route.communities, ...communities]),
    large: uniteLarge([...route.large, ...large]),
    services: route.services.includes(key) ? route.services : [...route.services, key],
  };
}

/** ServiceBGPStatus: the peers of this node that the advertisements of this very Service select, of any family. */
export const meantFor = (peers: Iterable<Peer>, offers: readonly Offer[]): readonly string[] =>
  [...peers].filter((peer) => offers.some((offer) => hears(peer, offer))).map(({ name }) => name);

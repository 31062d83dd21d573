/** The routes that lead to an address, as peers and the nodes that advertise to each. Services of one kind share these lists. */
import type { Contribution } from '../../announce/decision/should-announce.ts';
import { carriesPrefix, isTargetPeer } from '../../announce/routes/routes.ts';
import { groupBy } from '../../base/list.ts';
import { compareText } from '../../base/text.ts';
import { formatAddress } from '../../net/address.ts';
import { formatPrefix } from '../../net/prefix.ts';
import type { ServiceKey } from '../../objects/service.ts';
import { type AnnouncingClass, announcingNodes, type BgpAnnouncements } from './bgp-announcements.ts';

/** Nodes that advertise a route to a peer. */
export type PeerNodes = { readonly peer: string; readonly nodes: readonly string[] };

/** The routes of one prefix; at least one. */
export type DeliveryRoutes = { readonly prefix: string; readonly via: readonly PeerNodes[] };

/** A route that a node advertises to a peer. */
export type DeliveryRoute = { readonly node: string; readonly peer: string; readonly prefix: string };

/** One by one, in the order of nodes and peers. */
export const eachRoute = (routes: readonly DeliveryRoutes[]): readonly DeliveryRoute[] =>
  routes
    .flatMap(({ prefix, via }) =>
      via.flatMap(({ peer, nodes }) => nodes.map((node): DeliveryRoute => ({ node, peer, prefix }))),
    )
    .sort(
      (a, b) => compareText(a.node, b.node) || compareText(a.peer, b.peer) || compareText(a.prefix, b.prefix),
    );

/** The number of single routes. */
export const countRoutes = (routes: readonly DeliveryRoutes[]): number =>
  routes.reduce((sum, { via }) => sum + via.reduce((own, { nodes }) => own + nodes.length, 0), 0);

/** Finds the routes of each address of a Service, by its text. */
export function deliveryRoutes(
  bgp: BgpAnnouncements,
): (service: ServiceKey) => ReadonlyMap<string, readonly DeliveryRoutes[]> {
  const shared = new WeakMap<readonly string[], Map<string, readonly PeerNodes[]>>();
  const viaOf = (
    announcing: AnnouncingClass,
    nodes: readonly string[],
    own: readonly Contribution[],
  ): readonly PeerNodes[] => {
    // Nodes of the whole class have one list for all Services.
    const known = nodes === announcing.nodes ? (shared.get(nodes) ?? new Map()) : null;
    if (known !== null) shared.set(nodes, known);
    const key = `${own[0]?.prefix.family} ${own.map(({ advertisement }) => advertisement.name).join(' ')}`;
    const via = known?.get(key) ?? peersOf(announcing, own).map((peer): PeerNodes => ({ peer, nodes }));
    known?.set(key, via);
    return via;
  };
  return (service) => {
    const found = new Map<string, Map<string, (readonly PeerNodes[])[]>>();
    for (const { announcing, decision, nodes } of announcingNodes(bgp, service)) {
      if (decision.kind !== 'announced') continue;
      for (const [address, ofAddress] of groupBy(decision.contributions, (it) => formatAddress(it.address))) {
        const byPrefix = found.get(address) ?? new Map<string, (readonly PeerNodes[])[]>();
        found.set(address, byPrefix);
        for (const [prefix, own] of groupBy(ofAddress, (it) => formatPrefix(it.prefix))) {
          const via = viaOf(announcing, nodes, own);
          const known = byPrefix.get(prefix);
          if (via.length === 0) continue;
          if (known === undefined) byPrefix.set(prefix, [via]);
          else known.push(via);
        }
      }
    }
    return new Map(
      [...found].map(([address, byPrefix]) => [
        address,
        [...byPrefix].map(([prefix, lists]): DeliveryRoutes => ({ prefix, via: joined(lists) })),
      ]),
    );
  };
}

/** The list of a single class is shared. */
const joined = (lists: readonly (readonly PeerNodes[])[]): readonly PeerNodes[] => {
  const [only = [], ...others] = lists;
  return others.length === 0 ? only : lists.flat();
};

/** The names of peers of the class that contributions to one prefix are for. */
export const peersOf = (
  { nodeConfig }: Pick<AnnouncingClass, 'nodeConfig'>,
  contributions: readonly Contribution[],
): readonly string[] =>
  [...nodeConfig.peers.active.values()]
    .filter((peer) =>
      contributions.some((it) => isTargetPeer(peer, it.advertisement) && carriesPrefix(peer, it.prefix)),
    )
    .map(({ name }) => name);

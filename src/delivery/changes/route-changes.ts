/** The routes that peers gain and lose by an edit, and those whose attributes change. */
import type { Peer } from '../../announce/config/peers.ts';
import { sameRoute } from '../../announce/routes/desired-routes.ts';
import { LOCAL_PREF_DEFAULT } from '../../announce/routes/path-builder.ts';
import type { DesiredRoute } from '../../announce/routes/routes.ts';
import { sameItems } from '../../base/list.ts';
import { rememberByObject } from '../../base/remember.ts';
import { compareText } from '../../base/text.ts';
import { formatLargeCommunity, formatStandardCommunity } from '../../bgp/attributes/community.ts';
import { formatAddress } from '../../net/address.ts';
import type { NodesRoute, RouteTable } from '../bgp/class-routes.ts';
import type { DeliveryRoutes } from '../bgp/delivery-routes.ts';
import type { AnnouncedState } from '../deliveries.ts';

export type PeerRouteChange = {
  readonly peer: string;
  /** Address of the router. */
  readonly router: string;
  readonly prefix: string;
  /** Nodes that advertise it; empty for no route. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** Other differences, for nodes that advertise it before and after: `MED none becomes 10`. */
  readonly otherwise: readonly string[];
  /** Services with an address in the prefix, before or after. */
  readonly services: readonly string[];
};

/** The routes of a prefix to one peer, each with its nodes. */
type PeerRoute = readonly NodesRoute[];

type PeerRoutes = {
  readonly peer: string;
  readonly router: string;
  /** Its AS is ours. */
  readonly isInternal: boolean;
  readonly tables: readonly ClassTable[];
};

/** The table of some of the nodes of its class. */
type ClassTable = {
  /** Those of a list of nodes that are of the class. */
  readonly own: (nodes: readonly string[]) => readonly string[];
  readonly isWhole: boolean;
  readonly table: RouteTable;
};

export function routeChanges(before: AnnouncedState, after: AnnouncedState): readonly PeerRouteChange[] {
  const [was, is] = [peerRoutes(before), peerRoutes(after)];
  const usersOf = servicesByRoute(before, after);
  return [...new Set([...was.keys(), ...is.keys()])]
    .flatMap((id): PeerRouteChange[] => {
      const [old, updated] = [was.get(id), is.get(id)];
      const of = updated ?? old;
      if (of === undefined) return [];
      const { peer, router, isInternal } = of;
      return [...prefixesIn(old, updated)].flatMap((prefix): PeerRouteChange[] => {
        const [oldRoutes, routes] = [routesOf(old, prefix), routesOf(updated, prefix)];
        const otherwise = attributeChanges(oldRoutes, routes, isInternal);
        if (otherwise.length === 0 && hasSameNodes(oldRoutes, routes)) return [];
        return [
          {
            ...{ peer, router, prefix, before: nodesOf(oldRoutes), after: nodesOf(routes), otherwise },
            services: usersOf(peer, prefix),
          },
        ];
      });
    })
    .sort(comparePlaces);
}

const comparePlaces = (a: PeerRouteChange, b: PeerRouteChange): number =>
  compareText(a.peer, b.peer) || compareText(a.router, b.router) || compareText(a.prefix, b.prefix);

const nodesOf = (routes: PeerRoute): readonly string[] =>
  routes.length === 1 ? (routes[0]?.nodes ?? []) : routes.flatMap(({ nodes }) => nodes).sort(compareText);

const hasSameNodes = (was: PeerRoute, is: PeerRoute): boolean =>
  was.length === is.length && was.every(({ nodes }, index) => sameItems(nodes, is[index]?.nodes ?? []))
    ? true
    : sameItems(nodesOf(was), nodesOf(is));

/** By peer and router. */
function peerRoutes({ announcements: { bgp } }: AnnouncedState): ReadonlyMap<string, PeerRoutes> {
  const found = new Map<string, PeerRoutes & { readonly tables: ClassTable[] }>();
  for (const one of bgp.classes) {
    const { nodes } = one;
    const isWhole = nodes.length === one.decisionClass.nodes.length;
    const own = (list: readonly string[]): readonly string[] => intersection(nodes, list);
    for (const peer of one.nodeConfig.peers.active.values()) {
      const router = formatAddress(peer.address);
      const id = `${peer.name} ${router}`;
      const known = found.get(id) ?? {
        ...{ peer: peer.name, router, isInternal: isInternalPeer(peer) },
        tables: [],
      };
      known.tables.push({ own, isWhole, table: one.routesTo(peer) });
      found.set(id, known);
    }
  }
  return found;
}

/** In order; the shorter list is gone through. */
const intersection = (a: readonly string[], b: readonly string[]): readonly string[] =>
  a.length < b.length ? a.filter((one) => membersOf(b).has(one)) : b.filter((one) => membersOf(a).has(one));

const membersOf = rememberByObject((list: readonly string[]): ReadonlySet<string> => new Set(list));

const prefixesIn = (...all: readonly (PeerRoutes | undefined)[]): ReadonlySet<string> =>
  new Set(all.flatMap((one) => one?.tables.flatMap(({ table }) => [...table.keys()]) ?? []));

function routesOf(peer: PeerRoutes | undefined, prefix: string): PeerRoute {
  const [only, ...others] = peer?.tables ?? [];
  if (only === undefined) return [];
  if (others.length === 0 && only.isWhole) return only.table.get(prefix) ?? [];
  return [only, ...others].flatMap(({ table, own, isWhole }) =>
    (table.get(prefix) ?? []).flatMap((one): PeerRoute => {
      if (isWhole) return [one];
      const nodes = own(one.nodes);
      return nodes.length === 0 ? [] : [{ route: one.route, nodes }];
    }),
  );
}

/** Finds the Services with an address in a prefix that a peer is advertised, before or after. */
function servicesByRoute(
  ...states: readonly AnnouncedState[]
): (peer: string, prefix: string) => readonly string[] {
  const byPrefix = new Map<string, { readonly service: string; readonly via: DeliveryRoutes['via'] }[]>();
  for (const { service, routes } of states.flatMap(({ deliveries }) => deliveries)) {
    for (const { prefix, via } of routes) {
      const known = byPrefix.get(prefix);
      if (known === undefined) byPrefix.set(prefix, [{ service, via }]);
      else known.push({ service, via });
    }
  }
  return (peer, prefix) => {
    const users = (byPrefix.get(prefix) ?? []).filter(({ via }) => via.some((one) => one.peer === peer));
    return [...new Set(users.map(({ service }) => service))].sort(compareText);
  };
}

const isInternalPeer = ({ peerASN, localASN, myASN }: Peer): boolean =>
  peerASN === 'internal' || peerASN === (localASN ?? myASN);

/** Nodes rarely differ in it: of several that do, the first one counts. */
function attributeChanges(was: PeerRoute, is: PeerRoute, isInternal: boolean): readonly string[] {
  const changed = was
    .flatMap((old) =>
      is.flatMap((updated) => {
        if (sameRoute(old.route, updated.route)) return [];
        const node = sameItems(old.nodes, updated.nodes)
          ? old.nodes[0]
          : firstInBoth(old.nodes, new Set(updated.nodes));
        return node === undefined ? [] : [{ node, old: old.route, updated: updated.route }];
      }),
    )
    .sort((a, b) => compareText(a.node, b.node));
  const [first] = changed;
  return first === undefined ? [] : describeChanges(first.old, first.updated, isInternal);
}

const firstInBoth = (nodes: readonly string[], others: ReadonlySet<string>): string | undefined =>
  nodes.find((node) => others.has(node));

/** LOCAL_PREF is sent to internal peers alone, and an AS path to external ones (RFC 4271 5.1.2, 5.1.5). */
function describeChanges(was: DesiredRoute, is: DesiredRoute, isInternal: boolean): readonly string[] {
  const localPref = ['LOCAL_PREF', localPrefText(was), localPrefText(is)] as const;
  const prepended = ['prepended AS numbers', String(was.prependCount), String(is.prependCount)] as const;
  const rows: readonly (readonly [name: string, was: string, is: string])[] = [
    ...(isInternal ? [localPref] : []),
    ['communities', communitiesText(was), communitiesText(is)],
    ['MED', String(was.med ?? 'none'), String(is.med ?? 'none')],
    ...(isInternal ? [] : [prepended]),
    ['weight', weightText(was), weightText(is)],
  ];
  return rows.filter(([, a, b]) => a !== b).map(([name, a, b]) => `${name} ${a} becomes ${b}`);
}

const localPrefText = ({ localPref }: DesiredRoute): string => String(localPref || LOCAL_PREF_DEFAULT);

const communitiesText = ({ communities, largeCommunities }: DesiredRoute): string =>
  [...communities.map(formatStandardCommunity), ...largeCommunities.map(formatLargeCommunity)].join(' ') ||
  'none';

const weightText = ({ weight }: DesiredRoute): string =>
  weight === null ? 'none' : `${weight.endpoints}${weight.transitive ? ' (transitive)' : ''}`;

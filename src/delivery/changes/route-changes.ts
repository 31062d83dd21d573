/** The routes that peers gain and lose by an edit, and those whose attributes change. */
import { sameRoute } from '../../announce/routes/desired-routes.ts';
import { LOCAL_PREF_DEFAULT } from '../../announce/routes/path-builder.ts';
import type { DesiredRoute } from '../../announce/routes/routes.ts';
import { compareText } from '../../base/text.ts';
import { formatLargeCommunity, formatStandardCommunity } from '../../bgp/attributes/community.ts';
import { formatAddress } from '../../net/address.ts';
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

type PeerRoute = {
  readonly peer: string;
  readonly router: string;
  readonly prefix: string;
  readonly byNode: Map<string, DesiredRoute>;
};

export function routeChanges(before: AnnouncedState, after: AnnouncedState): readonly PeerRouteChange[] {
  const [was, is] = [peerRoutes(before), peerRoutes(after)];
  const [usersBefore, usersAfter] = [servicesByRoute(before), servicesByRoute(after)];
  return [...new Set([...was.keys(), ...is.keys()])]
    .flatMap((id): PeerRouteChange[] => {
      const [old, updated] = [was.get(id), is.get(id)];
      const route = updated ?? old;
      if (route === undefined) return [];
      const [nodesBefore, nodesAfter] = [nodesOf(old), nodesOf(updated)];
      const otherwise = attributeChanges(old, updated);
      if (nodesBefore.join() === nodesAfter.join() && otherwise.length === 0) return [];
      const { peer, router, prefix } = route;
      const key = `${peer} ${prefix}`;
      const services = new Set([...(usersBefore.get(key) ?? []), ...(usersAfter.get(key) ?? [])]);
      return [
        {
          ...{ peer, router, prefix, before: nodesBefore, after: nodesAfter, otherwise },
          services: [...services].sort(compareText),
        },
      ];
    })
    .sort(comparePlaces);
}

const comparePlaces = (a: PeerRouteChange, b: PeerRouteChange): number =>
  compareText(a.peer, b.peer) || compareText(a.router, b.router) || compareText(a.prefix, b.prefix);

const nodesOf = (route: PeerRoute | undefined): readonly string[] =>
  [...(route?.byNode.keys() ?? [])].sort(compareText);

/** By peer, router and prefix. */
function peerRoutes({ announcements }: AnnouncedState): ReadonlyMap<string, PeerRoute> {
  const found = new Map<string, PeerRoute>();
  for (const [node, { sessions }] of announcements.bgp) {
    for (const { peer, routes } of sessions) {
      const router = formatAddress(peer.address);
      for (const [prefix, route] of routes) {
        const id = `${peer.name} ${router} ${prefix}`;
        const known = found.get(id) ?? { peer: peer.name, router, prefix, byNode: new Map() };
        known.byNode.set(node, route);
        found.set(id, known);
      }
    }
  }
  return found;
}

function servicesByRoute({ deliveries }: AnnouncedState): ReadonlyMap<string, ReadonlySet<string>> {
  const users = new Map<string, Set<string>>();
  for (const { service, routes } of deliveries) {
    for (const { peer, prefix } of routes) {
      const key = `${peer} ${prefix}`;
      users.set(key, (users.get(key) ?? new Set()).add(service));
    }
  }
  return users;
}

/** Nodes rarely differ in it: of several that do, the first one counts. */
function attributeChanges(old: PeerRoute | undefined, updated: PeerRoute | undefined): readonly string[] {
  for (const [node, was] of old?.byNode ?? []) {
    const is = updated?.byNode.get(node);
    if (is !== undefined && !sameRoute(was, is)) return describeChanges(was, is);
  }
  return [];
}

function describeChanges(was: DesiredRoute, is: DesiredRoute): readonly string[] {
  const rows: readonly (readonly [name: string, was: string, is: string])[] = [
    ['LOCAL_PREF', localPrefText(was), localPrefText(is)],
    ['communities', communitiesText(was), communitiesText(is)],
    ['MED', String(was.med ?? 'none'), String(is.med ?? 'none')],
    ['prepended AS numbers', String(was.prependCount), String(is.prependCount)],
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

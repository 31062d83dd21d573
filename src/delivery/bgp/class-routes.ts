/** The routes of a class of nodes to its peers: each is aggregated once, and has the nodes that advertise it. */
import type { Peer } from '../../announce/config/peers.ts';
import type { AnnounceDecision, Contribution } from '../../announce/decision/should-announce.ts';
import type { SpeakerService } from '../../announce/decision/speaker-service.ts';
import { sameRoute } from '../../announce/routes/desired-routes.ts';
import {
  aggregateRoute,
  carriesPrefix,
  type DesiredRoute,
  isTargetPeer,
} from '../../announce/routes/routes.ts';
import { lazy } from '../../base/lazy.ts';
import { compareText } from '../../base/text.ts';
import { formatPrefix, type Prefix } from '../../net/prefix.ts';
import { compareServiceAge } from '../../objects/service.ts';
import type { ClassDecision, DecisionClass, NodeDecision } from './class-decisions.ts';

/** A route, and the nodes that advertise it; in the order of names. */
export type NodesRoute = { readonly route: DesiredRoute; readonly nodes: readonly string[] };

/** By the prefix as text: the routes of nodes differ in weights, and in what aggregates contain. */
export type RouteTable = ReadonlyMap<string, readonly NodesRoute[]>;

/** What of an advertised prefix the Services of the class contribute, the oldest first. */
type PrefixMembers = { readonly prefix: Prefix; readonly members: ClassDecision[] };

/** The table for each peer of the class. Peers with the same family and advertisements share one. */
export function classRoutes(
  { nodes, decisions }: Pick<DecisionClass, 'nodes' | 'decisions'>,
  services: readonly SpeakerService[],
): (peer: Peer) => RouteTable {
  const index = lazy(() => indexOf(services, decisions));
  const named = lazy(() => targetedPeers(decisions));
  const tables = new Map<string, RouteTable>();
  return (peer) => {
    const key = `${peer.dualStack ? 'all' : peer.address.family} ${named().has(peer.name) ? peer.name : ''}`;
    const table = tables.get(key) ?? tableFor(peer, nodes, index());
    tables.set(key, table);
    return table;
  };
}

/** Peers that an advertisement names. All others are alike. */
function targetedPeers(decisions: DecisionClass['decisions']): ReadonlySet<string> {
  const names = new Set<string>();
  for (const advertisement of new Set(
    [...decisions.values()].flatMap((one) =>
      answersOf(one).flatMap((answer) => contributionsOf(answer.decision).map((it) => it.advertisement)),
    ),
  ))
    for (const name of advertisement.peers ?? []) names.add(name);
  return names;
}

const answersOf = ({ common, apart }: ClassDecision): readonly NodeDecision[] => [
  ...new Set([common, ...apart.values()]),
];

const contributionsOf = (decision: AnnounceDecision): readonly Contribution[] =>
  decision.kind === 'announced' ? decision.contributions : [];

function indexOf(
  services: readonly SpeakerService[],
  decisions: DecisionClass['decisions'],
): ReadonlyMap<string, PrefixMembers> {
  const index = new Map<string, PrefixMembers>();
  for (const { key } of services.toSorted(compareServiceAge)) {
    const one = decisions.get(key);
    if (one === undefined) continue;
    const prefixes = answersOf(one).flatMap(({ decision }) =>
      contributionsOf(decision).map((it) => it.prefix),
    );
    for (const [text, prefix] of new Map(prefixes.map((prefix) => [formatPrefix(prefix), prefix] as const))) {
      const known = index.get(text);
      if (known === undefined) index.set(text, { prefix, members: [one] });
      else known.members.push(one);
    }
  }
  return index;
}

function tableFor(
  peer: Peer,
  nodes: readonly string[],
  index: ReadonlyMap<string, PrefixMembers>,
): RouteTable {
  const table = new Map<string, readonly NodesRoute[]>();
  for (const [text, own] of index) {
    if (!carriesPrefix(peer, own.prefix)) continue;
    const routes = routesOf(peer, nodes, own);
    if (routes.length > 0) table.set(text, routes);
  }
  return table;
}

function routesOf(peer: Peer, nodes: readonly string[], own: PrefixMembers): readonly NodesRoute[] {
  const apart = new Set(own.members.flatMap((one) => [...one.apart.keys()]));
  const common = nodes.length > apart.size ? routeAt(peer, own, null) : null;
  const rest = apart.size === 0 ? nodes : nodes.filter((name) => !apart.has(name));
  const routes: { readonly route: DesiredRoute; readonly nodes: string[] }[] = [];
  for (const name of [...apart].sort(compareText)) {
    const route = routeAt(peer, own, name);
    if (route === null) continue;
    const same = routes.find((one) => sameRoute(one.route, route));
    if (same === undefined) routes.push({ route, nodes: [name] });
    else same.nodes.push(name);
  }
  if (common === null) return routes;
  const same = routes.find((one) => sameRoute(one.route, common));
  if (same === undefined) return [{ route: common, nodes: rest }, ...routes];
  const all = { route: common, nodes: [...rest, ...same.nodes].sort(compareText) };
  return routes.map((one) => (one === same ? all : one));
}

/** The route of a node whose answers are apart; of all others for null. */
function routeAt(peer: Peer, { prefix, members }: PrefixMembers, node: string | null): DesiredRoute | null {
  const contributing = members.flatMap((one) => {
    const { decision, endpoints } = (node === null ? undefined : one.apart.get(node)) ?? one.common;
    const advertisements = contributionsOf(decision)
      .filter((it) => isSamePrefix(it.prefix, prefix) && isTargetPeer(peer, it.advertisement))
      .map(({ advertisement }) => advertisement);
    return advertisements.length === 0 ? [] : [{ advertisements, endpoints }];
  });
  if (contributing.length === 0) return null;
  return aggregateRoute({
    prefix,
    advertisements: contributing.flatMap(({ advertisements }) => advertisements),
    endpoints: () => contributing.map(({ endpoints }) => endpoints),
  });
}

const isSamePrefix = (a: Prefix, b: Prefix): boolean =>
  a.length === b.length && a.bits === b.bits && a.family === b.family;

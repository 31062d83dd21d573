/**
 * What routers learn of the addresses of Services: prefixes that the same routers learn from the same nodes are one group. So five
 * hundred nodes and ten thousand prefixes are a few lines.
 */
import { groupBy } from '../base/list.ts';
import { rememberByObject } from '../base/remember.ts';
import { compareText } from '../base/text.ts';
import type { LearnedFrom, RouteGroup, RoutesOverview } from './announcing-document.ts';

/** The nodes that one router learns a prefix from. */
export type RouterRoute = { readonly router: string; readonly nodes: readonly string[] };

export type ServicePrefix = {
  readonly prefix: string;
  /** `namespace/name` of those with an address in it. */
  readonly services: readonly string[];
  /** Prefixes with the same routes may share the list, which makes them cheaper to compare. */
  readonly learned: readonly RouterRoute[];
};

/** Groups beyond are counted only. */
export const ROUTE_GROUPS_MAX = 40;
/** Prefixes of a group that are named. */
export const NAMED_PREFIXES_MAX = 3;

/** The groups with the most Services come first. A prefix may come more than once, each time with some of its routes. */
export function groupRoutes(by: RouteGroup['by'], prefixes: Iterable<ServicePrefix>): RoutesOverview {
  const merged = mergePrefixes(prefixes);
  const keyOf = rememberByObject((learned: readonly RouterRoute[]) =>
    JSON.stringify(learned.map(({ router, nodes }) => [router, nodes])),
  );
  const groups = [...groupBy(merged, ({ learned }) => keyOf(learned)).values()]
    .map((members) => describeGroup(by, members))
    .sort((a, b) => b.services - a.services || compareText(a.examples[0] ?? '', b.examples[0] ?? ''));
  return {
    groups: groups.slice(0, ROUTE_GROUPS_MAX),
    more: groups.slice(ROUTE_GROUPS_MAX).reduce((sum, { prefixes: count }) => sum + count, 0),
  };
}

export const joinRoutes = (all: readonly RoutesOverview[]): RoutesOverview => ({
  groups: all.flatMap(({ groups }) => groups),
  more: all.reduce((sum, { more }) => sum + more, 0),
});

/** Each prefix once, with its routes in one order. */
function mergePrefixes(prefixes: Iterable<ServicePrefix>): readonly ServicePrefix[] {
  const sorted = rememberByObject((learned: readonly RouterRoute[]) => mergeLearned([learned]));
  const merged = new Map<string, { services: Set<string>; readonly learned: Set<readonly RouterRoute[]> }>();
  for (const { prefix, services, learned } of prefixes) {
    const known = merged.get(prefix) ?? { services: new Set<string>(), learned: new Set() };
    merged.set(prefix, known);
    for (const service of services) known.services.add(service);
    known.learned.add(sorted(learned));
  }
  return [...merged].map(([prefix, { services, learned }]) => {
    const [only, ...others] = learned;
    return {
      ...{ prefix, services: [...services] },
      learned: only !== undefined && others.length === 0 ? only : mergeLearned([...learned]),
    };
  });
}

/** By router, with all nodes of all lists; a router that learns nothing is left out. */
function mergeLearned(lists: readonly (readonly RouterRoute[])[]): readonly RouterRoute[] {
  const byRouter = groupBy(lists.flat(), ({ router }) => router);
  return [...byRouter]
    .map(([router, routes]) => ({
      router,
      nodes: [...new Set(routes.flatMap(({ nodes }) => nodes))].sort(compareText),
    }))
    .filter(({ nodes }) => nodes.length > 0)
    .sort((a, b) => compareText(a.router, b.router));
}

function describeGroup(by: RouteGroup['by'], members: readonly ServicePrefix[]): RouteGroup {
  const names = members.map(({ prefix }) => prefix).sort(compareText);
  const services = new Set(members.flatMap((one) => one.services));
  const byNodes = groupBy(members[0]?.learned ?? [], ({ nodes }) => nodes.join(' '));
  const learned = [...byNodes.values()].flatMap((routes): readonly LearnedFrom[] => {
    const [first] = routes;
    return first === undefined ? [] : [{ routers: routes.map(({ router }) => router), nodes: first.nodes }];
  });
  return {
    ...{ by, prefixes: names.length, examples: names.slice(0, NAMED_PREFIXES_MAX) },
    ...{ services: services.size, learned },
  };
}

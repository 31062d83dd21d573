/** Lists of an Adj-RIB-Out, sorted by prefix, from the state of each prefix. */
import type { AdjRibOut, RibRoute } from '../../../../src/bgp/rib/adj-rib-out.ts';
import { comparePrefixes, type Prefix } from '../../../../src/net/prefix.ts';

type RouteOfPrefix = RibRoute & { readonly prefix: Prefix };

const routesOf = (rib: AdjRibOut): readonly RouteOfPrefix[] =>
  [...rib.prefixes()].sort(comparePrefixes).flatMap((prefix) => {
    const route = rib.routeOf(prefix);
    return route === null ? [] : [{ prefix, ...route }];
  });

export const advertisedRoutes = (rib: AdjRibOut) =>
  routesOf(rib).flatMap(({ prefix, advertised: path }) => (path === null ? [] : [{ prefix, path }]));

/** `path` is null for a withdrawal. */
export const pendingRoutes = (rib: AdjRibOut) =>
  routesOf(rib)
    .filter(({ isPending }) => isPending)
    .map(({ prefix, desired, failure }) => ({ prefix, path: failure === null ? desired : null }));

export const unsendableRoutes = (rib: AdjRibOut) =>
  routesOf(rib).flatMap(({ prefix, desired: path, failure }) =>
    path === null || failure === null ? [] : [{ prefix, path, failure }],
  );

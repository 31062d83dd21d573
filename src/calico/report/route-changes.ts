/** Difference between two router reports: the routes that routers lose, gain or change. */
import { compareText } from '../../base/text.ts';
import type { RouteReport, RouterReport } from './router-report.ts';

export type RouterRouteChange = {
  readonly router: string;
  readonly prefix: string;
  /** Nodes that the router sends traffic to; empty for no route. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** Other differences: AS path, communities. */
  readonly otherwise: readonly string[];
  /** Services with an address in the prefix, before or after. */
  readonly services: readonly string[];
};

export function diffRouterReports(
  before: readonly RouterReport[],
  after: readonly RouterReport[],
): readonly RouterRouteChange[] {
  const names = [...new Set([...before, ...after].map(({ address }) => address))];
  return names.flatMap((router) => {
    const [was, is] = [before, after].map(
      (all) =>
        new Map(all.find(({ address }) => address === router)?.routes.map((one) => [one.prefix, one]) ?? []),
    );
    const prefixes = [...new Set([...(was?.keys() ?? []), ...(is?.keys() ?? [])])].sort(compareText);
    return prefixes.flatMap((prefix) => diffRoute(router, prefix, was?.get(prefix), is?.get(prefix)));
  });
}

function diffRoute(
  router: string,
  prefix: string,
  was: RouteReport | undefined,
  is: RouteReport | undefined,
): readonly RouterRouteChange[] {
  const nodes = (route: RouteReport | undefined): readonly string[] =>
    route?.nextHops.map(({ node }) => node) ?? [];
  const [before, after] = [nodes(was), nodes(is)];
  const otherwise =
    was === undefined || is === undefined
      ? []
      : [
          ...describeDifference('AS path', was.asPath.join(' '), is.asPath.join(' ')),
          ...describeDifference('communities', was.communities.join(' '), is.communities.join(' ')),
        ];
  if (before.join() === after.join() && otherwise.length === 0) return [];
  const services = [...new Set([...(was?.services ?? []), ...(is?.services ?? [])])].sort(compareText);
  return [{ router, prefix, before, after, otherwise, services }];
}

const describeDifference = (what: string, was: string, is: string): readonly string[] =>
  was === is ? [] : [`${what} ${was || 'none'} becomes ${is || 'none'}`];

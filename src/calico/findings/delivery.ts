/** Finds addresses whose traffic routers send to nodes that cannot serve them: nodes without an endpoint of a Local Service. */
import type { Prefix } from '../../net/prefix.ts';
import { type ConvergedCluster, routerFamily } from '../cluster/converged-cluster.ts';
import { countedFamilies } from '../confd/service-announcement.ts';
import type { CalicoCluster } from '../objects/cluster.ts';
import type { CalicoService } from '../objects/services.ts';
import type { AssignedAddress } from './assigned-addresses.ts';

export type MisdirectedAddress = {
  readonly assigned: AssignedAddress;
  /** Name of the router. */
  readonly router: string;
  /** The router's most specific route to the address. */
  readonly prefix: Prefix;
  /** Next hops of the route that have no endpoint. */
  readonly nodes: readonly string[];
};

/** Nodes with an endpoint that Calico counts for the Service. */
export const endpointNodes = (cluster: CalicoCluster, service: CalicoService): ReadonlySet<string> =>
  nodesWithEndpoint(cluster, service, countedFamilies(service, cluster.behaviour));

function nodesWithEndpoint(
  { slices, behaviour }: CalicoCluster,
  { key }: CalicoService,
  families: readonly string[],
): ReadonlySet<string> {
  const countedSlices = (slices.get(key) ?? []).filter(({ addressType }) => families.includes(addressType));
  return new Set(
    countedSlices.flatMap(({ endpoints }) =>
      endpoints.filter(({ isReady }) => isReady || !behaviour.needsReadiness).map(({ node }) => node),
    ),
  );
}

/** Every pair of such an address and a router. An address that a Service of policy Cluster shares is served by all nodes. */
export function misdirectedAddresses(
  { routers, longestMatch, cluster }: ConvergedCluster,
  assigned: readonly AssignedAddress[],
): readonly MisdirectedAddress[] {
  return assigned.flatMap((one) => {
    if (!one.services.every(({ isLocal }) => isLocal)) return [];
    const serving = new Set(
      one.services.flatMap((service) => [...nodesWithEndpoint(cluster, service, service.families)]),
    );
    return routers.flatMap((router): readonly MisdirectedAddress[] => {
      if (routerFamily(router) !== one.address.family) return [];
      const route = longestMatch(router, one.address);
      // Traffic goes to the next hop, which is not the sender where next hops are kept.
      const nodes = route?.nextHops.map(({ node }) => node).filter((node) => !serving.has(node)) ?? [];
      return route === null || nodes.length === 0
        ? []
        : [{ assigned: one, router: router.name, prefix: route.prefix, nodes }];
    });
  });
}

/** Nodes that some router learns a route from, or sends traffic to. */
export function nodesOfLearnedRoutes({ routers, ribs }: ConvergedCluster): ReadonlySet<string> {
  const nodes = new Set<string>();
  // Thousands of routes share few lists.
  const seen = new Set<readonly unknown[]>();
  for (const router of routers) {
    for (const { senders, nextHops } of ribs[routerFamily(router)].allRoutes(router)) {
      if (!seen.has(senders)) for (const name of senders) nodes.add(name);
      if (!seen.has(nextHops)) for (const { node } of nextHops) nodes.add(node);
      seen.add(senders).add(nextHops);
    }
  }
  return nodes;
}

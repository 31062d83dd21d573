/** Addresses that do not arrive at every router of their family. */
import { familyOf, type Picture } from '../picture.ts';
import type { Shortfall } from './finding.ts';
import type { HeldAddress } from './held.ts';

/** Without these nobody can say where an address arrives. */
const NEEDED = ['Node', 'BGPPeer', 'BGPConfiguration'] as const;

export function shortfallsOf(
  { routers, routeTo, ranges, cluster }: Picture,
  held: readonly HeldAddress[],
  knows: (kind: string) => boolean,
): readonly Shortfall[] {
  if (!NEEDED.every(knows)) return [];
  return held.flatMap(({ address, text, services }) => {
    // Whether it is announced by itself depends on endpoints; where those are not known, nothing can be said.
    const missing = routers.filter(
      (one) => familyOf(one) === address.family && routeTo(one, address) === null,
    );
    const all = routers.filter((one) => familyOf(one) === address.family).length;
    if (missing.length === 0 && all > 0) return [];
    const listed = ranges.allowsLoadBalancer(address);
    if (listed && !knows('EndpointSlice') && needsEndpoints(services, cluster.configuration.aggregation))
      return [];
    return [
      {
        address: text,
        family: address.family,
        services: services.map(({ key }) => key),
        listed,
        routers: missing.map(({ name }) => name),
        nowhere: missing.length === all,
      },
    ];
  });
}

const needsEndpoints = (services: HeldAddress['services'], aggregation: boolean): boolean =>
  !aggregation || services.some(({ local }) => local);

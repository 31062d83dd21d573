/** Addresses that do not arrive at every router of their family. */
import { type ConvergedCluster, routerFamily } from '../cluster/converged-cluster.ts';
import type { AssignedAddress } from './assigned-addresses.ts';
import type { UnlearnedAddress } from './finding.ts';

/** Without these nobody can say where an address arrives. */
const REQUIRED_KINDS = ['Node', 'BGPPeer', 'BGPConfiguration'] as const;

export function unlearnedAddresses(
  { routers, longestMatch, ranges, cluster }: ConvergedCluster,
  assigned: readonly AssignedAddress[],
  isKindKnown: (kind: string) => boolean,
): readonly UnlearnedAddress[] {
  if (!REQUIRED_KINDS.every(isKindKnown)) return [];
  return assigned.flatMap(({ address, text, services }) => {
    // Whether it is announced by itself depends on endpoints; where those are not known, nothing can be said.
    const missing = routers.filter(
      (one) => routerFamily(one) === address.family && longestMatch(one, address) === null,
    );
    const routerCount = routers.filter((one) => routerFamily(one) === address.family).length;
    if (missing.length === 0 && routerCount > 0) return [];
    const isListed = ranges.allowsLoadBalancer(address);
    if (
      isListed &&
      !isKindKnown('EndpointSlice') &&
      needsEndpoints(services, cluster.configuration.aggregation)
    )
      return [];
    return [
      {
        address: text,
        family: address.family,
        services: services.map(({ key }) => key),
        isListed,
        missingRouters: missing.map(({ name }) => name),
        isLearnedNowhere: missing.length === routerCount,
      },
    ];
  });
}

const needsEndpoints = (services: AssignedAddress['services'], aggregation: boolean): boolean =>
  !aggregation || services.some(({ isLocal }) => isLocal);

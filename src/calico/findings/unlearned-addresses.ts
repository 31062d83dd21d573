/** Finds the addresses that some router of their family does not learn. */
import type { KnownKinds } from '../../findings/read-kinds.ts';
import { prefixContains } from '../../net/prefix.ts';
import { type ConvergedCluster, routerFamily } from '../cluster/converged-cluster.ts';
import { prefixesOf } from '../confd/service-ranges.ts';
import type { AssignedAddress } from './assigned-addresses.ts';
import type { UnlearnedAddress } from './finding.ts';

/** Kinds without which the learned routes are unknown. */
const REQUIRED_KINDS = ['Node', 'BGPPeer', 'BGPConfiguration'] as const;

type KindsShown = Pick<KnownKinds, 'isKindKnown' | 'isKindComplete'>;

/** Whether the learned routes can be computed from the input. */
export const areRoutesKnown = ({ isKindKnown, isKindComplete }: KindsShown): boolean =>
  REQUIRED_KINDS.every(isKindKnown) && isKindComplete('Node');

export function unlearnedAddresses(
  { routers, longestMatch, ranges, cluster }: ConvergedCluster,
  assigned: readonly AssignedAddress[],
  kinds: KindsShown,
): readonly UnlearnedAddress[] {
  if (!areRoutesKnown(kinds)) return [];
  return assigned.flatMap(({ address, text, services }) => {
    const missing = routers.filter(
      (one) => routerFamily(one) === address.family && longestMatch(one, address) === null,
    );
    const routerCount = routers.filter((one) => routerFamily(one) === address.family).length;
    if (missing.length === 0 && routerCount > 0) return [];
    const hasHostRoutes = ranges.allowsLoadBalancer(address);
    // Host routes depend on endpoints; without EndpointSlices it is unknown whether they exist.
    if (
      hasHostRoutes &&
      !kinds.isKindKnown('EndpointSlice') &&
      needsEndpoints(services, cluster.configuration.aggregation)
    )
      return [];
    return [
      {
        address: text,
        family: address.family,
        services: services.map(({ key }) => key),
        // Ranges of externalIPs and ClusterIPs are announced as a whole, whatever has addresses in them.
        isListed: hasHostRoutes || prefixesOf(ranges.aggregated).some((one) => prefixContains(one, address)),
        missingRouters: missing.map(({ name }) => name),
        isLearnedNowhere: missing.length === routerCount,
      },
    ];
  });
}

const needsEndpoints = (services: AssignedAddress['services'], aggregation: boolean): boolean =>
  !aggregation || services.some(({ isLocal }) => isLocal);

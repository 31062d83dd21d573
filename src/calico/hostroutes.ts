/**
 * Which addresses of a Service a node announces one by one (confd, `routes.go`), in the order in which it asks. The
 * answer 'unchanged' is Calico's own: without any EndpointSlice it neither announces nor withdraws.
 */
import type { Address } from '../net/address.ts';
import type { CalicoService, CalicoSlice } from './objects/services.ts';
import type { ServiceRanges } from './ranges.ts';
import type { Behaviour } from './version.ts';

export type HostRoutes = readonly Address[] | 'unchanged';

export type HostRouteContext = {
  readonly ranges: ServiceRanges;
  /** LB aggregation is on. */
  readonly aggregation: boolean;
  readonly behaviour: Behaviour;
};

const NONE: readonly Address[] = [];

const TYPES: ReadonlySet<string> = new Set(['ClusterIP', 'NodePort', 'LoadBalancer']);

/** `slices` are those known of the Service; `node` is the name of a node that is not excluded. */
export function hostRoutes(
  service: CalicoService,
  slices: readonly CalicoSlice[],
  node: string,
  context: HostRouteContext,
): HostRoutes {
  if (!TYPES.has(service.type) || service.clusterIPs.length === 0) return NONE;
  if (slices.length === 0) return 'unchanged';
  return isAnnounced(service, slices, node, context) ? announcedAddresses(service, context) : NONE;
}

function isAnnounced(
  service: CalicoService,
  slices: readonly CalicoSlice[],
  node: string,
  { ranges, aggregation, behaviour }: HostRouteContext,
): boolean {
  if (!service.local) {
    if (hitsSingle(service, ranges, behaviour)) return true;
    if (aggregation) return false;
  }
  return slices.some(
    ({ addressType, endpoints }) =>
      service.families.includes(addressType) &&
      endpoints.some(
        ({ ready, node: its }) => (ready || !behaviour.needsReadiness) && (!service.local || its === node),
      ),
  );
}

/** An address with an entry of its own is announced whatever its endpoints, for the policy Cluster. */
function hitsSingle(service: CalicoService, ranges: ServiceRanges, { matchesStatus }: Behaviour): boolean {
  const { type, loadBalancerIP, statusIPs, externalIPs } = service;
  if (externalIPs.some(ranges.isSingleExternal)) return true;
  if (type !== 'LoadBalancer') return false;
  if (loadBalancerIP !== null && ranges.isSingleLoadBalancer(loadBalancerIP)) return true;
  return matchesStatus && statusIPs.some(ranges.isSingleLoadBalancer);
}

function announcedAddresses(service: CalicoService, { ranges }: HostRouteContext): readonly Address[] {
  return [
    ...(ranges.hasClusterRanges ? service.clusterIPs : []),
    ...service.externalIPs.filter(ranges.allowsExternal),
    ...(service.type === 'LoadBalancer' ? service.statusIPs.filter(ranges.allowsLoadBalancer) : []),
  ];
}

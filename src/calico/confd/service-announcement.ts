/**
 * Resolves which nodes announce which addresses of a Service as host routes (confd, `routes.go`). The result 'unchanged'
 * is Calico's own behaviour: for a Service without any EndpointSlice it neither announces nor withdraws.
 */
import type { Address } from '../../net/address.ts';
import type { CalicoService, CalicoSlice } from '../objects/services.ts';
import type { CalicoBehaviour } from '../objects/version.ts';
import type { ServiceRanges } from './service-ranges.ts';

export type AnnouncementContext = {
  readonly ranges: ServiceRanges;
  /** LB aggregation is on. */
  readonly aggregation: boolean;
  readonly behaviour: CalicoBehaviour;
};

/** The nodes that announce a Service, of those that are not excluded, and the announced addresses. */
export type ServiceAnnouncement = {
  readonly nodes: 'everywhere' | ReadonlySet<string>;
  readonly addresses: readonly Address[];
};

const NOT_ANNOUNCED: ServiceAnnouncement = { nodes: new Set(), addresses: [] };

const TYPES: ReadonlySet<string> = new Set(['ClusterIP', 'NodePort', 'LoadBalancer']);

/** `slices` are those of the Service. */
export function resolveAnnouncement(
  service: CalicoService,
  slices: readonly CalicoSlice[],
  context: AnnouncementContext,
): ServiceAnnouncement | 'unchanged' {
  if (!TYPES.has(service.type) || service.clusterIPs.length === 0) return NOT_ANNOUNCED;
  if (slices.length === 0) return 'unchanged';
  const nodes = announcingNodes(service, slices, context);
  return nodes === null ? NOT_ANNOUNCED : { nodes, addresses: announcedAddresses(service, context) };
}

/** Null for none. */
function announcingNodes(
  service: CalicoService,
  slices: readonly CalicoSlice[],
  { ranges, aggregation, behaviour }: AnnouncementContext,
): ServiceAnnouncement['nodes'] | null {
  if (!service.isLocal) {
    if (matchesSingleEntry(service, ranges, behaviour)) return 'everywhere';
    if (aggregation) return null;
  }
  const nodes = new Set<string>();
  const families = countedFamilies(service, behaviour);
  for (const { addressType, endpoints } of slices) {
    if (!families.includes(addressType)) continue;
    for (const { isReady, node } of endpoints) {
      if (!isReady && behaviour.needsReadiness) continue;
      if (!service.isLocal) return 'everywhere';
      nodes.add(node);
    }
  }
  return nodes.size === 0 ? null : nodes;
}

/** The address types of the slices that count. */
export function countedFamilies(
  { families, clusterIPs }: Pick<CalicoService, 'families' | 'clusterIPs'>,
  { countsFirstFamilyOnly }: Pick<CalicoBehaviour, 'countsFirstFamilyOnly'>,
): readonly string[] {
  return countsFirstFamilyOnly ? clusterIPs.slice(0, 1).map(({ family }) => `IPv${family}`) : families;
}

/** With policy Cluster, an address with a single-address entry is announced whatever its endpoints are. */
function matchesSingleEntry(
  service: CalicoService,
  ranges: ServiceRanges,
  { matchesStatus }: CalicoBehaviour,
): boolean {
  const { type, loadBalancerIP, statusIPs, externalIPs } = service;
  if (externalIPs.some(ranges.isSingleExternal)) return true;
  if (type !== 'LoadBalancer') return false;
  if (loadBalancerIP !== null && ranges.isSingleLoadBalancer(loadBalancerIP)) return true;
  return matchesStatus && statusIPs.some(ranges.isSingleLoadBalancer);
}

function announcedAddresses(service: CalicoService, { ranges }: AnnouncementContext): readonly Address[] {
  return [
    ...(ranges.hasClusterRanges ? service.clusterIPs : []),
    ...service.externalIPs.filter(ranges.allowsExternal),
    ...(service.type === 'LoadBalancer' ? service.statusIPs.filter(ranges.allowsLoadBalancer) : []),
  ];
}

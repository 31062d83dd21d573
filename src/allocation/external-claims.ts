/**
 * External claims: the Services that Calico's LoadBalancer controller assigns addresses to. The allocator is given
 * them as data, like the pools. It leaves a claimed Service alone, since each allocator would overwrite the other.
 */
import { type IpamClaims, isClaimed, requestsCalicoAddress } from '../calico/objects/load-balancer-ipam.ts';
import type { Service } from '../objects/service.ts';
import { type AssignedCondition, conditionUnknown } from './condition-reasons.ts';

/** The claims in a cluster whose addresses Calico announces by BGP. */
export type ExternalClaims = {
  /** Of Calico's LoadBalancer controller; null where it is off. An annotation for Calico is a claim even then. */
  readonly ipam: IpamClaims | null;
};

/** The condition of a Service of type LoadBalancer that Calico claims; null where it does not. */
export function externalClaimCondition(
  claims: ExternalClaims | null,
  service: Service,
): AssignedCondition | null {
  if (claims === null) return null;
  if (requestsCalicoAddress(service)) return conditionUnknown('CalicoAllocates', REQUESTED_BY_ANNOTATION);
  if (claims.ipam === null || !isClaimed(claims.ipam, service)) return null;
  return conditionUnknown(
    'CalicoAllocates',
    `Calico's LoadBalancer controller (${claims.ipam.mode}) assigns addresses to this Service. Set assignIPs: RequestedServicesOnly in KubeControllersConfiguration default, or give the Service a loadBalancerClass that Berth manages.`,
  );
}

const REQUESTED_BY_ANNOTATION =
  "The Service asks Calico for an address by annotation. Remove its projectcalico.org/ annotations to get an address from one of Berth's pools.";

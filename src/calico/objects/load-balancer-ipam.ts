/**
 * Decides which Services Calico's own LoadBalancer controller assigns addresses to (kube-controllers,
 * `loadbalancer_controller.go`). It is idle until an IPPool allows the use `LoadBalancer`, and then overwrites what
 * other allocators assign.
 */

import { fieldsOf, type Raw, textOf } from '../../base/json.ts';
import { CALICO_REQUEST_ANNOTATIONS } from '../../objects/annotations.ts';
import { nameOf, specOf } from '../../objects/metadata.ts';
import { resourceKind } from '../../objects/resource-kind.ts';
import type { Service } from '../../objects/service.ts';
import { readCluster } from './cluster.ts';
import { decodeClusterObjects } from './cluster-object.ts';
import type { CalicoPool } from './pools.ts';
import type { CalicoBehaviour } from './version.ts';

/** Plain data: equal values claim equal Services. */
export type IpamClaims = {
  readonly mode: 'AllServices' | 'RequestedServicesOnly';
  /** Names of the IPPools that it assigns from. */
  readonly pools: readonly string[];
  /** Which fields of a Service this version of Calico reads. */
  readonly scope: Exclude<CalicoBehaviour['ipam'], 'none'>;
};

/** The fields of a Service of type LoadBalancer that decide whether Calico claims it. */
export type ClaimableService = Pick<Service, 'annotations' | 'loadBalancerClass' | 'loadBalancerIP'>;

const OWN_CLASS = 'calico';

/** Whether an annotation of the Service requests an address from Calico. */
export const requestsCalicoAddress = ({ annotations }: Pick<Service, 'annotations'>): boolean =>
  CALICO_REQUEST_ANNOTATIONS.some((name) => Object.hasOwn(annotations, name));

/** Whether Calico's LoadBalancer controller assigns addresses to this Service of type LoadBalancer. */
export function isClaimed({ mode, scope }: IpamClaims, service: ClaimableService): boolean {
  const loadBalancerClass = service.loadBalancerClass ?? '';
  if (loadBalancerClass !== '' && loadBalancerClass !== OWN_CLASS && scope !== 'any-class') return false;
  if (mode === 'AllServices' || loadBalancerClass === OWN_CLASS || requestsCalicoAddress(service))
    return true;
  return scope === 'by-class-or-address' && service.loadBalancerIP !== '';
}

/** Null where it claims no Service. `configuration` is KubeControllersConfiguration `default`; null if not known. */
export function readIpamClaims(
  { ipam }: CalicoBehaviour,
  pools: readonly CalicoPool[],
  configuration: Raw | null,
): IpamClaims | null {
  const poolNames = pools
    .filter(({ loadBalancer, disabled }) => loadBalancer && !disabled)
    .map(({ name }) => name);
  const mode = assignmentMode(configuration);
  if (ipam === 'none' || poolNames.length === 0 || mode === null) return null;
  return { mode, pools: poolNames, scope: ipam };
}

/** The kinds of Calico's objects that decide it. */
export const IPAM_CLAIM_KINDS: ReadonlySet<string> = new Set([
  'IPPool',
  'KubeControllersConfiguration',
  'ClusterInformation',
]);

/** As above, from raw objects of `IPAM_CLAIM_KINDS`; other kinds are ignored. */
export function ipamClaimsFrom(objects: readonly Raw[]): IpamClaims | null {
  const { behaviour, pools } = readCluster(
    decodeClusterObjects(
      objects.filter((raw) => ['IPPool', 'ClusterInformation'].includes(resourceKind(raw))),
    ),
  );
  const configuration = objects.find(
    (raw) => resourceKind(raw) === 'KubeControllersConfiguration' && nameOf(raw) === 'default',
  );
  return readIpamClaims(behaviour, pools, configuration ?? null);
}

/** The running configuration takes precedence over the spec; null where the controller is off. */
function assignmentMode(configuration: Raw | null): IpamClaims['mode'] | null {
  if (configuration === null) return 'AllServices';
  const running = fieldsOf(fieldsOf(configuration['status'])['runningConfig'])['controllers'];
  const controllers = fieldsOf(running ?? specOf(configuration)['controllers']);
  // Objects of older versions lack the block, and the controller is then off.
  if (controllers['loadBalancer'] === undefined) return running === undefined ? 'AllServices' : null;
  const assignIPs = textOf(fieldsOf(controllers['loadBalancer'])['assignIPs']);
  return assignIPs === 'RequestedServicesOnly' ? assignIPs : 'AllServices';
}

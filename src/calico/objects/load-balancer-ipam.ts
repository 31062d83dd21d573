/**
 * Which Services Calico's own LoadBalancer controller takes (kube-controllers, `loadbalancer_controller.go`): it sleeps
 * until there is an IPPool for load balancers, and then overwrites what others assign.
 */

import { fieldsOf, mapOf, metadataOf, nameOf, type Raw, specOf, textOf } from '../../base/json.ts';
import { CALICO_REQUEST_ANNOTATIONS } from '../../objects/annotations.ts';
import { readCluster } from './cluster.ts';
import type { CalicoPool } from './pools.ts';
import type { CalicoBehaviour } from './version.ts';

export type IpamClaims = {
  readonly mode: 'AllServices' | 'RequestedServicesOnly';
  /** Names of the IPPools that it takes addresses from. */
  readonly pools: readonly string[];
  /** Whether it takes a Service of type LoadBalancer, given as it is stored. */
  readonly claims: (service: Raw) => boolean;
};

const OWN_CLASS = 'calico';

/** Whether a Service asks Calico for an address by annotation. */
export const requestsCalicoAddress = (service: Raw): boolean => {
  const annotations = mapOf(metadataOf(service)['annotations']);
  return CALICO_REQUEST_ANNOTATIONS.some((name) => Object.hasOwn(annotations, name));
};

/** Null where it takes none. `configuration` is KubeControllersConfiguration `default`, null where it is not known. */
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
  return {
    mode,
    pools: poolNames,
    claims(service) {
      const spec = specOf(service);
      const loadBalancerClass = textOf(spec['loadBalancerClass']);
      const isForeign = loadBalancerClass !== '' && loadBalancerClass !== OWN_CLASS && ipam !== 'any-class';
      if (isForeign) return false;
      if (mode === 'AllServices' || loadBalancerClass === OWN_CLASS || requestsCalicoAddress(service))
        return true;
      return ipam === 'by-class-or-address' && textOf(spec['loadBalancerIP']) !== '';
    },
  };
}

/** The same of raw objects, with the version that they say. */
export function ipamClaimsFrom(objects: readonly Raw[]): IpamClaims | null {
  const { behaviour, pools } = readCluster(
    objects.filter(({ kind }) => kind === 'IPPool' || kind === 'ClusterInformation'),
  );
  const configuration = objects.find(
    (raw) => raw['kind'] === 'KubeControllersConfiguration' && nameOf(raw) === 'default',
  );
  return readIpamClaims(behaviour, pools, configuration ?? null);
}

/** What runs counts more than what is asked for; null where the controller is off. */
function assignmentMode(configuration: Raw | null): IpamClaims['mode'] | null {
  if (configuration === null) return 'AllServices';
  const running = fieldsOf(fieldsOf(configuration['status'])['runningConfig'])['controllers'];
  const controllers = fieldsOf(running ?? specOf(configuration)['controllers']);
  // Objects that older versions made lack the block, and then it is off.
  if (controllers['loadBalancer'] === undefined) return running === undefined ? 'AllServices' : null;
  const assignIPs = textOf(fieldsOf(controllers['loadBalancer'])['assignIPs']);
  return assignIPs === 'RequestedServicesOnly' ? assignIPs : 'AllServices';
}

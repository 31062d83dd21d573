/**
 * Which Services Calico's own LoadBalancer controller takes (kube-controllers, `loadbalancer_controller.go`): it sleeps
 * until there is an IPPool for load balancers, and then overwrites what others assign.
 */

import { CALICO_WISHES } from '../cluster/annotations.ts';
import { fieldsOf, mapOf, metadataOf, nameOf, type Raw, specOf, textOf } from '../cluster/fields.ts';
import { readCluster } from './objects/cluster.ts';
import type { CalicoPool } from './objects/pools.ts';
import type { Behaviour } from './version.ts';

export type Claims = {
  readonly mode: 'AllServices' | 'RequestedServicesOnly';
  /** Names of the IPPools that it takes addresses from. */
  readonly pools: readonly string[];
  /** Whether it takes a Service of type LoadBalancer, given as it is stored. */
  readonly takes: (service: Raw) => boolean;
};

const OWN_CLASS = 'calico';

/** Whether a Service asks Calico for an address by annotation. */
export const asksCalico = (service: Raw): boolean => {
  const annotations = mapOf(metadataOf(service)['annotations']);
  return CALICO_WISHES.some((name) => Object.hasOwn(annotations, name));
};

/** Null where it takes none. `configuration` is KubeControllersConfiguration `default`, null where it is not known. */
export function calicoClaims(
  { ipam }: Behaviour,
  pools: readonly CalicoPool[],
  configuration: Raw | null,
): Claims | null {
  const own = pools.filter(({ loadBalancer, disabled }) => loadBalancer && !disabled).map(({ name }) => name);
  const mode = modeOf(configuration);
  if (ipam === 'none' || own.length === 0 || mode === null) return null;
  return {
    mode,
    pools: own,
    takes(service) {
      const spec = specOf(service);
      const itsClass = textOf(spec['loadBalancerClass']);
      const isForeign = itsClass !== '' && itsClass !== OWN_CLASS && ipam !== 'any-class';
      if (isForeign) return false;
      if (mode === 'AllServices' || itsClass === OWN_CLASS || asksCalico(service)) return true;
      return ipam === 'by-class-or-address' && textOf(spec['loadBalancerIP']) !== '';
    },
  };
}

/** The same of raw objects, with the version that they say. */
export function calicoClaimsOf(objects: readonly Raw[]): Claims | null {
  const { behaviour, pools } = readCluster(
    objects.filter(({ kind }) => kind === 'IPPool' || kind === 'ClusterInformation'),
  );
  const configuration = objects.find(
    (raw) => raw['kind'] === 'KubeControllersConfiguration' && nameOf(raw) === 'default',
  );
  return calicoClaims(behaviour, pools, configuration ?? null);
}

/** What runs counts more than what is asked for; null where the controller is off. */
function modeOf(configuration: Raw | null): Claims['mode'] | null {
  if (configuration === null) return 'AllServices';
  const running = fieldsOf(fieldsOf(configuration['status'])['runningConfig'])['controllers'];
  const controllers = fieldsOf(running ?? specOf(configuration)['controllers']);
  // Objects that older versions made lack the block, and then it is off.
  if (controllers['loadBalancer'] === undefined) return running === undefined ? 'AllServices' : null;
  const said = textOf(fieldsOf(controllers['loadBalancer'])['assignIPs']);
  return said === 'RequestedServicesOnly' ? said : 'AllServices';
}

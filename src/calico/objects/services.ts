/** Services and EndpointSlices as Calico reads them: no class, no ports, no annotations. */
import type { Address } from '../../net/address.ts';
import type { Endpoint, EndpointSlice } from '../../objects/endpoint-slice.ts';
import type { Ingress, Service, ServiceKey } from '../../objects/service.ts';
import { readAddress } from './prefixes.ts';

/** The fields of a Service that the model of Calico and its findings depend on. */
export type CalicoServiceFields = Pick<
  Service,
  | 'key'
  | 'type'
  | 'loadBalancerClass'
  | 'annotations'
  | 'clusterIPs'
  | 'externalIPs'
  | 'ipFamilies'
  | 'loadBalancerIP'
  | 'externalTrafficPolicy'
> & { readonly ingress: readonly Pick<Ingress, 'ip'>[] };

/** A copy without all other fields of a Service. */
export const toCalicoServiceFields = (service: CalicoServiceFields): CalicoServiceFields => ({
  key: service.key,
  type: service.type,
  loadBalancerClass: service.loadBalancerClass,
  annotations: service.annotations,
  clusterIPs: service.clusterIPs,
  externalIPs: service.externalIPs,
  ipFamilies: service.ipFamilies,
  loadBalancerIP: service.loadBalancerIP,
  externalTrafficPolicy: service.externalTrafficPolicy,
  ingress: service.ingress.map(({ ip }) => ({ ip })),
});

export type CalicoService = {
  readonly key: ServiceKey;
  readonly type: string;
  /** Empty for a headless Service, and for one that has none. */
  readonly clusterIPs: readonly Address[];
  readonly externalIPs: readonly Address[];
  readonly loadBalancerIP: Address | null;
  /** Addresses in its status; host names are left out. */
  readonly statusIPs: readonly Address[];
  /** `IPv4`, `IPv6`: slices of other address types are ignored. */
  readonly families: readonly string[];
  /** externalTrafficPolicy is Local; any other value counts as Cluster. */
  readonly isLocal: boolean;
};

/** The fields of an EndpointSlice that the model of Calico depends on. */
export type CalicoSlice = Pick<EndpointSlice, 'namespace' | 'name' | 'service' | 'addressType'> & {
  readonly endpoints: readonly Pick<Endpoint, 'node' | 'isReady'>[];
};

const readAddresses = (texts: readonly string[]): readonly Address[] =>
  texts.map(readAddress).filter((one) => one !== null);

export function toCalicoService(service: CalicoServiceFields): CalicoService {
  const [clusterIP = ''] = service.clusterIPs;
  const isHeadless = clusterIP === '' || clusterIP === 'None';
  return {
    key: service.key,
    type: service.type || 'ClusterIP',
    clusterIPs: isHeadless ? [] : readAddresses(service.clusterIPs),
    externalIPs: readAddresses(service.externalIPs),
    loadBalancerIP: readAddress(service.loadBalancerIP),
    statusIPs: readAddresses(service.ingress.map(({ ip }) => ip ?? '')),
    families: service.ipFamilies,
    isLocal: service.externalTrafficPolicy === 'Local',
  };
}

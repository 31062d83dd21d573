/** EndpointSlices (`discovery.k8s.io/v1`). */
import { fieldsOf, listOf, type Raw, textOf, textsOf } from '../base/json.ts';
import { labelsOf, nameOf, namespaceOf } from './metadata.ts';
import { type ServiceKey, serviceKey } from './service.ts';

export type Endpoint = {
  /** '' where the endpoint names no node. */
  readonly node: string;
  readonly addresses: readonly string[];
  /** An absent condition counts as ready (`EndpointConditions`). */
  readonly isReady: boolean;
  /** The condition `serving` is true: also while the endpoint terminates. */
  readonly isServing: boolean;
};

export type EndpointSlice = {
  readonly namespace: string;
  readonly name: string;
  /** The Service in the label `kubernetes.io/service-name`; null where there is no such label. */
  readonly service: ServiceKey | null;
  /** `IPv4`, `IPv6` or `FQDN`. */
  readonly addressType: string;
  readonly endpoints: readonly Endpoint[];
};

/** A slice belongs to the Service in this label, whatever the slice's own name is. */
export const SERVICE_NAME_LABEL = 'kubernetes.io/service-name';

/** Selects the slices of Services that can have an address: headless Services have as many as all others. */
export const SERVICE_SLICE_SELECTOR = `${SERVICE_NAME_LABEL},!service.kubernetes.io/headless`;

/** Null for an object without a name. */
export function decodeEndpointSlice(raw: Raw): EndpointSlice | null {
  const [name, namespace] = [nameOf(raw), namespaceOf(raw)];
  if (name === '') return null;
  const labels = labelsOf(raw);
  const service = Object.hasOwn(labels, SERVICE_NAME_LABEL) ? (labels[SERVICE_NAME_LABEL] ?? '') : '';
  return {
    namespace,
    name,
    service: service === '' ? null : serviceKey(namespace, service),
    addressType: textOf(raw['addressType']),
    endpoints: listOf(raw['endpoints']).map(decodeEndpoint),
  };
}

function decodeEndpoint(raw: unknown): Endpoint {
  const { nodeName, addresses, conditions } = fieldsOf(raw);
  const { ready, serving } = fieldsOf(conditions);
  return {
    node: textOf(nodeName),
    addresses: textsOf(addresses),
    isReady: ready !== false,
    isServing: serving === true,
  };
}

/** Where a Service has endpoints that can be used, from its EndpointSlices. */
import { type ServiceKey, serviceKey } from '../cluster/service.ts';
import { identityOf } from '../config/identity.ts';
import { fieldsOf, listOf, type Raw, textOf, textsOf } from './fields.ts';

export type Endpoints = {
  /** Also those without a node, or on one that nobody knows. */
  readonly anywhere: boolean;
  /** By node, the addresses of usable endpoints, each once. */
  readonly onNode: ReadonlyMap<string, ReadonlySet<string>>;
};

export const NO_ENDPOINTS: Endpoints = { anywhere: false, onNode: new Map() };

/** A slice belongs to the Service in this label, whatever it is called itself. */
const SERVICE_LABEL = 'kubernetes.io/service-name';

/** Slices of all Services, by the Service. */
export function slicesByService(raws: readonly unknown[]): ReadonlyMap<ServiceKey, readonly unknown[]> {
  const byService = new Map<ServiceKey, unknown[]>();
  for (const raw of raws) {
    const { namespace, labels } = identityOf(raw);
    const name = Object.hasOwn(labels, SERVICE_LABEL) ? (labels[SERVICE_LABEL] ?? '') : '';
    if (name === '') continue;
    const key = serviceKey(namespace, name);
    const list = byService.get(key);
    if (list === undefined) byService.set(key, [raw]);
    else list.push(raw);
  }
  return byService;
}

/** `slices` are those of one Service, of either address family: MetalLB makes no difference between the two. */
export function endpointsOf(slices: readonly unknown[]): Endpoints {
  let anywhere = false;
  const onNode = new Map<string, Set<string>>();
  for (const slice of slices) {
    for (const endpoint of listOf(fieldsOf(slice)['endpoints']).map(fieldsOf)) {
      if (!isUsable(endpoint)) continue;
      anywhere = true;
      const node = textOf(endpoint['nodeName']);
      if (node === '') continue;
      const addresses = onNode.get(node) ?? new Set<string>();
      onNode.set(node, addresses);
      for (const address of textsOf(endpoint['addresses'])) addresses.add(address);
    }
  }
  return { anywhere, onNode };
}

/**
 * MetalLB: ready, or nobody said otherwise, or at least serving, also while it terminates. Kubernetes means an absent
 * `ready` as ready (discovery/v1, EndpointConditions).
 */
function isUsable(endpoint: Raw): boolean {
  const { ready, serving } = fieldsOf(endpoint['conditions']);
  return ready === undefined || ready === null || ready === true || serving === true;
}

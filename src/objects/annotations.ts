/** Annotations of Services and Nodes that are read or written here. */

export const ANNOTATION_PREFIXES = ['metallb.io/', 'metallb.universe.tf/', 'berth.dev/'] as const;

/** The pool that the Service's addresses come from; the controller writes it. */
export const ALLOCATED_FROM_ANNOTATION = 'metallb.io/ip-allocated-from-pool';

/** `keep` or `replace`: whether addresses that another writer put into the status stay. */
export const FOREIGN_ADDRESSES_ANNOTATION = 'berth.dev/foreign-addresses';

/** Annotations by which a Service requests something: the current key first, then the deprecated one. */
export const REQUEST_ANNOTATIONS = {
  pool: ['metallb.io/address-pool', 'metallb.universe.tf/address-pool'],
  addresses: ['metallb.io/loadBalancerIPs', 'metallb.universe.tf/loadBalancerIPs'],
  sharing: ['metallb.io/allow-shared-ip', 'metallb.universe.tf/allow-shared-ip'],
} as const;

export type RequestAnnotation = keyof typeof REQUEST_ANNOTATIONS;

/** The value of a request annotation and its key; MetalLB: the current key wins where it is present, even if empty. */
export function readRequestAnnotation(
  annotations: Readonly<Record<string, string>>,
  request: RequestAnnotation,
): { readonly key: string; readonly value: string; readonly deprecated: boolean } | null {
  for (const [index, key] of REQUEST_ANNOTATIONS[request].entries()) {
    const value = annotations[key];
    if (value !== undefined) return { key, value, deprecated: index > 0 };
  }
  return null;
}

/** With any of these a Service requests an address from Calico's own allocator. */
export const CALICO_REQUEST_ANNOTATIONS: readonly string[] = [
  'projectcalico.org/ipv4pools',
  'projectcalico.org/ipv6pools',
  'projectcalico.org/loadBalancerIPs',
];

/** Whether a decoded Service keeps an annotation. */
export const isRelevantAnnotation = (key: string): boolean =>
  ANNOTATION_PREFIXES.some((prefix) => key.startsWith(prefix)) || CALICO_REQUEST_ANNOTATIONS.includes(key);

/** Whether a decoded Node keeps an annotation: calico-node stores its own node there. */
export const isRelevantNodeAnnotation = (key: string): boolean => key.startsWith('projectcalico.org/');

/** Annotations that steer or record an assignment, and how they are read. */

export const ANNOTATION_PREFIXES = ['metallb.io/', 'metallb.universe.tf/', 'berth.dev/'] as const;

/** Written by us: the pool that the Service's addresses come from. */
export const ALLOCATED_FROM_ANNOTATION = 'metallb.io/ip-allocated-from-pool';

/** `keep` or `replace`: what becomes of addresses that somebody else wrote on this Service. */
export const FOREIGN_ADDRESSES_ANNOTATION = 'berth.dev/foreign-addresses';

/** The user's wishes, each under its present and its deprecated key. */
export const REQUEST_ANNOTATIONS = {
  pool: ['metallb.io/address-pool', 'metallb.universe.tf/address-pool'],
  addresses: ['metallb.io/loadBalancerIPs', 'metallb.universe.tf/loadBalancerIPs'],
  sharing: ['metallb.io/allow-shared-ip', 'metallb.universe.tf/allow-shared-ip'],
} as const;

export type RequestAnnotation = keyof typeof REQUEST_ANNOTATIONS;

/** What an annotation says and under which key; MetalLB: the new key wins if it is there, even when empty. */
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

/** By these a Service asks Calico's own allocator for an address. */
export const CALICO_REQUEST_ANNOTATIONS: readonly string[] = [
  'projectcalico.org/ipv4pools',
  'projectcalico.org/ipv6pools',
  'projectcalico.org/loadBalancerIPs',
];

/** Whether we keep an annotation when we cut an object down: ours, and those that say a wish, to others too. */
export const isRelevantAnnotation = (key: string): boolean =>
  ANNOTATION_PREFIXES.some((prefix) => key.startsWith(prefix)) || CALICO_REQUEST_ANNOTATIONS.includes(key);

/** Annotations of Services and Nodes that are read or written here. */

import { limitText } from '../base/limited-text.ts';
import { ownValue } from '../base/own-value.ts';

/** The pool that the Service's addresses come from; the controller writes it. */
export const ALLOCATED_FROM_ANNOTATION = 'metallb.io/ip-allocated-from-pool';

/** `keep` or `replace`: whether addresses that another writer put into the status stay. */
export const FOREIGN_ADDRESSES_ANNOTATION = 'berth.dev/foreign-addresses';

/** Of a ServiceL2Status: the node that its owner hands the Service over to. `berth l2 rebalance` writes it. */
export const HAND_OVER_ANNOTATION = 'berth.dev/hand-over-to';

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

/** Every annotation that is read of a Service; a decoded Service keeps no other. */
export const SERVICE_ANNOTATIONS: readonly string[] = [
  ALLOCATED_FROM_ANNOTATION,
  FOREIGN_ADDRESSES_ANNOTATION,
  ...Object.values(REQUEST_ANNOTATIONS).flat(),
  ...CALICO_REQUEST_ANNOTATIONS,
];

/** Characters of an annotation that are kept: two addresses, or the name of a pool, have far fewer. */
export const ANNOTATION_CHARS_MAX = 1024;

/** The annotations of a Service that are read, each limited to `ANNOTATION_CHARS_MAX`. */
export function decodeServiceAnnotations(annotations: Readonly<Record<string, unknown>>) {
  const kept: Record<string, string> = {};
  for (const key of SERVICE_ANNOTATIONS) {
    const text = ownValue(annotations, key);
    if (typeof text === 'string') kept[key] = limitText(text, ANNOTATION_CHARS_MAX);
  }
  return kept;
}

/** Prefixes of annotations that are read of configuration objects: those of MetalLB, Calico and Berth. */
const CONFIGURATION_PREFIXES = ['berth.dev/', 'metallb.io/', 'metallb.universe.tf/', 'projectcalico.org/'];

/** The annotations of a configuration object that may be read, each limited to `ANNOTATION_CHARS_MAX`. */
export const relevantAnnotations = (annotations: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(
    Object.entries(annotations).flatMap(([key, value]) => {
      if (!CONFIGURATION_PREFIXES.some((prefix) => key.startsWith(prefix))) return [];
      return [[key, typeof value === 'string' ? limitText(value, ANNOTATION_CHARS_MAX) : value]];
    }),
  );

/** Whether a decoded Node keeps an annotation: calico-node stores its own node there. */
export const isRelevantNodeAnnotation = (key: string): boolean => key.startsWith('projectcalico.org/');

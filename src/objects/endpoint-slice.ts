/** Where a Service has endpoints that can be used, from its EndpointSlices, as one node sees it. */

import { fieldsOf, listOf, type Raw, textOf, textsOf } from '../base/json.ts';
import { compareText } from '../base/text.ts';
import type { Family } from '../net/address.ts';
import { identityOf } from './identity.ts';
import { type ServiceKey, serviceKey } from './service.ts';

export type Endpoints = {
  /** Also those without a node, or on one that nobody knows. */
  readonly hasAny: boolean;
  /** Addresses on this node, sorted and each once. */
  readonly ready: readonly string[];
  /** Those that are not ready, but serve; most of them while they terminate. */
  readonly serving: readonly string[];
};

export const NO_ENDPOINTS: Endpoints = { hasAny: false, ready: [], serving: [] };

/** Thousands of slices are like this to a node. */
const REMOTE_ENDPOINTS: Endpoints = { hasAny: true, ready: [], serving: [] };

/** Of an EndpointSlice: whose it is, '' for nobody's, and what it counts for. */
export type SliceEndpoints = { readonly service: ServiceKey; readonly endpoints: Endpoints };

/** A slice belongs to the Service in this label, whatever it is called itself. */
const SERVICE_LABEL = 'kubernetes.io/service-name';

export function readEndpointSlice(raw: unknown, node: string): SliceEndpoints {
  const { namespace, labels } = identityOf(raw);
  const name = Object.hasOwn(labels, SERVICE_LABEL) ? (labels[SERVICE_LABEL] ?? '') : '';
  return { service: name === '' ? '' : serviceKey(namespace, name), endpoints: readEndpoints(raw, node) };
}

function readEndpoints(raw: unknown, node: string): Endpoints {
  const addresses = { ready: new Set<string>(), serving: new Set<string>() };
  let hasAny = false;
  for (const endpoint of listOf(fieldsOf(raw)['endpoints']).map(fieldsOf)) {
    const readiness = readinessOf(endpoint);
    if (readiness === null) continue;
    hasAny = true;
    if (node === '' || textOf(endpoint['nodeName']) !== node) continue;
    for (const address of textsOf(endpoint['addresses'])) addresses[readiness].add(address);
  }
  return compactEndpoints(hasAny, addresses);
}

/**
 * MetalLB: ready, or nobody said otherwise, or at least serving, also while it terminates. Kubernetes means an absent
 * `ready` as ready (discovery/v1, EndpointConditions).
 */
function readinessOf(endpoint: Raw): 'ready' | 'serving' | null {
  const { ready, serving } = fieldsOf(endpoint['conditions']);
  if (ready === undefined || ready === null || ready === true) return 'ready';
  return serving === true ? 'serving' : null;
}

type LocalAddresses = { readonly ready: ReadonlySet<string>; readonly serving: ReadonlySet<string> };

function compactEndpoints(hasAny: boolean, { ready, serving }: LocalAddresses): Endpoints {
  if (!hasAny) return NO_ENDPOINTS;
  if (ready.size + serving.size === 0) return REMOTE_ENDPOINTS;
  return { hasAny, ready: [...ready].sort(compareText), serving: [...serving].sort(compareText) };
}

/** Of several slices of one Service, of either address family: MetalLB makes no difference between the two. */
export function joinEndpoints(parts: readonly Endpoints[]): Endpoints {
  const [only, ...others] = parts;
  if (only !== undefined && others.length === 0) return only;
  const hasAny = parts.some((part) => part.hasAny);
  return compactEndpoints(hasAny, {
    ready: new Set(parts.flatMap(({ ready }) => ready)),
    serving: new Set(parts.flatMap(({ serving }) => serving)),
  });
}

/** Of all Services, by the Service. */
export function endpointsByService(
  raws: readonly unknown[],
  node: string,
): ReadonlyMap<ServiceKey, Endpoints> {
  const parts = new Map<ServiceKey, Endpoints[]>();
  for (const raw of raws) {
    const { service, endpoints } = readEndpointSlice(raw, node);
    const known = parts.get(service);
    if (known === undefined) parts.set(service, [endpoints]);
    else known.push(endpoints);
  }
  return new Map([...parts].map(([service, list]) => [service, joinEndpoints(list)]));
}

export const hasLocalEndpoints = ({ ready, serving }: Endpoints): boolean =>
  ready.length + serving.length > 0;

/**
 * How many different ones share the traffic for an address of this family. As in kube-proxy, those that only serve
 * count where none is ready.
 */
export function countLocalEndpoints(all: readonly Endpoints[], family: Family): number {
  const count = (readiness: 'ready' | 'serving'): number =>
    new Set(all.flatMap((one) => one[readiness]).filter((text) => text.includes(':') === (family === 6)))
      .size;
  return count('ready') || count('serving');
}

export const sameEndpoints = (a: Endpoints, b: Endpoints): boolean =>
  a === b ||
  (a.hasAny === b.hasAny && a.ready.join() === b.ready.join() && a.serving.join() === b.serving.join());

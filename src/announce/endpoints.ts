/** Where a Service has endpoints that can be used, from its EndpointSlices, as one node sees it. */

import { compareText } from '../base/text.ts';
import { fieldsOf, listOf, type Raw, textOf, textsOf } from '../cluster/fields.ts';
import { type ServiceKey, serviceKey } from '../cluster/service.ts';
import { identityOf } from '../config/identity.ts';
import type { Family } from '../net/address.ts';

export type Endpoints = {
  /** Also those without a node, or on one that nobody knows. */
  readonly anywhere: boolean;
  /** Addresses on this node, sorted and each once. */
  readonly ready: readonly string[];
  /** Those that are not ready, but serve; most of them while they terminate. */
  readonly serving: readonly string[];
};

export const NO_ENDPOINTS: Endpoints = { anywhere: false, ready: [], serving: [] };

/** Thousands of slices are like this to a node. */
const ELSEWHERE: Endpoints = { anywhere: true, ready: [], serving: [] };

/** Of an EndpointSlice: whose it is, '' for nobody's, and what it counts for. */
export type SliceView = { readonly owner: ServiceKey; readonly endpoints: Endpoints };

/** A slice belongs to the Service in this label, whatever it is called itself. */
const SERVICE_LABEL = 'kubernetes.io/service-name';

export function readSlice(raw: unknown, node: string): SliceView {
  const { namespace, labels } = identityOf(raw);
  const name = Object.hasOwn(labels, SERVICE_LABEL) ? (labels[SERVICE_LABEL] ?? '') : '';
  return { owner: name === '' ? '' : serviceKey(namespace, name), endpoints: readEndpoints(raw, node) };
}

function readEndpoints(raw: unknown, node: string): Endpoints {
  const found = { ready: new Set<string>(), serving: new Set<string>() };
  let anywhere = false;
  for (const endpoint of listOf(fieldsOf(raw)['endpoints']).map(fieldsOf)) {
    const use = useOf(endpoint);
    if (use === null) continue;
    anywhere = true;
    if (node === '' || textOf(endpoint['nodeName']) !== node) continue;
    for (const address of textsOf(endpoint['addresses'])) found[use].add(address);
  }
  return compacted(anywhere, found);
}

/**
 * MetalLB: ready, or nobody said otherwise, or at least serving, also while it terminates. Kubernetes means an absent
 * `ready` as ready (discovery/v1, EndpointConditions).
 */
function useOf(endpoint: Raw): 'ready' | 'serving' | null {
  const { ready, serving } = fieldsOf(endpoint['conditions']);
  if (ready === undefined || ready === null || ready === true) return 'ready';
  return serving === true ? 'serving' : null;
}

type Found = { readonly ready: ReadonlySet<string>; readonly serving: ReadonlySet<string> };

function compacted(anywhere: boolean, { ready, serving }: Found): Endpoints {
  if (!anywhere) return NO_ENDPOINTS;
  if (ready.size + serving.size === 0) return ELSEWHERE;
  return { anywhere, ready: [...ready].sort(compareText), serving: [...serving].sort(compareText) };
}

/** Of several slices of one Service, of either address family: MetalLB makes no difference between the two. */
export function joinEndpoints(parts: readonly Endpoints[]): Endpoints {
  const [only, ...others] = parts;
  if (only !== undefined && others.length === 0) return only;
  const anywhere = parts.some((part) => part.anywhere);
  return compacted(anywhere, {
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
    const { owner, endpoints } = readSlice(raw, node);
    const known = parts.get(owner);
    if (known === undefined) parts.set(owner, [endpoints]);
    else known.push(endpoints);
  }
  return new Map([...parts].map(([owner, list]) => [owner, joinEndpoints(list)]));
}

export const areHere = ({ ready, serving }: Endpoints): boolean => ready.length + serving.length > 0;

/**
 * How many different ones share the traffic for an address of this family. As in kube-proxy, those that only serve
 * count where none is ready.
 */
export function countHere(all: readonly Endpoints[], family: Family): number {
  const count = (use: 'ready' | 'serving'): number =>
    new Set(all.flatMap((one) => one[use]).filter((text) => text.includes(':') === (family === 6))).size;
  return count('ready') || count('serving');
}

export const sameEndpoints = (a: Endpoints, b: Endpoints): boolean =>
  a === b ||
  (a.anywhere === b.anywhere && a.ready.join() === b.ready.join() && a.serving.join() === b.serving.join());

/**
 * An EndpointSlice, summed up by node: on which nodes a Service has endpoints, and of which kind. The controller caches this
 * instead of the addresses of all endpoints.
 */
import type { Family } from '../../net/address.ts';
import type { Endpoint, EndpointSlice } from '../../objects/endpoint-slice.ts';

/** The endpoints of a slice on one node. */
export type EndpointSummary = {
  /** Some endpoint is ready. */
  readonly hasReady: boolean;
  /** Some endpoint is not. */
  readonly hasUnready: boolean;
  /** Families of the usable endpoints: those that are ready or serving. */
  readonly families: readonly Family[];
};

export type SliceSummary = Omit<EndpointSlice, 'endpoints'> & {
  /** There is a usable endpoint, on whichever node or on none. */
  readonly hasUsable: boolean;
  /** By the name of the node; '' for endpoints without one. */
  readonly byNode: ReadonlyMap<string, EndpointSummary>;
};

export const sliceKey = ({ namespace, name }: Pick<EndpointSlice, 'namespace' | 'name'>): string =>
  `${namespace}/${name}`;

export function summarizeSlice({ endpoints, ...slice }: EndpointSlice): SliceSummary {
  const flags = new Map<string, number>();
  for (const endpoint of endpoints)
    flags.set(endpoint.node, (flags.get(endpoint.node) ?? 0) | flagsOf(endpoint));
  return {
    hasUsable: endpoints.some(isUsable),
    byNode: new Map([...flags].map(([node, flag]) => [node, sharedSummary(flag)])),
    ...slice,
  };
}

/** Whether two versions of a slice say the same. */
export const sameSliceSummary = (a: SliceSummary, b: SliceSummary): boolean =>
  a.service === b.service &&
  a.addressType === b.addressType &&
  a.hasUsable === b.hasUsable &&
  a.byNode.size === b.byNode.size &&
  [...a.byNode].every(([node, summary]) => b.byNode.get(node) === summary);

/** Of several slices of one Service. */
export const joinSummaries = (a: EndpointSummary, b: EndpointSummary): EndpointSummary =>
  sharedSummary(flagOf(a) | flagOf(b));

const READY = 1;
const UNREADY = 2;
const USABLE = { 4: 4, 6: 8 } as const;

const isUsable = ({ isReady, isServing }: Endpoint): boolean => isReady || isServing;

function flagsOf(endpoint: Endpoint): number {
  const base = endpoint.isReady ? READY : UNREADY;
  if (!isUsable(endpoint)) return base;
  return endpoint.addresses.reduce((flag, text) => flag | USABLE[text.includes(':') ? 6 : 4], base);
}

/** Sixteen values stand for all endpoints of a cluster; equal ones are the same object. */
const SHARED: readonly EndpointSummary[] = Array.from({ length: 16 }, (_, flag) =>
  Object.freeze({
    hasReady: (flag & READY) !== 0,
    hasUnready: (flag & UNREADY) !== 0,
    families: ([4, 6] as const).filter((family) => (flag & USABLE[family]) !== 0),
  }),
);

const NO_ENDPOINTS: EndpointSummary = { hasReady: false, hasUnready: false, families: [] };

const sharedSummary = (flag: number): EndpointSummary => SHARED[flag] ?? NO_ENDPOINTS;

const flagOf = ({ hasReady, hasUnready, families }: EndpointSummary): number =>
  families.reduce<number>(
    (flag, family) => flag | USABLE[family],
    (hasReady ? READY : 0) | (hasUnready ? UNREADY : 0),
  );

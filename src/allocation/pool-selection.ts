/**
 * Which pools a Service may take from, and in which order they are tried (MetalLB's rules, made deterministic):
 * first those whose `serviceAllocation` lets it in, by priority and then name; then those that have none, by
 * name. A pool that a Service asks for by annotation need not be `autoAssign`, but must let it in.
 */
import { compareText } from '../base/text.ts';
import type { Pool, ServiceAllocation } from '../config/pool/pool.ts';
import type { PoolSet, PoolState } from '../config/pool/pool-set.ts';
import { type Labels, selectorMatches } from '../objects/selector.ts';
import { type Service, splitServiceKey } from '../objects/service.ts';

export type NamespaceLabelLookup = (namespace: string) => Labels;

/** A pool that is active: what grants. */
export type ActivePool = PoolState & { readonly active: Pool };

export const isActivePool = (state: PoolState): state is ActivePool => state.active !== null;

/** Whether the object is right as it is now; if not, it may still be active in its last good version. */
export const isValidPool = ({ issues }: PoolState): boolean => issues.length === 0;

/** As the ledger has them: where several list an address, the oldest is its home. */
export const poolsByAge = (poolSet: PoolSet): readonly ActivePool[] =>
  [...poolSet.byName.values()]
    .filter(isActivePool)
    .sort((a, b) => a.active.createdAt - b.active.createdAt || compareText(a.name, b.name));

/** The pools in the order in which they are tried, sorted once for a whole book. */
export type PoolOrder = {
  readonly withAllocation: readonly ActivePool[];
  readonly withoutAllocation: readonly ActivePool[];
};

export function orderPools(poolSet: PoolSet): PoolOrder {
  const automatic = [...poolSet.byName.values()]
    .filter(isActivePool)
    .filter((state) => state.active.autoAssign);
  const priority = (state: ActivePool): number => state.active.serviceAllocation?.priority ?? Infinity;
  return {
    withAllocation: automatic
      .filter((state) => state.active.serviceAllocation !== null)
      // Infinity minus Infinity is no number, hence the comparison.
      .sort((a, b) =>
        priority(a) === priority(b) ? compareText(a.name, b.name) : priority(a) < priority(b) ? -1 : 1,
      ),
    withoutAllocation: automatic
      .filter((state) => state.active.serviceAllocation === null)
      .sort((a, b) => compareText(a.name, b.name)),
  };
}

/** The pools that may serve `service` unasked, in the order in which they are tried. */
export function candidatePools(
  order: PoolOrder,
  service: Service,
  labelsOf: NamespaceLabelLookup,
): readonly ActivePool[] {
  if (order.withAllocation.length === 0) return order.withoutAllocation;
  const admitting = order.withAllocation.filter(
    (state) => explainExclusion(state.active, service, labelsOf) === null,
  );
  return admitting.length === 0 ? order.withoutAllocation : [...admitting, ...order.withoutAllocation];
}

/** Null if the pool's `serviceAllocation` lets the Service in, else the rule that does not, as the end of a sentence. */
export function explainExclusion(
  pool: Pool,
  service: Service,
  labelsOf: NamespaceLabelLookup,
): string | null {
  if (pool.serviceAllocation === null) return null;
  const { namespace } = splitServiceKey(service.key);
  if (!admitsNamespace(pool.serviceAllocation, namespace, labelsOf)) {
    return `its serviceAllocation does not include the namespace ${namespace}`;
  }
  const { serviceSelectors } = pool.serviceAllocation;
  if (serviceSelectors.length > 0 && !serviceSelectors.some((one) => selectorMatches(one, service.labels))) {
    return 'none of the serviceSelectors of its serviceAllocation matches the labels of this Service';
  }
  return null;
}

/** Selectors that match no namespace let nobody in, also not those who ask (MetalLB lets everybody in then). */
function admitsNamespace(
  allocation: ServiceAllocation,
  namespace: string,
  labelsOf: NamespaceLabelLookup,
): boolean {
  const { namespaces, namespaceSelectors } = allocation;
  if (namespaces.length === 0 && namespaceSelectors.length === 0) return true;
  if (namespaces.includes(namespace)) return true;
  return namespaceSelectors.some((selector) => selectorMatches(selector, labelsOf(namespace)));
}

/**
 * Pool selection: the pools that may assign addresses to a Service, in order (MetalLB's rules, made deterministic). First
 * those whose `serviceAllocation` matches, by priority and then name; then those without one, by name. A pool that a
 * Service requests by annotation need not have `autoAssign`, but must admit the Service.
 */

import { compareText } from '../base/text.ts';
import type { Pool, ServiceAllocation } from '../config/pool/pool.ts';
import type { PoolSet, PoolState } from '../config/pool/pool-set.ts';
import { compareCreation } from '../objects/metadata.ts';
import { areOversized, LABELS_CHARS_MAX, type Labels, selectorMatches } from '../objects/selector.ts';
import { type Service, splitServiceKey } from '../objects/service.ts';

export type NamespaceLabelLookup = (namespace: string) => Labels;

/** A pool of which some version is active, and grants addresses. */
export type ActivePool = PoolState & { readonly active: Pool };

export const isActivePool = (state: PoolState): state is ActivePool => state.active !== null;

/** Whether the object is valid now; if not, its last valid version may be active. */
export const isValidPool = ({ issues }: PoolState): boolean => issues.length === 0;

/** The oldest first: where several pools list an address, it belongs to the oldest. */
export const poolsByAge = (poolSet: PoolSet): readonly ActivePool[] =>
  [...poolSet.byName.values()]
    .filter(isActivePool)
    .sort((a, b) => compareCreation(a.active, b.active) || compareText(a.name, b.name));

/** The pools with `autoAssign` in the order in which they are tried, sorted once for a pool set. */
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
      // Infinity minus Infinity is NaN, hence the comparison.
      .sort((a, b) =>
        priority(a) === priority(b) ? compareText(a.name, b.name) : priority(a) < priority(b) ? -1 : 1,
      ),
    withoutAllocation: automatic
      .filter((state) => state.active.serviceAllocation === null)
      .sort((a, b) => compareText(a.name, b.name)),
  };
}

/**
 * The pools that assign addresses to `service` automatically: those that are bound to it by their `serviceAllocation`,
 * then those for all Services, each in the order in which they are tried. A bound pool that has one family of two goes
 * before a pool for all that has both, as with MetalLB.
 */
export function candidatePoolGroups(
  order: PoolOrder,
  service: Service,
  labelsOf: NamespaceLabelLookup,
): readonly (readonly ActivePool[])[] {
  if (order.withAllocation.length === 0) return [order.withoutAllocation];
  const bound = order.withAllocation.filter(
    (state) => explainExclusion(state.active, service, labelsOf) === null,
  );
  return bound.length === 0 ? [order.withoutAllocation] : [bound, order.withoutAllocation];
}

/** All of them in one list. */
export function candidatePools(
  order: PoolOrder,
  service: Service,
  labelsOf: NamespaceLabelLookup,
): readonly ActivePool[] {
  const [first = [], ...rest] = candidatePoolGroups(order, service, labelsOf);
  return rest.length === 0 ? first : [...first, ...rest.flat()];
}

/** Null if the pool's `serviceAllocation` admits the Service, else the rule that does not, as the end of a sentence. */
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
    return areOversized(service.labels)
      ? `this Service has more than ${LABELS_CHARS_MAX} characters of labels, so no serviceSelector of its serviceAllocation matches them`
      : 'none of the serviceSelectors of its serviceAllocation matches the labels of this Service';
  }
  return null;
}

/** Selectors that match no namespace admit no Service, not even by annotation (MetalLB admits every Service then). */
export function admitsNamespace(
  allocation: ServiceAllocation,
  namespace: string,
  labelsOf: NamespaceLabelLookup,
): boolean {
  const { namespaces, namespaceSelectors } = allocation;
  if (namespaces.length === 0 && namespaceSelectors.length === 0) return true;
  if (namespaces.includes(namespace)) return true;
  return namespaceSelectors.some((selector) => selectorMatches(selector, labelsOf(namespace)));
}

/**
 * Which pools a Service may take from, and in which order they are tried (MetalLB's rules, made deterministic):
 * first those whose `serviceAllocation` lets it in, by priority and then name; then those that have none, by
 * name. A pool that a Service asks for by annotation need not be `autoAssign`, but must let it in.
 */
import { compareText } from '../base/text.ts';
import { type Labels, selectorMatches } from '../cluster/selector.ts';
import { type Service, splitServiceKey } from '../cluster/service.ts';
import type { Allocation, Pool } from '../config/pool.ts';
import type { PoolBook, PoolState } from '../config/pools.ts';

export type NamespaceLabels = (namespace: string) => Labels;

/** A pool that is active: what grants. */
export type ActivePool = PoolState & { readonly active: Pool };

export const isActive = (state: PoolState): state is ActivePool => state.active !== null;

/** Whether the object is right as it is now; if not, it may still be active in its last good version. */
export const isReadable = ({ issues }: PoolState): boolean => issues.length === 0;

/** As the ledger has them: where several list an address, the oldest is its home. */
export const byAge = (book: PoolBook): readonly ActivePool[] =>
  [...book.byName.values()]
    .filter(isActive)
    .sort((a, b) => a.active.createdAt - b.active.createdAt || compareText(a.name, b.name));

/** The pools in the order in which they are tried, sorted once for a whole book. */
export type PoolOrder = { readonly pinned: readonly ActivePool[]; readonly open: readonly ActivePool[] };

export function orderPools(book: PoolBook): PoolOrder {
  const automatic = [...book.byName.values()].filter(isActive).filter((state) => state.active.autoAssign);
  const priority = (state: ActivePool): number => state.active.allocation?.priority ?? Infinity;
  return {
    pinned: automatic
      .filter((state) => state.active.allocation !== null)
      // Infinity minus Infinity is no number, hence the comparison.
      .sort((a, b) =>
        priority(a) === priority(b) ? compareText(a.name, b.name) : priority(a) < priority(b) ? -1 : 1,
      ),
    open: automatic
      .filter((state) => state.active.allocation === null)
      .sort((a, b) => compareText(a.name, b.name)),
  };
}

/** The pools that may serve `service` unasked, in the order in which they are tried. */
export function candidates(
  order: PoolOrder,
  service: Service,
  labelsOf: NamespaceLabels,
): readonly ActivePool[] {
  if (order.pinned.length === 0) return order.open;
  const pinned = order.pinned.filter((state) => letsIn(state.active, service, labelsOf) === null);
  return pinned.length === 0 ? order.open : [...pinned, ...order.open];
}

/** Null if the pool's `serviceAllocation` lets the Service in, else the rule that does not, as the end of a sentence. */
export function letsIn(pool: Pool, service: Service, labelsOf: NamespaceLabels): string | null {
  if (pool.allocation === null) return null;
  const { namespace } = splitServiceKey(service.key);
  if (!admitsNamespace(pool.allocation, namespace, labelsOf)) {
    return `its serviceAllocation does not include the namespace ${namespace}`;
  }
  const { serviceSelectors } = pool.allocation;
  if (serviceSelectors.length > 0 && !serviceSelectors.some((one) => selectorMatches(one, service.labels))) {
    return 'none of the serviceSelectors of its serviceAllocation matches the labels of this Service';
  }
  return null;
}

/** Selectors that match no namespace let nobody in, also not those who ask (MetalLB lets everybody in then). */
function admitsNamespace(allocation: Allocation, namespace: string, labelsOf: NamespaceLabels): boolean {
  const { namespaces, namespaceSelectors } = allocation;
  if (namespaces.length === 0 && namespaceSelectors.length === 0) return true;
  if (namespaces.includes(namespace)) return true;
  return namespaceSelectors.some((selector) => selectorMatches(selector, labelsOf(namespace)));
}

/**
 * Groups of Services as problems are made of them. Pools that exist are few, and administrators name them. Any other name of a pool
 * is text of a tenant, and there may be as many of these as Services. So Services with such names are one group for each reason.
 * Reasons are in the status, which tenants may not write.
 */
import { groupBy } from '../base/list.ts';
import { compareText } from '../base/text.ts';
import type { ServiceKey } from '../objects/service.ts';
import type { ServiceGroup } from './service-groups.ts';

export type JoinedGroup = Omit<ServiceGroup, 'pool' | 'keys'> & {
  /** The names of pools of its Services, sorted; more than one only where no pool has the name. */
  readonly pools: readonly string[];
  /** The first Service; the group has `count` of them, at least one. */
  readonly first: ServiceKey;
  readonly count: number;
};

/** In the order in which the first of each came. `isPool` says whether a pool of that name exists. */
export function joinGroups(
  groups: Iterable<ServiceGroup>,
  isPool: (name: string) => boolean,
): readonly JoinedGroup[] {
  const parts = groupBy([...groups], ({ trouble, reason, isCertain, pool }) =>
    JSON.stringify([trouble, reason, isCertain, pool === '' || isPool(pool) ? pool : null]),
  );
  return [...parts.values()].flatMap((part): readonly JoinedGroup[] => {
    const [one] = part;
    const [first] = part.flatMap(({ keys }) => keys.first ?? []).sort(compareText);
    if (one === undefined || first === undefined) return [];
    const { trouble, reason, isCertain } = one;
    const pools = new Set(part.map(({ pool }) => pool).filter((pool) => pool !== ''));
    const count = part.reduce((sum, { keys }) => sum + keys.size, 0);
    return [{ trouble, reason, isCertain, pools: [...pools].sort(compareText), first, count }];
  });
}

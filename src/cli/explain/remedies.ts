/** What would give a Service an address. */
import { closestPools, failedRules } from '../../allocation/explain/deciding-rule.ts';
import type { ServiceExplanation } from '../../allocation/explain/explain-service.ts';

/** Pools that are listed; further ones fail by as many rules. */
const POOLS_MAX = 20;

/**
 * A sentence for each pool that fails by the fewest rules: a pool that fails by one is nearer than one that fails by three.
 * Empty if a pool serves the Service, or if it is not for this controller.
 */
export function remediesOf({
  pools,
  requestProblem,
  unmanagedReason,
}: ServiceExplanation): readonly string[] {
  if (unmanagedReason !== null) return [];
  if (requestProblem !== null) return [requestProblem];
  if (pools.some(({ serves }) => serves)) return [];
  const closest = closestPools(pools).slice(0, POOLS_MAX);
  if (closest.length === 0) return ['make an IPAddressPool'];
  return closest.map(
    (one) =>
      `pool ${one.pool}: ${failedRules(one)
        .map(({ remedy }) => remedy ?? '')
        .filter(Boolean)
        .join('; and ')}`,
  );
}

/** The decision for a Service that is given addresses, and the condition of a Service that has addresses. */
import type { Address, Family } from '../net/address.ts';
import { missingFamilyWaits } from './assign.ts';
import { type AssignedCondition, conditionTrue, isLayer2OnlyCondition } from './condition-reasons.ts';
import { type AllocationTask, quoteAddresses } from './context.ts';
import { type AllocationDecision, type EventDraft, NO_ASSIGNMENT } from './decision.ts';
import { formatAddresses } from './ingress-status.ts';
import type { Assignment } from './pool-lookup.ts';
import { quote } from './quote.ts';
import { formatFamily } from './refusal-text.ts';

/** `events` come before the one of the assignment. */
export function assignedDecision(
  task: AllocationTask,
  { addresses, pool }: Assignment,
  events: readonly EventDraft[],
): AllocationDecision {
  const missing = findMissingFamily(task, addresses);
  const condition = assignedCondition(task, { addresses, pool }, missing);
  const assignedText = `Assigned IP [${quoteAddresses(addresses)}]`;
  const message = condition.reason === 'Assigned' ? assignedText : `${assignedText}. ${condition.message}`;
  return {
    owner: 'berth',
    condition,
    ...NO_ASSIGNMENT,
    addresses,
    pool,
    events: [...events, { type: 'Normal', reason: 'IPAllocated', message }],
    granted: addresses,
    waitTargets: missing === null ? [] : missingFamilyWaits(task, pool, missing),
  };
}

/** A family of the cluster IPs that none of the addresses has; null where there is none. */
export const findMissingFamily = (
  { request }: AllocationTask,
  addresses: readonly Address[],
): Family | null =>
  request.families.find((family) => !addresses.some((one) => one.family === family)) ?? null;

export function assignedCondition(
  task: AllocationTask,
  { addresses, pool }: Assignment,
  missing: Family | null,
): AssignedCondition {
  const assignedText = `${formatAddresses(addresses)} from pool ${quote(pool)}.`;
  if (missing !== null) {
    const family = formatFamily(missing);
    const fixText =
      task.request.familyPolicy === 'require' && task.request.pool === null
        ? 'The Service gets both families when that pool has one, or another pool has both.'
        : 'The Service gets one when that pool has one.';
    return conditionTrue(
      'AssignedOneFamily',
      `${assignedText} The pool has no free ${family} address. ${fixText}`,
    );
  }
  if (isLayer2Only(task, pool)) {
    return conditionTrue(
      'Layer2Only',
      `${assignedText} Only an L2Advertisement covers this pool, and no speaker of Berth answers ARP or NDP. Apply deploy/layer2, which gives speakers the capability NET_RAW, or add a BGPAdvertisement that covers it.`,
    );
  }
  return conditionTrue('Assigned', assignedText);
}

/** While the advertisements are not known, the condition stays as it is. */
const isLayer2Only = ({ layer2OnlyPools, service }: AllocationTask, pool: string): boolean =>
  layer2OnlyPools === null ? service.conditions.some(isLayer2OnlyCondition) : layer2OnlyPools.has(pool);

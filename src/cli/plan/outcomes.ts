/** The outcomes of a plan: how many Services have which. */
import type { AllocationPlan, PlannedOutcome } from '../../allocation/dry-run/plan.ts';

/** In the order in which they are shown: the worst first. */
export const PLANNED_OUTCOMES = [
  'loses',
  'moves',
  'starts-to-wait',
  'leaves',
  'gets',
  'keeps-otherwise',
  'still-waits',
  'keeps',
] as const satisfies readonly PlannedOutcome[];

export function countOutcomes({ services }: AllocationPlan): Readonly<Record<PlannedOutcome, number>> {
  const counts = Object.fromEntries(PLANNED_OUTCOMES.map((outcome) => [outcome, 0])) as Record<
    PlannedOutcome,
    number
  >;
  for (const { outcome } of services) counts[outcome]++;
  return counts;
}

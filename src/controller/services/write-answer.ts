/** Checks the answer to a write: a proxy or a webhook may answer 200, and what was written is not there. */
import { hasExactly, readIngressStatus } from '../../allocation/ingress-status.ts';
import type { StatusPatch } from '../../allocation/status-patch.ts';
import { ALLOCATED_FROM_ANNOTATION } from '../../objects/annotations.ts';
import { sameCondition } from '../../objects/condition.ts';
import type { Service, ServiceKey } from '../../objects/service.ts';

/** Why the answer does not show that the patch was applied; null if it does. */
export function findUnwritten(key: ServiceKey, patch: StatusPatch, answer: Service): string | null {
  if (answer.key !== key) return `the response is Service ${answer.key}`;
  const { ingress, pool } = patch;
  if (ingress !== null && !hasExactly(readIngressStatus(answer), ingress))
    return 'the response does not show the addresses that were written';
  if (pool !== undefined && (answer.annotations[ALLOCATED_FROM_ANNOTATION] ?? null) !== pool)
    return 'the response does not show the pool that was written';
  return showsConditions(patch, answer)
    ? null
    : 'the response does not show the conditions that were written';
}

const showsConditions = (
  { conditions, removedConditions }: Pick<StatusPatch, 'conditions' | 'removedConditions'>,
  answer: Service,
): boolean =>
  conditions.every((written) => answer.conditions.some((shown) => sameCondition(shown, written))) &&
  answer.conditions.every(({ type }) => !removedConditions.includes(type));

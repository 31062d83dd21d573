/** The condition `berth.dev/Valid` of an IPAddressPool: whether the object as it is now is in force, and what is wrong with it. */
import type { ConditionValue } from '../../objects/condition.ts';
import { poolIssueLines } from './condition.ts';
import type { PoolState } from './pool-set.ts';

export const VALID_CONDITION = 'berth.dev/Valid';

export type PoolValidity = ConditionValue<'Valid' | 'PoolInvalid' | 'PoolOverlaps'>;

export function poolValidity(state: PoolState): PoolValidity {
  const { issues, overlaps, active } = state;
  if (issues.length === 0 && overlaps.length === 0)
    return { status: 'True', reason: 'Valid', message: 'The pool is valid.' };
  const lines = poolIssueLines(state).join('; ');
  if (issues.length === 0) return { status: 'True', reason: 'PoolOverlaps', message: lines };
  const effect =
    active === null
      ? 'It assigns nothing; Services keep the addresses that they have.'
      : 'What was valid before is in force.';
  return { status: 'False', reason: 'PoolInvalid', message: `${lines}. ${effect}` };
}

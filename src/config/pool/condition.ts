/** The condition of the pools in our ConfigurationState object: what is wrong with each pool, a line for each complaint. */
import { quoted } from '../../base/printable.ts';
import { plural } from '../../base/text.ts';
import { formatIssue } from '../issue.ts';
import { type ConditionUpdate, conditionUpdateFor } from '../state.ts';
import { formatPoolOverlap, type PoolSet, type PoolState } from './pool-set.ts';

const POOL_CONDITION_TYPE = 'poolReconcilerValid';

/** Limit of the listed errors of a pool; the others are counted. */
export const ISSUES_PER_POOL_MAX = 5;

/** The validated pools, or why the old ConfigMap cannot be used. */
export type LoadedPools =
  | { readonly kind: 'loaded'; readonly poolSet: PoolSet }
  | { readonly kind: 'unreadable'; readonly message: string };

/** The lines about one pool: errors first, then overlaps. */
export function poolIssueLines(state: PoolState): readonly string[] {
  const { issues, overlaps } = state;
  const listed = [
    ...issues.slice(0, ISSUES_PER_POOL_MAX).map(formatIssue),
    ...overlaps.slice(0, Math.max(0, ISSUES_PER_POOL_MAX - issues.length)).map(formatPoolOverlap),
  ];
  const rest = issues.length + overlaps.length - listed.length;
  return rest === 0 ? listed : [...listed, `and ${plural(rest, 'more complaint')} about this pool`];
}

export function poolConditionUpdate(source: LoadedPools): ConditionUpdate {
  if (source.kind === 'unreadable') return conditionUpdateFor(POOL_CONDITION_TYPE, [source.message]);
  const lines = [...source.poolSet.byName.values()].flatMap((state) =>
    poolIssueLines(state).map((line) => `pool ${quoted(state.name)}: ${line}`),
  );
  return conditionUpdateFor(POOL_CONDITION_TYPE, lines);
}

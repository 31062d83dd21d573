/** The condition of the pools in our ConfigurationState object: what is wrong with each pool, a line for each complaint. */
import { plural } from '../../base/text.ts';
import { formatIssue } from '../issue.ts';
import { type ConditionUpdate, conditionUpdateFor } from '../state.ts';
import { formatPoolOverlap, type PoolSet, type PoolState } from './pool-set.ts';

const POOL_CONDITION_TYPE = 'poolReconcilerValid';

/** A pool of ten thousand bad lines is told by its first ones. */
export const ISSUES_PER_POOL_MAX = 5;

/** What is known about the pools: a book of them, or why the text that should hold them cannot be used. */
export type LoadedPools =
  | { readonly kind: 'loaded'; readonly poolSet: PoolSet }
  | { readonly kind: 'unreadable'; readonly message: string };

/** What a person reads about one pool: complaints first, then overlaps. Empty where there is nothing to say. */
export function poolIssueLines(state: PoolState): readonly string[] {
  const all = [...state.issues.map(formatIssue), ...state.overlaps.map(formatPoolOverlap)];
  const listed = all.slice(0, ISSUES_PER_POOL_MAX);
  const rest = all.length - listed.length;
  return rest === 0 ? listed : [...listed, `and ${plural(rest, 'more complaint')} about this pool`];
}

export function poolConditionUpdate(source: LoadedPools): ConditionUpdate {
  if (source.kind === 'unreadable') return conditionUpdateFor(POOL_CONDITION_TYPE, [source.message]);
  const lines = [...source.poolSet.byName.values()].flatMap((state) =>
    poolIssueLines(state).map((line) => `pool ${JSON.stringify(state.name)}: ${line}`),
  );
  return conditionUpdateFor(POOL_CONDITION_TYPE, lines);
}

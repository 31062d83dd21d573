/**
 * The status of our ConfigurationState object: whether the configuration is what its owner meant.
 *
 * Names, reasons and the prefix are MetalLB's, for whoever watches them. One thing is not: a condition's
 * `lastTransitionTime` moves only with its `status`, as Kubernetes means it.
 */
import type { Millis } from '../base/clock.ts';
import { plural } from '../base/text.ts';
import type { Condition } from '../cluster/condition.ts';
import { formatIssue } from './issue.ts';
import { formatOverlap, type PoolBook, type PoolState } from './pools.ts';

export const POOL_CONDITION = 'poolReconcilerValid';

export type ConfigurationStatus = {
  readonly result: 'Valid' | 'Invalid' | 'Unknown';
  readonly errorSummary: string;
  readonly conditions: readonly Condition[];
};

/** What is known about the pools: a book of them, or why the text that should hold them cannot be used. */
export type PoolsSeen =
  | { readonly kind: 'book'; readonly book: PoolBook }
  | { readonly kind: 'unreadable'; readonly message: string };

const ERROR_PREFIX = 'configuration error: ';

/** `metav1.Condition`: the longest message the API server takes, in characters. */
export const MESSAGE_CHARS_MAX = 32_768;
/** A pool of ten thousand bad lines is told by its first ones. */
export const COMPLAINTS_PER_POOL_MAX = 5;

/** What one writer has to say of the configuration. */
export type Verdict = Omit<Condition, 'lastTransitionTime'>;

/** `before` are the conditions that stand on the object; those of other writers stay. */
export function configurationStatus(
  verdict: Verdict,
  before: readonly Condition[],
  wall: Millis,
): ConfigurationStatus {
  const old = before.find(({ type }) => type === verdict.type);
  const condition: Condition = {
    ...verdict,
    lastTransitionTime: old?.status === verdict.status ? old.lastTransitionTime : wholeSeconds(wall),
  };
  const conditions =
    old === undefined
      ? [...before, condition]
      : before.map((other) => (other.type === verdict.type ? condition : other));
  const summary = conditions
    .filter(({ status }) => status === 'False')
    .map(({ message }) => message)
    .join('\n');
  return { result: resultOf(conditions), errorSummary: clip(summary), conditions };
}

/** MetalLB: no conditions, Unknown; one that is False for a configuration error, Invalid; else Valid. */
export function resultOf(conditions: readonly Condition[]): ConfigurationStatus['result'] {
  if (conditions.length === 0) return 'Unknown';
  const wrong = conditions.some(
    ({ status, reason }) => status === 'False' && reason === 'ConfigurationError',
  );
  return wrong ? 'Invalid' : 'Valid';
}

/** What a person reads about one pool: complaints first, then overlaps. Empty where there is nothing to say. */
export function poolComplaints(state: PoolState): readonly string[] {
  const all = [...state.issues.map(formatIssue), ...state.overlaps.map(formatOverlap)];
  const shown = all.slice(0, COMPLAINTS_PER_POOL_MAX);
  const rest = all.length - shown.length;
  return rest === 0 ? shown : [...shown, `and ${plural(rest, 'more complaint')} about this pool`];
}

export function poolVerdict(seen: PoolsSeen): Verdict {
  if (seen.kind === 'unreadable') return verdictOf(POOL_CONDITION, [seen.message]);
  const lines = [...seen.book.byName.values()].flatMap((state) =>
    poolComplaints(state).map((line) => `pool ${JSON.stringify(state.name)}: ${line}`),
  );
  return verdictOf(POOL_CONDITION, lines);
}

/** Nothing to complain of, or all of it, a line each. */
export function verdictOf(type: string, complaints: readonly string[]): Verdict {
  if (complaints.length === 0) return { type, status: 'True', reason: 'Reconciled', message: '' };
  const message = clip(ERROR_PREFIX + complaints.join('\n'));
  return { type, status: 'False', reason: 'ConfigurationError', message };
}

function clip(text: string): string {
  return text.length <= MESSAGE_CHARS_MAX ? text : `${text.slice(0, MESSAGE_CHARS_MAX - 1)}…`;
}

/** RFC 3339 in whole seconds, as Kubernetes writes time. */
const wholeSeconds = (wall: Millis): string => new Date(wall).toISOString().replace(/\.\d+Z$/, 'Z');

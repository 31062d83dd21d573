/**
 * Decides what a reflector does after a failed list or an ended watch: list or watch, and when. It never gives up, and
 * a failure never counts as an empty list.
 */
import type { Millis } from '../../base/clock.ts';
import { type Backoff, backoffDelay } from '../../workqueue/backoff.ts';
import { type ApiRefused, describeOutcome } from '../http/api-request.ts';
import type { ListFailure } from './list.ts';
import { OLDER_LISTS_BELIEVED_AFTER, type OlderList } from './older-list.ts';
import type { WatchEnd } from './watch.ts';

export const RETRY_BACKOFF: Backoff = { first: 200, max: 30_000 };

/** A resource that is not served is requested at least this often, since its CRD may be installed at any time. */
export const ABSENT_BACKOFF: Backoff = { first: 1_000, max: 10_000 };

/** A watch that was open for this long was healthy: its end resets the count of failures. */
export const HEALTHY_AFTER: Millis = 5_000;

/** After this many failed watches in a row it lists: the server may no longer have the requested version. */
export const FAILED_WATCHES_BEFORE_RELIST = 5;

export type ListWatchEnd =
  | { readonly during: 'list'; readonly end: ListFailure | OlderList }
  | { readonly during: 'watch'; readonly end: WatchEnd; readonly openFor: Millis };

export type RetryPlan = {
  readonly next: 'list' | 'watch';
  readonly after: Millis;
  /** Consecutive failures, this one included; 0 after a healthy watch. */
  readonly failures: number;
  /** The server does not support the field selector: omit it, and filter here. */
  readonly dropFieldSelector: boolean;
  readonly problem: WatchProblem | null;
};

export type WatchProblem =
  /** The server does not serve the resource. */
  { readonly kind: 'absent' } | { readonly kind: 'failing'; readonly because: string };

export type RetryContext = {
  /** Consecutive failures before this one. */
  readonly failures: number;
  /** Whether a field selector was sent that has a fallback. */
  readonly selectorIsOptional: boolean;
  /** In [0, 1). */
  readonly random: number;
};

export function planRetry(ended: ListWatchEnd, context: RetryContext): RetryPlan {
  const { during, end } = ended;
  const wasHealthy = during === 'watch' && ended.openFor >= HEALTHY_AFTER;
  if (wasHealthy && end.kind === 'ended') {
    return { next: 'watch', after: 0, failures: 0, dropFieldSelector: false, problem: null };
  }
  const earlierFailures = wasHealthy ? 0 : context.failures;
  const failures = earlierFailures + 1;
  // A watch from the same version brings the same event: only a list gets past it.
  const isTooLarge = end.kind === 'broken' && end.isTooLarge === true;
  const base = {
    next: during === 'list' || isTooLarge || failures > FAILED_WATCHES_BEFORE_RELIST ? 'list' : 'watch',
    after: backoffDelay(earlierFailures, RETRY_BACKOFF, context.random),
    failures,
    dropFieldSelector: false,
    problem: { kind: 'failing', because: describeEnd(end) },
  } as const;
  if (end.kind !== 'refused') return base;
  switch (end.status) {
    case 400:
      if (context.selectorIsOptional) return { ...base, next: 'list', after: 0, dropFieldSelector: true };
      return { ...base, next: 'list' };
    case 404:
      return {
        ...base,
        next: 'list',
        after: backoffDelay(earlierFailures, ABSENT_BACKOFF, context.random),
        problem: { kind: 'absent' },
      };
    case 410:
      // The version is compacted, as happens after a while: no problem if the list succeeds.
      return { ...base, next: 'list', problem: null };
    default:
      return { ...base, after: Math.max(base.after, retryAfterWithJitter(end, context.random)) };
  }
}

/** What the server asks for, and up to a tenth more, so that clients do not all return at once. */
function retryAfterWithJitter({ retryAfter }: ApiRefused, random: number): Millis {
  return retryAfter === null ? 0 : retryAfter * (1 + random / 10);
}

function describeEnd(end: WatchEnd | ListFailure | OlderList): string {
  switch (end.kind) {
    case 'older':
      return `the list is older than what was seen before; if that lasts ${OLDER_LISTS_BELIEVED_AFTER / 1000} s, it is believed, as after a restored backup`;
    case 'ended':
      return 'the watch ended at once';
    case 'broken':
      return `the watch broke: ${end.because}`;
    default:
      return describeOutcome(end);
  }
}

/**
 * What to do when a list failed or a watch ended: the whole of a reflector's judgement, without its hands.
 * It never gives up, and never believes that there is nothing because nobody could tell.
 */
import type { Millis } from '../../base/clock.ts';
import { type Backoff, backoffDelay } from '../../workqueue/backoff.ts';
import { type ApiRefused, describeOutcome } from '../http/api-request.ts';
import type { ListFailure } from './list.ts';
import type { WatchEnd } from './watch.ts';

export const RETRY_BACKOFF: Backoff = { first: 200, max: 30_000 };

/** A kind that is not installed is looked for at least this often, since its absence may end any moment. */
export const ABSENT_BACKOFF: Backoff = { first: 1_000, max: 10_000 };

/** A watch that lived so long was a good one: its end starts the count of failures anew. */
export const HEALTHY_AFTER: Millis = 5_000;

/** After so many failed watches in a row we list: the server may have lost the version we ask for. */
export const FAILED_WATCHES_BEFORE_RELIST = 5;

export type ListWatchEnd =
  | { readonly during: 'list'; readonly end: ListFailure }
  | { readonly during: 'watch'; readonly end: WatchEnd; readonly openFor: Millis };

export type RetryPlan = {
  readonly next: 'list' | 'watch';
  readonly after: Millis;
  /** Failures in a row, this one included; 0 after a good watch. */
  readonly failures: number;
  /** The server does not know the field selector: ask without it, and filter here. */
  readonly dropFieldSelector: boolean;
  readonly problem: WatchProblem | null;
};

export type WatchProblem =
  /** The server knows no such kind. */
  { readonly kind: 'absent' } | { readonly kind: 'failing'; readonly because: string };

export type RetryContext = {
  /** Failures in a row before this ending. */
  readonly failures: number;
  /** Whether a field selector was sent that we can do without. */
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
  const base = {
    next: during === 'list' || failures > FAILED_WATCHES_BEFORE_RELIST ? 'list' : 'watch',
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
      // The past is forgotten, as it should be after a while: nothing is wrong if the list works.
      return { ...base, next: 'list', problem: null };
    default:
      return { ...base, after: Math.max(base.after, retryAfterWithJitter(end, context.random)) };
  }
}

/** What the server asks for, and up to a tenth more, so that those who were sent away do not come back as one. */
function retryAfterWithJitter({ retryAfter }: ApiRefused, random: number): Millis {
  return retryAfter === null ? 0 : retryAfter * (1 + random / 10);
}

function describeEnd(end: WatchEnd | ListFailure): string {
  switch (end.kind) {
    case 'ended':
      return 'the watch ended at once';
    case 'broken':
      return `the watch broke: ${end.because}`;
    default:
      return describeOutcome(end);
  }
}

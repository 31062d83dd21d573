/**
 * What the loops of both programs need from the outside, in their own few words. The mains hand them adapters of this
 * shape; neither side imports the other.
 */
import type { Millis } from '../base/clock.ts';
import type { ObjectReference } from '../objects/object-reference.ts';

/** What became of a request, told apart by what may be believed afterwards. */
export type RequestOutcome<T> =
  | { readonly kind: 'done'; readonly value: T }
  /** It is no more, or another object has its name. */
  | { readonly kind: 'gone' }
  /** Our picture of it was too old. */
  | { readonly kind: 'stale' }
  /** Refused for now; `after` where the server said how long to wait. */
  | {
      readonly kind: 'busy';
      readonly because: string;
      readonly retryAfter: Millis | null;
      /** Surely nothing was done; else only a read can tell. */
      readonly notApplied: boolean;
    }
  /** Refused for good, as far as this request goes: no rights, or not valid. */
  | { readonly kind: 'refused'; readonly because: string }
  /** Nothing left this process. */
  | { readonly kind: 'unsent'; readonly because: string }
  /** It may or may not have been done. */
  | { readonly kind: 'unknown'; readonly because: string };

/** Why it was not done, for the log. */
export const failureReason = (outcome: Exclude<RequestOutcome<never>, { readonly kind: 'done' }>): string =>
  'because' in outcome ? outcome.because : outcome.kind;

/** An event that is to be told. */
export type ObjectEvent<Reason extends string = string> = {
  readonly regarding: ObjectReference;
  readonly event: {
    readonly type: 'Normal' | 'Warning';
    readonly reason: Reason;
    readonly message: string;
  };
};

export interface EventApi {
  post(event: ObjectEvent): Promise<RequestOutcome<void>>;
}

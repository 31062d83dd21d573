/** Ports of both programs. The mains give them adapters of this shape; neither side imports the other. */
import type { Millis } from '../base/clock.ts';
import type { ObjectReference } from '../objects/object-reference.ts';

/** The outcome of a request, by what is known afterwards. */
export type RequestOutcome<T> =
  /** `bytes` is the size of the response; absent where it is not known. */
  | { readonly kind: 'done'; readonly value: T; readonly bytes?: number }
  /** The object does not exist. */
  | { readonly kind: 'gone' }
  /** The cached object was too old, or another object has its name. */
  | { readonly kind: 'stale' }
  /** Refused for now; `retryAfter` is null where the server gave no time. */
  | {
      readonly kind: 'busy';
      readonly because: string;
      readonly retryAfter: Millis | null;
      /** The request was certainly not applied; otherwise only a read can show. */
      readonly notApplied: boolean;
    }
  /** Refused for good: no rights, or not valid. */
  | { readonly kind: 'refused'; readonly because: string }
  /** The request was not sent. */
  | { readonly kind: 'unsent'; readonly because: string }
  /** The request may have been applied or not. */
  | { readonly kind: 'unknown'; readonly because: string };

/** Why a request failed, for the log. */
export const failureReason = (outcome: Exclude<RequestOutcome<never>, { readonly kind: 'done' }>): string =>
  'because' in outcome ? outcome.because : outcome.kind;

/** An Event to send. */
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

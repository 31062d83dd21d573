/** The API server's outcomes in the few words that the loops go by. */
import { isObject, type Raw } from '../../base/json.ts';
import { type ApiOutcome, describeOutcome } from '../../kube/http/api-request.ts';
import type { RequestOutcome } from '../ports.ts';

/** `read` makes our value of the object that came back; null where it cannot, which no server of ours should cause. */
export function toRequestOutcome<T>(outcome: ApiOutcome, decode: (raw: Raw) => T | null): RequestOutcome<T> {
  const because = describeOutcome(outcome);
  switch (outcome.kind) {
    case 'ok': {
      const value = isObject(outcome.body) ? decode(outcome.body) : null;
      return value === null
        ? { kind: 'unknown', because: 'the answer is not the object' }
        : { kind: 'done', value };
    }
    case 'unsent':
      return { kind: 'unsent', because: outcome.because };
    case 'unknown':
      return { kind: 'unknown', because: outcome.because };
    case 'refused':
      break;
  }
  const { status, reason, message, retryAfter } = outcome;
  // A proxy between us and the server has a 404 of its own; only the server's word frees an address.
  if (status === 404) return reason === 'NotFound' ? { kind: 'gone' } : { kind: 'unknown', because };
  // A uid that does not fit is answered with 422: the field is immutable, and the object is another one.
  if (status === 409 || (status === 422 && message.includes('metadata.uid'))) return { kind: 'stale' };
  // After a 5xx the request may have been carried out all the same; after a 429 it was not even looked at.
  if (status === 429 || status >= 500)
    return { kind: 'busy', because, retryAfter: retryAfter, notApplied: status === 429 };
  return { kind: 'refused', because };
}

/** For writes whose answer is of no interest. */
export function toWriteOutcome(outcome: ApiOutcome): RequestOutcome<void> {
  if (outcome.kind === 'ok') return { kind: 'done', value: undefined };
  return toRequestOutcome<void>(outcome, () => null);
}

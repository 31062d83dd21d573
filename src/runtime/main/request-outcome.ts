/** Translates responses of the API server to the outcomes that the programs handle. */
import { isObject, type Raw } from '../../base/json.ts';
import { type ApiOutcome, describeOutcome } from '../../kube/http/api-request.ts';
import type { RequestOutcome } from '../ports.ts';

/** `decode` decodes the returned object; null where it is not one. */
export function toRequestOutcome<T>(outcome: ApiOutcome, decode: (raw: Raw) => T | null): RequestOutcome<T> {
  const because = describeOutcome(outcome);
  switch (outcome.kind) {
    case 'ok': {
      const value = isObject(outcome.body) ? decode(outcome.body) : null;
      return value === null
        ? { kind: 'unknown', because: 'the response is not the object' }
        : { kind: 'done', value, ...(outcome.bytes === undefined ? {} : { bytes: outcome.bytes }) };
    }
    case 'unsent':
      return { kind: 'unsent', because: outcome.because };
    case 'unknown':
      return { kind: 'unknown', because: outcome.because };
    case 'refused':
      break;
  }
  const { status, reason, message, retryAfter } = outcome;
  // A proxy may respond with 404 as well; only the server's own NotFound frees an address.
  if (status === 404) return reason === 'NotFound' ? { kind: 'gone' } : { kind: 'unknown', because };
  // A wrong uid is refused with 422: the field is immutable, so the object is another one.
  if (status === 409 || (status === 422 && message.includes('metadata.uid'))) return { kind: 'stale' };
  // After a 5xx the request may have been applied all the same; after a 429 it was not.
  if (status === 429 || status >= 500)
    return { kind: 'busy', because, retryAfter: retryAfter, notApplied: status === 429 };
  return { kind: 'refused', because };
}

/** For writes whose response is not needed. */
export function toWriteOutcome(outcome: ApiOutcome): RequestOutcome<void> {
  if (outcome.kind === 'ok') return { kind: 'done', value: undefined };
  return toRequestOutcome<void>(outcome, () => null);
}

/**
 * What is asked of the API server and what can become of it. The outcomes are told apart by what a writer may
 * believe afterwards: `ok` and `refused` are the server's own word, `unsent` means that nothing left this
 * process, and after `unknown` only a fresh read can tell.
 */

import type { Millis } from '../../base/clock.ts';
import { fieldsOf, textOf } from '../../base/json.ts';

/**
 * Which connections a request may use. The lanes share none, so that neither a burst of writes nor a lot of
 * watches can hold up the renewal of a lease.
 */
export type ConnectionPoolName = 'bulk' | 'watch' | 'lease';

export type ApiRequest = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With its query: `/api/v1/services?limit=500`. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** `application/json` where it is absent. */
  readonly contentType?: string;
  /** `bulk` where it is absent. */
  readonly connectionPool?: ConnectionPoolName;
  /** For all of it: waiting for a connection, sending, the answer and a second attempt. */
  readonly timeout: Millis;
  /**
   * Asked in the very turn in which the bytes go to an established connection; false makes the outcome
   * `unsent`. It must not throw.
   */
  readonly mayStillSend?: () => boolean;
  readonly signal?: AbortSignal;
};

export type ApiRefused = {
  readonly kind: 'refused';
  /** The HTTP status. */
  readonly status: number;
  /** `reason` of the server's Status object: `NotFound`, `Conflict`, ...; '' where it sent none. */
  readonly reason: string;
  readonly message: string;
  /** How long the server asks us to wait; null where it does not say. */
  readonly retryAfter: Millis | null;
};

export type ApiOutcome =
  | { readonly kind: 'ok'; readonly status: number; readonly body: unknown }
  | ApiRefused
  /** Nothing was sent. */
  | { readonly kind: 'unsent'; readonly because: string }
  /** Bytes left and no whole answer came back: it may or may not have been done. */
  | { readonly kind: 'unknown'; readonly because: string };

/** Whoever can put a request to the API server. */
export interface ApiSender {
  send(request: ApiRequest): Promise<ApiOutcome>;
}

const MESSAGE_CHARS_MAX = 1024;

/** An answer whose status is not 2xx. `wallNow` is for a `Retry-After` that names a date. */
export function readRefusal(
  response: { readonly status: number; readonly retryAfter: string | undefined; readonly text: string },
  wallNow: Millis,
): ApiRefused {
  const status = parseStatus(response.text);
  return {
    kind: 'refused',
    status: response.status,
    reason: status?.reason ?? '',
    message: (status?.message ?? response.text.trim()).slice(0, MESSAGE_CHARS_MAX),
    retryAfter: parseRetryAfter(response.retryAfter, wallNow) ?? status?.retryAfter ?? null,
  };
}

/** One sentence for a log line or an error. */
export function describeOutcome(outcome: ApiOutcome): string {
  switch (outcome.kind) {
    case 'ok':
      return `answered with ${outcome.status}`;
    case 'refused':
      return `refused with ${outcome.status}${outcome.reason === '' ? '' : ` ${outcome.reason}`}: ${outcome.message}`;
    case 'unsent':
      return `not sent: ${outcome.because}`;
    case 'unknown':
      return `no answer: ${outcome.because}`;
  }
}

/** RFC 9110 10.2.3: seconds, or a date. */
export function parseRetryAfter(header: string | undefined, wallNow: Millis): Millis | null {
  if (header === undefined) return null;
  const value = header.trim();
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : Math.max(0, at - wallNow);
}

type MetaStatus = { readonly reason: string; readonly message: string; readonly retryAfter: Millis | null };

/** `metav1.Status`, or null where the text is something else: a proxy's page, say. */
function parseStatus(text: string): MetaStatus | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return null; // not JSON is an answer too: the caller shows the text as it came
  }
  const status = fieldsOf(parsed);
  if (status['kind'] !== 'Status') return null;
  const seconds = fieldsOf(status['details'])['retryAfterSeconds'];
  return {
    reason: textOf(status['reason']),
    message: textOf(status['message']),
    retryAfter: typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : null,
  };
}

/**
 * A request to the API server and its outcome. Outcomes differ in what a writer knows afterwards: `ok` and `refused`
 * are the server's response; `unsent` means that nothing was sent; after `unknown` only a read can tell.
 */

import type { Millis } from '../../base/clock.ts';
import { fieldsOf, textOf } from '../../base/json.ts';

/**
 * The connection pool that a request uses. Pools share no connections, so that neither a burst of writes nor many
 * watches delay the renewal of a lease.
 */
export type ConnectionPoolName = 'bulk' | 'watch' | 'lease';

export type ApiRequest = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With its query: `/api/v1/services?limit=500`. */
  readonly path: string;
  /** Encoded as JSON. */
  readonly body?: unknown;
  /** Default: `application/json`. */
  readonly contentType?: string;
  /** Default: `bulk`. */
  readonly connectionPool?: ConnectionPoolName;
  /** In total: waiting for a connection, sending, the response, and a second attempt. */
  readonly timeout: Millis;
  /**
   * Called in the same turn of the event loop in which the bytes go to an established connection; false makes the
   * outcome `unsent`. It must not throw.
   */
  readonly mayStillSend?: () => boolean;
  /** The body of the response is a text, such as a log, and not a JSON object. */
  readonly isText?: boolean;
  /** Of the response; a larger one is aborted. Default: `RESPONSE_BYTES_MAX`. */
  readonly responseBytesMax?: number;
  readonly signal?: AbortSignal;
};

export type ApiRefused = {
  readonly kind: 'refused';
  /** The HTTP status. */
  readonly status: number;
  /** `reason` of the server's Status: `NotFound`, `Conflict`, ...; '' where it sent none. */
  readonly reason: string;
  readonly message: string;
  /** How long the server asks to wait (`Retry-After`); null where it does not. */
  readonly retryAfter: Millis | null;
};

export type ApiOutcome =
  /** `bytes` is the size of the response; absent where it was not sent over a network. */
  | { readonly kind: 'ok'; readonly status: number; readonly body: unknown; readonly bytes?: number }
  | ApiRefused
  /** Nothing was sent. */
  | { readonly kind: 'unsent'; readonly because: string }
  /**
   * Bytes were sent, and no complete response came back: the request may or may not have been applied. `isTooLarge` where
   * there was one with more than `responseBytesMax`.
   */
  | { readonly kind: 'unknown'; readonly because: string; readonly isTooLarge?: true };

/** Sends requests to the API server. */
export interface ApiSender {
  send(request: ApiRequest): Promise<ApiOutcome>;
}

const MESSAGE_CHARS_MAX = 1024;

/** The outcome of a response whose status is not 2xx. `wallNow` is for a `Retry-After` with a date. */
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

/** Whether the server gave up a request that took longer than its limit. A gateway's 504 has no Status, and is none. */
export const isServerTimeout = (outcome: ApiOutcome): boolean =>
  outcome.kind === 'refused' && outcome.status === 504 && outcome.reason === 'Timeout';

/** Whether the server has answered for good: it would answer the same again. Overload and internal errors pass. */
export const isFinalAnswer = (
  outcome: ApiRefused | { readonly kind: 'ok' | 'unsent' | 'unknown' },
): boolean =>
  outcome.kind === 'ok' || (outcome.kind === 'refused' && outcome.status !== 429 && outcome.status < 500);

/**
 * Whether there is no such object, or no such kind. A proxy may say so, too: what frees an address asks for the server's own
 * NotFound.
 */
export const isNotFound = (outcome: ApiRefused | { readonly kind: 'ok' | 'unsent' | 'unknown' }): boolean =>
  outcome.kind === 'refused' && outcome.status === 404;

/** The outcome as text, for a log line or an error. */
export function describeOutcome(outcome: ApiOutcome): string {
  switch (outcome.kind) {
    case 'ok':
      return `answered with ${outcome.status}`;
    case 'refused':
      return `refused with ${outcome.status}${outcome.reason === '' ? '' : ` ${outcome.reason}`}${outcome.message === '' ? '' : `: ${outcome.message}`}`;
    case 'unsent':
      return `not sent: ${outcome.because}`;
    case 'unknown':
      return `no answer: ${outcome.because}`;
  }
}

/** Seconds, or a date (RFC 9110, 10.2.3). */
export function parseRetryAfter(header: string | undefined, wallNow: Millis): Millis | null {
  if (header === undefined) return null;
  const value = header.trim();
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : Math.max(0, at - wallNow);
}

type MetaStatus = { readonly reason: string; readonly message: string; readonly retryAfter: Millis | null };

/** `metav1.Status`; null for any other text, such as the error page of a proxy. */
function parseStatus(text: string): MetaStatus | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return null; // not JSON: the caller shows the text as it is
  }
  const status = fieldsOf(parsed);
  // kube-apiserver ends a request at its time limit with a Status that has no kind.
  const isTimeout = status['kind'] === undefined && status['reason'] === 'Timeout' && status['code'] === 504;
  if (status['kind'] !== 'Status' && !isTimeout) return null;
  const seconds = fieldsOf(status['details'])['retryAfterSeconds'];
  return {
    reason: textOf(status['reason']),
    message: textOf(status['message']),
    retryAfter: typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : null,
  };
}

/** How fast the reconciler writes to Services. */
import type { Backoff } from '../../workqueue/backoff.ts';
import type { RateLimit } from '../../workqueue/token-bucket.ts';

/** Writes to Services at once. Of more than that an API server on two cores only queues the rest. */
export const WRITES_IN_FLIGHT = 32;

/**
 * Of them, those to Services that one namespace changes. If its writes hang, such as at a webhook of its own, those of others
 * go on.
 */
export const WRITES_IN_FLIGHT_PER_NAMESPACE = 24;

/**
 * Bytes that the answers to writes in flight may have, of Services that one namespace changes. The watch repeats each written
 * object, and shares the connection's bandwidth with the answers. With many large answers in flight it falls behind, and
 * a new Service of another namespace comes at its end.
 */
export const ANSWER_BYTES_IN_FLIGHT = 2 * 1024 * 1024;

/** Condition-only writes, on Services that keep what they have, go no faster than this. */
export const LOW_PRIORITY_RATE: RateLimit = { perSecond: 50, burst: 10 };

export const RETRY_BACKOFF: Backoff = { first: 100, max: 30_000 };
export const REFUSED_BACKOFF: Backoff = { first: 1000, max: 60_000 };

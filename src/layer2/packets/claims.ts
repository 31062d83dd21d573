/** Limits on what follows from claims of other hosts: anybody on the segment can send as many as they like. */
import { putNewest } from '../../base/bounded-map.ts';
import type { Millis } from '../../base/clock.ts';
import { TokenBucket } from '../../workqueue/token-bucket.ts';

/** The same claim is reported that often at most. */
export const CLAIM_INTERVAL: Millis = 1000;
/** Claims by unknown hosts that are reported in a second, whatever they are. */
export const UNKNOWN_CLAIMS_PER_SECOND = 20;
/** Claims that are remembered; the oldest is forgotten. */
export const CLAIMS_REMEMBERED = 4096;
/** An address is defended that often at most (RFC 5227 2.4 b: DEFEND_INTERVAL). */
export const DEFEND_INTERVAL: Millis = 10_000;

export class ClaimLimiter {
  readonly #reportedAt = new Map<string, Millis>();
  readonly #unknown = new TokenBucket({
    perSecond: UNKNOWN_CLAIMS_PER_SECOND,
    burst: UNKNOWN_CLAIMS_PER_SECOND,
  });

  /** Whether to report the claim; then it counts as reported. `key` names address, interface and MAC address. */
  admits(key: string, isSpeaker: boolean, now: Millis): boolean {
    const last = this.#reportedAt.get(key);
    if (last !== undefined && now - last < CLAIM_INTERVAL) return false;
    if (!isSpeaker && this.#unknown.take(now) > 0) return false;
    putNewest(this.#reportedAt, CLAIMS_REMEMBERED, key, now);
    return true;
  }
}

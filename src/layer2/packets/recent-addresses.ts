/**
 * Addresses that this node answered for a moment ago. An endpoint that is away for some seconds takes the address with it; when
 * it is back, the address need not be probed: nobody answered to the probes then, and no host gets used to it so quickly.
 */
import { putNewest } from '../../base/bounded-map.ts';
import type { Millis } from '../../base/clock.ts';
import { type Address, formatAddress } from '../../net/address.ts';

/** How long an address counts as recent. */
export const RECENT_FOR: Millis = 60_000;
/** Addresses that are remembered; the oldest is forgotten, and probed again. */
export const RECENT_ADDRESSES_MAX = 10_000;

export class RecentAddresses {
  /** When each was left; the oldest first. */
  readonly #leftAt = new Map<string, Millis>();

  /** The node answered for it until now. */
  left(address: Address, now: Millis): void {
    putNewest(this.#leftAt, RECENT_ADDRESSES_MAX, formatAddress(address), now);
  }

  /** Whether it was left recently; then it is forgotten. */
  take(address: Address, now: Millis): boolean {
    const key = formatAddress(address);
    const leftAt = this.#leftAt.get(key);
    this.#leftAt.delete(key);
    return leftAt !== undefined && now - leftAt < RECENT_FOR;
  }
}

/**
 * Markers around the routes of one family: End-of-RIB after the initial routes (RFC 4724 2, even without graceful
 * restart), and for an enhanced route refresh BoRR before and EoRR after the re-advertised routes (RFC 7313 4).
 * A refresh waits for End-of-RIB and for the previous refresh, so repeated requests are answered by one refresh.
 */
import type { Family } from '../../net/address.ts';
import { AFI, SAFI_UNICAST } from '../wire/codes.ts';
import { REFRESH_SUBTYPE } from '../wire/message.ts';
import { encodeRouteRefresh } from '../wire/route-refresh.ts';
import { encodeEndOfRib } from '../wire/write/pack.ts';

export type RibProgress = {
  /** The desired routes are complete. */
  readonly isComplete: boolean;
  /** No UPDATE of the family is pending. */
  readonly isDrained: boolean;
};

export type Marker = {
  /** Null: a plain refresh (RFC 2918) begins, which has no BoRR. */
  readonly message: Uint8Array | null;
  /** All routes of the family must be re-advertised after the message. */
  readonly readvertise: boolean;
};

export class RibMarkers {
  readonly #family: Family;
  readonly #isEnhanced: boolean;
  #sentEndOfRib = false;
  #isRefreshRequested = false;
  #isRefreshing = false;

  constructor(family: Family, enhanced: boolean) {
    this.#family = family;
    this.#isEnhanced = enhanced;
  }

  refresh(): void {
    this.#isRefreshRequested = true;
  }

  /** The marker that is due, or null. */
  next({ isComplete, isDrained }: RibProgress): Marker | null {
    if (!this.#isEnhanced && this.#isRefreshRequested) {
      this.#isRefreshRequested = false;
      return { message: null, readvertise: true };
    }
    if (!this.#sentEndOfRib) {
      if (!isComplete || !isDrained) return null;
      this.#sentEndOfRib = true;
      return { message: encodeEndOfRib(this.#family), readvertise: false };
    }
    if (this.#isRefreshing) {
      if (!isDrained) return null;
      this.#isRefreshing = false;
      return { message: this.#demarcation(REFRESH_SUBTYPE.end), readvertise: false };
    }
    if (!this.#isRefreshRequested) return null;
    this.#isRefreshRequested = false;
    this.#isRefreshing = true;
    return { message: this.#demarcation(REFRESH_SUBTYPE.begin), readvertise: true };
  }

  #demarcation(subtype: number): Uint8Array {
    return encodeRouteRefresh({ kind: 'route-refresh', afi: AFI[this.#family], safi: SAFI_UNICAST, subtype });
  }
}

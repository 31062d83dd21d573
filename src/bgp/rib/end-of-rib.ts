/**
 * What stands around the routes of one family: End-of-RIB behind the first full picture (RFC 4724 2, also where no
 * restart is agreed on), and for an enhanced refresh BoRR before and EoRR behind what is told again (RFC 7313 4).
 * A refresh waits for the End-of-RIB and for the one before it, so however often it is asked for, one comes.
 */
import type { Family } from '../../net/address.ts';
import { AFI, SAFI_UNICAST } from '../wire/codes.ts';
import { REFRESH_SUBTYPE } from '../wire/message.ts';
import { encodeEndOfRib } from '../wire/pack.ts';
import { encodeRouteRefresh } from '../wire/route-refresh.ts';

export type RibProgress = {
  /** Everything that should be told is known. */
  readonly isComplete: boolean;
  /** Nothing of the family waits. */
  readonly isDrained: boolean;
};

export type Marker = {
  /** Null: a refresh without frame begins. */
  readonly message: Uint8Array | null;
  /** All of the family has to be told again, behind the message. */
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

  /** Null where none is due. */
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

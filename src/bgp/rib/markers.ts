/**
 * What stands around the routes of one family: End-of-RIB behind the first full picture (RFC 4724 2, also where no
 * restart is agreed on), and for an enhanced refresh BoRR before and EoRR behind what is told again (RFC 7313 4).
 * A refresh waits for the End-of-RIB and for the one before it, so however often it is asked for, one comes.
 */
import type { Family } from '../../net/address.ts';
import { AFI, SAFI_UNICAST } from '../wire/codes.ts';
import { REFRESH } from '../wire/message.ts';
import { endOfRib } from '../wire/pack.ts';
import { encodeRefresh } from '../wire/refresh.ts';

export type Standing = {
  /** Everything that should be told is known. */
  readonly complete: boolean;
  /** Nothing of the family waits. */
  readonly told: boolean;
};

export type Marker = {
  /** Null: a refresh without frame begins. */
  readonly message: Uint8Array | null;
  /** All of the family has to be told again, behind the message. */
  readonly again: boolean;
};

export class Markers {
  readonly #family: Family;
  readonly #enhanced: boolean;
  #ended = false;
  #asked = false;
  #begun = false;

  constructor(family: Family, enhanced: boolean) {
    this.#family = family;
    this.#enhanced = enhanced;
  }

  refresh(): void {
    this.#asked = true;
  }

  /** Null where none is due. */
  next({ complete, told }: Standing): Marker | null {
    if (!this.#enhanced && this.#asked) {
      this.#asked = false;
      return { message: null, again: true };
    }
    if (!this.#ended) {
      if (!complete || !told) return null;
      this.#ended = true;
      return { message: endOfRib(this.#family), again: false };
    }
    if (this.#begun) {
      if (!told) return null;
      this.#begun = false;
      return { message: this.#frame(REFRESH.end), again: false };
    }
    if (!this.#asked) return null;
    this.#asked = false;
    this.#begun = true;
    return { message: this.#frame(REFRESH.begin), again: true };
  }

  #frame(subtype: number): Uint8Array {
    return encodeRefresh({ kind: 'route-refresh', afi: AFI[this.#family], safi: SAFI_UNICAST, subtype });
  }
}

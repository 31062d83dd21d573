/** Terms of one session for its Adj-RIB-Out: the families, the markers of each, and which paths can be encoded. */
import type { Family } from '../../net/address.ts';
import type { BgpPath } from '../attributes/path.ts';
import type { NegotiatedTerms, WriteTerms } from '../wire/negotiated.ts';
import type { PackFailure } from '../wire/write/pack.ts';
import { RibMarkers } from './end-of-rib.ts';
import { packFailureOf } from './fill-update.ts';

export type SessionTerms = WriteTerms & Pick<NegotiatedTerms, 'families' | 'enhancedRouteRefresh'>;

export class PeerTerms {
  readonly terms: SessionTerms;
  /** By family that the session carries. */
  readonly markers: ReadonlyMap<Family, RibMarkers>;
  /** Cached results by path; equal paths are one object in the shared tables. */
  readonly #packFailures = {
    4: new WeakMap<BgpPath, PackFailure | null>(),
    6: new WeakMap<BgpPath, PackFailure | null>(),
  };

  constructor(terms: SessionTerms) {
    const { families, enhancedRouteRefresh } = terms;
    this.terms = terms;
    this.markers = new Map(families.map((one) => [one, new RibMarkers(one, enhancedRouteRefresh)]));
  }

  carries(family: Family): boolean {
    return this.markers.has(family);
  }

  packFailure(family: Family, path: BgpPath): PackFailure | null {
    const known = this.#packFailures[family];
    const cached = known.get(path);
    if (cached !== undefined) return cached;
    const found = packFailureOf(family, path, this.terms);
    known.set(path, found);
    return found;
  }
}

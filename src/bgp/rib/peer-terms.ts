/** The peer of one session: what it can be told, and the markers around what it is told. */
import type { Family } from '../../net/address.ts';
import type { BgpPath } from '../attributes/path.ts';
import type { NegotiatedTerms, WriteTerms } from '../wire/negotiated.ts';
import type { PackFailure } from '../wire/pack.ts';
import { RibMarkers } from './end-of-rib.ts';
import { packFailureOf } from './fill-update.ts';

export type SessionTerms = WriteTerms & Pick<NegotiatedTerms, 'families' | 'enhancedRouteRefresh'>;

export class PeerTerms {
  readonly terms: SessionTerms;
  /** By the families that the session carries. */
  readonly markers: ReadonlyMap<Family, RibMarkers>;
  /** What was found of paths, each looked at once. They come from the tables, where equal ones are one object. */
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

/** The peer of one session: what it can be told, and the markers around what it is told. */
import type { Family } from '../../net/address.ts';
import type { Path } from '../../routes/path.ts';
import type { Agreement, WriteTerms } from '../wire/agreement.ts';
import type { PackFailure } from '../wire/pack.ts';
import { Markers } from './markers.ts';
import { obstacleTo } from './update.ts';

export type SessionTerms = WriteTerms & Pick<Agreement, 'families' | 'enhancedRouteRefresh'>;

export class Listener {
  readonly terms: SessionTerms;
  /** By the families that the session carries. */
  readonly markers: ReadonlyMap<Family, Markers>;
  /** What was found of paths, each looked at once. They come from the tables, where equal ones are one object. */
  readonly #obstacles = {
    4: new WeakMap<Path, PackFailure | null>(),
    6: new WeakMap<Path, PackFailure | null>(),
  };

  constructor(terms: SessionTerms) {
    const { families, enhancedRouteRefresh } = terms;
    this.terms = terms;
    this.markers = new Map(families.map((one) => [one, new Markers(one, enhancedRouteRefresh)]));
  }

  hears(family: Family): boolean {
    return this.markers.has(family);
  }

  obstacle(family: Family, path: Path): PackFailure | null {
    const known = this.#obstacles[family];
    const before = known.get(path);
    if (before !== undefined) return before;
    const found = obstacleTo(family, path, this.terms);
    known.set(path, found);
    return found;
  }
}

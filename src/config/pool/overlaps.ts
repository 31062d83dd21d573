/**
 * Resolves overlaps of pools: an address that several pools list belongs to the oldest of them.
 *
 * The address space is cut at the ends of all ranges. Each piece has one owner, and adjacent pieces of one owner are
 * merged. Sorting and a heap make this O(n log n) in the number of ranges; comparing every pair of pools would be quadratic.
 */
import { invariant } from '../../base/invariant.ts';
import { type AddressRange, subtractRanges } from '../../net/range.ts';
import { Heap } from '../../workqueue/heap.ts';
import { compareRanges } from './ranges.ts';

/** Addresses that two pools list. Where more than two do, each of the younger pools names the oldest. */
export type PoolOverlap = {
  readonly otherPool: string;
  readonly range: AddressRange;
  /** The other pool is older: it assigns these addresses, and this pool does not. */
  readonly isOtherOlder: boolean;
};

/** Limit of overlaps that are reported for a pool. */
export const OVERLAPS_PER_POOL_MAX = 100;

export type PoolClaims = { readonly name: string; readonly claims: readonly AddressRange[] };

type OwnedRange = { readonly range: AddressRange; readonly owner: number };

export class ClaimMap {
  readonly #claimants: readonly PoolClaims[];
  readonly #ownedRanges: readonly OwnedRange[];

  /** `claimants` are sorted by age, the oldest first; the index in the list is the age. */
  constructor(claimants: readonly PoolClaims[]) {
    this.#claimants = claimants;
    this.#ownedRanges = ([4, 6] as const).flatMap((family) => {
      const claims = claimants.flatMap(({ claims }, owner) =>
        claims.filter((range) => range.family === family).map((range) => ({ range, owner, slot: -1 })),
      );
      return splitByOwner(claims);
    });
  }

  /** The part of `ranges` that the pool with index `age` may assign: without ranges of older pools. */
  grantable(age: number, ranges: readonly AddressRange[]): readonly AddressRange[] {
    const taken = ranges.flatMap((range) =>
      [...this.#ownedRangesIn(range)].filter(({ owner }) => owner < age).map((owned) => owned.range),
    );
    return taken.length === 0 ? ranges : subtractRanges(ranges, taken);
  }

  /** The overlaps of every pool, by its index; each list sorted by range and cut at `OVERLAPS_PER_POOL_MAX`. */
  overlaps(): readonly (readonly PoolOverlap[])[] {
    const lists = this.#claimants.map((): PoolOverlap[] => []);
    for (const [age, claimant] of this.#claimants.entries()) {
      for (const claim of claimant.claims) {
        for (const { range, owner } of this.#ownedRangesIn(claim)) {
          if (owner === age) continue;
          const [own, other, older] = [lists[age], lists[owner], this.#claimants[owner]];
          invariant(own && other && older, 'a piece is owned by a claimant');
          const shared = intersection(range, claim);
          if (own.length < OVERLAPS_PER_POOL_MAX)
            own.push({ otherPool: older.name, range: shared, isOtherOlder: true });
          if (other.length < OVERLAPS_PER_POOL_MAX) {
            other.push({ otherPool: claimant.name, range: shared, isOtherOlder: false });
          }
        }
      }
    }
    return lists.map((list) => list.sort((a, b) => compareRanges(a.range, b.range)));
  }

  /** The pieces that share an address with `range`, from the low end. */
  *#ownedRangesIn(range: AddressRange): Iterable<OwnedRange> {
    let low = 0;
    let high = this.#ownedRanges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const owned = this.#ownedRanges[middle];
      if (owned !== undefined && endsBefore(owned.range, range)) low = middle + 1;
      else high = middle;
    }
    for (let index = low; index < this.#ownedRanges.length; index++) {
      const owned = this.#ownedRanges[index];
      if (owned === undefined || endsBefore(range, owned.range)) return;
      yield owned;
    }
  }
}

type Claim = { readonly range: AddressRange; readonly owner: number; slot: number };

/** Splits the ranges of one family into disjoint pieces, each owned by the oldest pool that lists it. */
function splitByOwner(claims: readonly Claim[]): readonly OwnedRange[] {
  const byStart = [...claims].sort((a, b) => compareRanges(a.range, b.range));
  const cuts = [...new Set(claims.flatMap(({ range }) => [range.first, range.last + 1n]))].sort((a, b) =>
    a < b ? -1 : 1,
  );
  const open = new Heap<Claim>((a, b) => a.owner < b.owner);
  const pieces: OwnedRange[] = [];
  let next = 0;
  for (const [index, first] of cuts.entries()) {
    for (let claim = byStart[next]; claim && claim.range.first === first; claim = byStart[++next])
      open.add(claim);
    for (let oldest = open.first; oldest && oldest.range.last < first; oldest = open.first)
      open.remove(oldest);
    const after = cuts[index + 1];
    const oldest = open.first;
    if (oldest === undefined || after === undefined) continue;
    const before = pieces.at(-1);
    const piece = { range: { family: oldest.range.family, first, last: after - 1n }, owner: oldest.owner };
    if (before?.owner === piece.owner && before.range.last + 1n === first) {
      pieces[pieces.length - 1] = { ...piece, range: { ...piece.range, first: before.range.first } };
    } else {
      pieces.push(piece);
    }
  }
  return pieces;
}

const endsBefore = (a: AddressRange, b: AddressRange): boolean =>
  a.family === b.family ? a.last < b.first : a.family < b.family;

/** The intersection of two ranges that overlap. */
function intersection(a: AddressRange, b: AddressRange): AddressRange {
  const startsLater = a.first > b.first ? a : b;
  const endsSooner = a.last < b.last ? a : b;
  return { family: a.family, first: startsLater.first, last: endsSooner.last };
}

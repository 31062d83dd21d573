/**
 * Resolves overlaps of pools: an address that several pools list belongs to the oldest of them.
 *
 * A sweep over all ranges from the low end cuts the address space into pieces, each with one owner; adjacent pieces of one
 * owner are merged. Sorting and a heap make this O(n log n) in the number of ranges; comparing every pair of pools would be
 * quadratic. Pools that overlap with no other, which is the rule, cost no more than the sweep.
 */
import { invariant } from '../../base/invariant.ts';
import { sortInSteps } from '../../base/sort-in-steps.ts';
import { finishSteps, ITEMS_PER_STEP, type Steps } from '../../base/steps.ts';
import { type AddressRange, subtractRangesInSteps } from '../../net/range.ts';
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
  /** Whether a claimant, by its index, lists an address that another one lists as well. */
  readonly #isContested: readonly boolean[];

  private constructor(claimants: readonly PoolClaims[], { pieces, isContested }: Sweep) {
    this.#claimants = claimants;
    this.#ownedRanges = pieces;
    this.#isContested = isContested;
  }

  /** `claimants` are sorted by age, the oldest first; the index in the list is the age. */
  static *inSteps(claimants: readonly PoolClaims[]): Steps<ClaimMap> {
    const all: Claim[] = [];
    for (const [owner, { claims }] of claimants.entries()) {
      for (const range of claims) all.push({ range, owner, slot: -1 });
      if (all.length % ITEMS_PER_STEP < claims.length) yield null;
    }
    const byStart = yield* sortInSteps(all, (a, b) => compareRanges(a.range, b.range), ITEMS_PER_STEP);
    return new ClaimMap(claimants, yield* sweep(byStart, claimants.length));
  }

  static of(claimants: readonly PoolClaims[]): ClaimMap {
    return finishSteps(ClaimMap.inSteps(claimants));
  }

  /** The part of `ranges` that the pool with index `age` may assign: without ranges of older pools. */
  *grantable(age: number, ranges: readonly AddressRange[]): Steps<readonly AddressRange[]> {
    // A last good version may list other ranges than the claims are.
    if (this.#isContested[age] === false && this.#claimants[age]?.claims === ranges) return ranges;
    const taken: AddressRange[] = [];
    for (const [index, range] of ranges.entries()) {
      if (index % ITEMS_PER_STEP === ITEMS_PER_STEP - 1) yield null;
      for (const owned of this.#ownedRangesIn(range)) if (owned.owner < age) taken.push(owned.range);
    }
    return taken.length === 0 ? ranges : yield* subtractRangesInSteps(ranges, taken);
  }

  /** The overlaps of every pool, by its index; each list sorted by range and cut at `OVERLAPS_PER_POOL_MAX`. */
  *overlaps(): Steps<readonly (readonly PoolOverlap[])[]> {
    const lists = this.#claimants.map((): PoolOverlap[] => []);
    for (const [age, claimant] of this.#claimants.entries()) {
      if (this.#isContested[age] === false) continue;
      for (const [index, claim] of claimant.claims.entries()) {
        if (index % ITEMS_PER_STEP === ITEMS_PER_STEP - 1) yield null;
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

type Sweep = { readonly pieces: readonly OwnedRange[]; readonly isContested: readonly boolean[] };

/** Splits the claims, sorted by their start, into disjoint pieces, each owned by the oldest pool that lists it. */
function* sweep(byStart: readonly Claim[], owners: number): Steps<Sweep> {
  const pieces: OwnedRange[] = [];
  const isContested = Array.from({ length: owners }, () => false);
  /** The claims that begin before the sweep's position; those that ended are removed when they come to the top. */
  const open = new Heap<Claim>((a, b) => a.owner < b.owner);
  for (let next = 0; next < byStart.length; ) {
    const start = byStart[next]?.range;
    if (start === undefined) break;
    do {
      if (next % ITEMS_PER_STEP === ITEMS_PER_STEP - 1) yield null;
      const claim = byStart[next++] as Claim;
      const oldest = open.first;
      if (oldest !== undefined && oldest.owner !== claim.owner)
        isContested[oldest.owner] = isContested[claim.owner] = true;
      open.add(claim);
    } while (byStart[next]?.range.family === start.family && byStart[next]?.range.first === start.first);
    const after = byStart[next]?.range;
    const end = after?.family === start.family ? after.first : null;
    addPieces(pieces, open, { first: start.first, end });
  }
  return { pieces, isContested };
}

/** Adds the pieces from `first` to before `end`, where the next claim begins; null where none does. */
function addPieces(
  pieces: OwnedRange[],
  open: Heap<Claim>,
  { first, end }: { readonly first: bigint; readonly end: bigint | null },
): void {
  let from = first;
  for (let oldest = open.first; oldest !== undefined; oldest = open.first) {
    const { range, owner } = oldest;
    if (range.last < from) {
      open.remove(oldest);
      continue;
    }
    if (end !== null && from >= end) return;
    const last = end !== null && end <= range.last ? end - 1n : range.last;
    const before = pieces.at(-1);
    const isSame = before?.owner === owner && before.range.family === range.family;
    if (isSame && before.range.last + 1n === from)
      pieces[pieces.length - 1] = { range: { ...before.range, last }, owner };
    else
      pieces.push({
        range: from === range.first && last === range.last ? range : { ...range, first: from, last },
        owner,
      });
    from = last + 1n;
  }
}

const endsBefore = (a: AddressRange, b: AddressRange): boolean =>
  a.family === b.family ? a.last < b.first : a.family < b.family;

/** The intersection of two ranges that overlap. */
function intersection(a: AddressRange, b: AddressRange): AddressRange {
  const startsLater = a.first > b.first ? a : b;
  const endsSooner = a.last < b.last ? a : b;
  return { family: a.family, first: startsLater.first, last: endsSooner.last };
}

/**
 * Who may grant where pools overlap.
 *
 * Every address that is claimed at all belongs to the oldest pool that claims it. The line of all addresses is
 * cut at the ends of all claims; each piece has one owner, and neighbours with the same owner are one piece.
 * Sorting and a heap make that O(n log n) in the number of claims, however many pools lie on top of each
 * other, where comparing every pair would not end.
 */
import { invariant } from '../base/invariant.ts';
import { type AddressRange, subtractRanges } from '../net/range.ts';
import { Heap } from '../work/heap.ts';
import { compareRanges } from './pool-ranges.ts';

/** Addresses that two pools claim. Where more than two do, each of the younger ones names the oldest. */
export type Overlap = {
  readonly with: string;
  readonly range: AddressRange;
  /** The other one is older: it grants these addresses and we do not. */
  readonly older: boolean;
};

/** So many overlaps a pool lists; two pools of ten thousand ranges each need no more to be told apart. */
export const OVERLAPS_LISTED_MAX = 100;

export type Claimant = { readonly name: string; readonly claims: readonly AddressRange[] };

type Piece = { readonly range: AddressRange; readonly owner: number };

export class ClaimMap {
  readonly #claimants: readonly Claimant[];
  readonly #pieces: readonly Piece[];

  /** `claimants` oldest first; their place in the list is their age. */
  constructor(claimants: readonly Claimant[]) {
    this.#claimants = claimants;
    this.#pieces = ([4, 6] as const).flatMap((family) => {
      const claims = claimants.flatMap(({ claims }, owner) =>
        claims.filter((range) => range.family === family).map((range) => ({ range, owner, slot: -1 })),
      );
      return cutIntoPieces(claims);
    });
  }

  /** What claimant `age` may grant of `ranges`: all but what an older one claims. */
  grantable(age: number, ranges: readonly AddressRange[]): readonly AddressRange[] {
    const taken = ranges.flatMap((range) =>
      [...this.#piecesIn(range)].filter(({ owner }) => owner < age).map((piece) => piece.range),
    );
    return taken.length === 0 ? ranges : subtractRanges(ranges, taken);
  }

  /** The overlaps of every claimant, by its place; each list by range, cut at `OVERLAPS_LISTED_MAX`. */
  overlaps(): readonly (readonly Overlap[])[] {
    const lists = this.#claimants.map((): Overlap[] => []);
    for (const [age, claimant] of this.#claimants.entries()) {
      for (const claim of claimant.claims) {
        for (const { range, owner } of this.#piecesIn(claim)) {
          if (owner === age) continue;
          const [mine, theirs, older] = [lists[age], lists[owner], this.#claimants[owner]];
          invariant(mine && theirs && older, 'a piece is owned by a claimant');
          const shared = intersection(range, claim);
          if (mine.length < OVERLAPS_LISTED_MAX) mine.push({ with: older.name, range: shared, older: true });
          if (theirs.length < OVERLAPS_LISTED_MAX) {
            theirs.push({ with: claimant.name, range: shared, older: false });
          }
        }
      }
    }
    return lists.map((list) => list.sort((a, b) => compareRanges(a.range, b.range)));
  }

  /** The pieces that share an address with `range`, from the low end. */
  *#piecesIn(range: AddressRange): Iterable<Piece> {
    let low = 0;
    let high = this.#pieces.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const piece = this.#pieces[middle];
      if (piece !== undefined && endsBefore(piece.range, range)) low = middle + 1;
      else high = middle;
    }
    for (let at = low; at < this.#pieces.length; at++) {
      const piece = this.#pieces[at];
      if (piece === undefined || endsBefore(range, piece.range)) return;
      yield piece;
    }
  }
}

type Claim = { readonly range: AddressRange; readonly owner: number; slot: number };

/** Claims of one family, turned into pieces that do not overlap, each owned by its oldest claimant. */
function cutIntoPieces(claims: readonly Claim[]): readonly Piece[] {
  const byStart = [...claims].sort((a, b) => compareRanges(a.range, b.range));
  const cuts = [...new Set(claims.flatMap(({ range }) => [range.first, range.last + 1n]))].sort((a, b) =>
    a < b ? -1 : 1,
  );
  const open = new Heap<Claim>((a, b) => a.owner < b.owner);
  const pieces: Piece[] = [];
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

/** The addresses that both hold; they share at least one. */
function intersection(a: AddressRange, b: AddressRange): AddressRange {
  const startsLater = a.first > b.first ? a : b;
  const endsSooner = a.last < b.last ? a : b;
  return { family: a.family, first: startsLater.first, last: endsSooner.last };
}

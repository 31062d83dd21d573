/**
 * Occupancy of one address family. The allocations are kept once for all pools, and pools are views of them: an edit of
 * a pool changes no allocation, and costs no more than a new view.
 */
import { invariant } from '../base/invariant.ts';
import type { Steps } from '../base/steps.ts';
import type { Address } from '../net/address.ts';
import type { AddressAllocation } from './allocation.ts';
import { type AddressKey, type AddressSpace, addressFromKey } from './index/address-space.ts';
import { CountedBTree } from './index/counted-btree.ts';
import { IntervalTree, type OwnedInterval } from './index/interval-tree.ts';
import { lowestFree } from './index/lowest-free.ts';
import { type LedgerPool, PoolFreeRanges } from './pool-free-ranges.ts';
import type { Claim } from './sharing.ts';
import { SharingIndex } from './sharing-index.ts';

/** How an address belongs to a pool; a `grantable` one is granted if it is free. */
export type PoolMembership = 'not-listed' | 'avoided' | 'not-grantable' | 'grantable';

/**
 * Boxes of a pool in the index of all pools. A pool of more ranges has several in one box, so that a pool of a hundred
 * thousand ranges is indexed within one turn of the event loop.
 */
const BOXES_PER_POOL_MAX = 1024;

export class FamilyOccupancy<K extends AddressKey> {
  readonly space: AddressSpace<K>;
  /** The first allocation of each address in use. */
  readonly allocations: CountedBTree<K, AddressAllocation>;
  /** Compact keys of the addresses in use that `avoidBuggyIPs` does not avoid; null while no pool sets it. */
  usableKeys: CountedBTree<K, true> | null = null;
  readonly sharingIndex: SharingIndex<K>;
  readonly poolRanges = new Map<string, PoolFreeRanges<K>>();
  #boxes: IntervalTree<K, PoolFreeRanges<K>> = new IntervalTree([]);

  constructor(space: AddressSpace<K>) {
    this.space = space;
    this.allocations = new CountedBTree(space);
    this.sharingIndex = new SharingIndex(space);
  }

  // --- pools

  /** The views of these pools. Those of pools that are as before are the present ones, with what they know. */
  *preparePools(ledgerPools: readonly LedgerPool[]): Steps<readonly PoolFreeRanges<K>[]> {
    const views: PoolFreeRanges<K>[] = [];
    for (const ledgerPool of ledgerPools) {
      const present = this.poolRanges.get(ledgerPool.name);
      if (present?.isViewOf(ledgerPool)) views.push(present);
      else views.push(yield* PoolFreeRanges.inSteps(this.space, ledgerPool));
      yield null;
    }
    return views;
  }

  /** `views` are those of all pools, the oldest first. Allocations may have changed since they were prepared. */
  setPools(views: readonly PoolFreeRanges<K>[]): void {
    const added = views.filter((view) => this.poolRanges.get(view.pool.name) !== view);
    this.poolRanges.clear();
    for (const [ageRank, view] of views.entries()) {
      view.ageRank = ageRank;
      this.poolRanges.set(view.pool.name, view);
    }
    this.#boxes = new IntervalTree(added.flatMap(boxesOf));
    if (added.length > 0)
      for (const [addressKey] of this.allocations.entries()) this.#countInUse(addressKey, 1);
    this.#boxes = new IntervalTree(views.flatMap(boxesOf));
    this.#trackUsable(views.some(({ avoidsBuggyIPs }) => avoidsBuggyIPs));
  }

  /** The views of all pools, as of an occupancy without allocations; this one must not be used any more. */
  releaseViews(): readonly PoolFreeRanges<K>[] {
    const views = [...this.poolRanges.values()];
    for (const view of views) view.reset();
    return views;
  }

  /** Calls `visit` with each pool that lists the address. */
  #forEachListing(addressKey: K, visit: (poolRanges: PoolFreeRanges<K>) => void): void {
    this.#boxes.forEachContaining(addressKey, (poolRanges) => {
      if (poolRanges.listed.has(addressKey)) visit(poolRanges);
    });
  }

  #countInUse(addressKey: K, by: 1 | -1): void {
    this.#forEachListing(addressKey, (poolRanges) => poolRanges.countInUse(this.space, addressKey, by));
  }

  #trackUsable(isNeeded: boolean): void {
    if (!isNeeded) this.usableKeys = null;
    if (!isNeeded || this.usableKeys !== null) return;
    this.usableKeys = new CountedBTree(this.space);
    for (const [addressKey] of this.allocations.entries()) {
      if (!this.space.isBuggy(addressKey)) this.usableKeys.insert(this.space.compact(addressKey), true);
    }
  }

  rangesOf(pool: string): PoolFreeRanges<K> {
    const poolRanges = this.poolRanges.get(pool);
    invariant(poolRanges !== undefined, 'the ledger does not know the pool');
    return poolRanges;
  }

  membershipOf(pool: string, addressKey: K): PoolMembership {
    const poolRanges = this.rangesOf(pool);
    if (!poolRanges.listed.has(addressKey)) return 'not-listed';
    if (poolRanges.avoidsBuggyIPs && this.space.isBuggy(addressKey)) return 'avoided';
    return poolRanges.grantable.has(addressKey) ? 'grantable' : 'not-grantable';
  }

  /** The oldest pool that lists the address. */
  poolOf(addressKey: K): string | null {
    let oldest: PoolFreeRanges<K> | null = null;
    this.#forEachListing(addressKey, (poolRanges) => {
      if (oldest === null || poolRanges.ageRank < oldest.ageRank) oldest = poolRanges;
    });
    return (oldest as PoolFreeRanges<K> | null)?.pool.name ?? null;
  }

  /** The pools that would grant the address if it were free, the oldest first. */
  grantingPools(addressKey: K): readonly string[] {
    const found: PoolFreeRanges<K>[] = [];
    this.#forEachListing(addressKey, (poolRanges) => {
      if (poolRanges.canGrant(this.space, addressKey)) found.push(poolRanges);
    });
    return found.sort((a, b) => a.ageRank - b.ageRank).map(({ pool: ledgerPool }) => ledgerPool.name);
  }

  // --- allocations

  /** The first allocation of the address. */
  firstAt(addressKey: K): AddressAllocation | null {
    return this.allocations.get(addressKey) ?? null;
  }

  /** Returns whether it is the only allocation of the address. */
  add(addressKey: K, allocation: AddressAllocation): boolean {
    if (this.addIfVacant(addressKey, allocation)) return true;
    const first = this.firstAt(addressKey) as AddressAllocation;
    allocation.nextSameAddress = first.nextSameAddress;
    first.nextSameAddress = allocation;
    this.sharingIndex.reindex(addressKey, first);
    return false;
  }

  /** Adds the allocation if the address is vacant, and returns whether it was. */
  addIfVacant(addressKey: K, allocation: AddressAllocation): boolean {
    if (this.allocations.insert(addressKey, allocation) !== undefined) return false;
    this.#countInUse(addressKey, 1);
    if (this.usableKeys !== null && !this.space.isBuggy(addressKey))
      this.usableKeys.insert(this.space.compact(addressKey), true);
    if (allocation.claim.sharing.key !== '') this.sharingIndex.reindex(addressKey, allocation);
    return true;
  }

  /** Returns whether the address is vacant now. */
  remove(addressKey: K, allocation: AddressAllocation): boolean {
    // Nearly all addresses have one allocation.
    const first =
      allocation.nextSameAddress === null
        ? this.allocations.removeIfEqual(addressKey, allocation)
        : this.allocations.get(addressKey);
    if (first === undefined) {
      this.#markVacant(addressKey);
      if (allocation.claim.sharing.key !== '') this.sharingIndex.reindex(addressKey, null);
      return true;
    }
    if (first === allocation)
      this.allocations.replace(addressKey, allocation.nextSameAddress as AddressAllocation);
    else this.#unlink(first, allocation);
    allocation.nextSameAddress = null;
    this.sharingIndex.reindex(addressKey, this.firstAt(addressKey));
    return false;
  }

  #markVacant(addressKey: K): void {
    if (this.usableKeys !== null && !this.space.isBuggy(addressKey))
      this.usableKeys.remove(this.space.compact(addressKey));
    this.#forEachListing(addressKey, (poolRanges) => {
      poolRanges.countInUse(this.space, addressKey, -1);
      poolRanges.markVacant(addressKey);
    });
  }

  #unlink(first: AddressAllocation | null, allocation: AddressAllocation): void {
    for (let current = first; current !== null; current = current.nextSameAddress) {
      if (current.nextSameAddress !== allocation) continue;
      current.nextSameAddress = allocation.nextSameAddress;
      return;
    }
    invariant(false, 'removed an allocation from an address that it is not on');
  }

  // --- free addresses

  /** The lowest free or shareable address, in the order of the pool's ranges; null where there is none. */
  findAvailable(pool: string, claim: Claim, heldKeys: ReadonlySet<AddressKey>): K | null {
    const poolRanges = this.rangesOf(pool);
    const free = this.#firstFree(poolRanges);
    if (claim.sharing.key === '') return free;
    const best = free === null ? null : { range: poolRanges.openRanges.first(), addressKey: free };
    return this.sharingIndex.findFirst(claim, poolRanges, heldKeys, best)?.addressKey ?? free;
  }

  #firstFree(poolRanges: PoolFreeRanges<K>): K | null {
    for (let range = poolRanges.openRanges.first(); range >= 0; range = poolRanges.openRanges.first()) {
      const { last } = poolRanges.ranges[range] as (typeof poolRanges.ranges)[number];
      const from = poolRanges.freeHints[range] as K;
      const addressKey = poolRanges.avoidsBuggyIPs
        ? this.#lowestUsable(from)
        : lowestFree(this.allocations, this.space, from);
      poolRanges.freeHints[range] = addressKey;
      if (addressKey <= last) return addressKey;
      poolRanges.openRanges.closeFirst();
    }
    return null;
  }

  #lowestUsable(first: K): K {
    invariant(this.usableKeys !== null, 'a pool avoids addresses, and they are not tracked');
    return this.space.expand(lowestFree(this.usableKeys, this.space, this.space.compact(first)));
  }

  /** The number of addresses of the pool in use, each counted once, and of those that it may still grant. */
  counts(pool: string): { readonly assigned: number; readonly available: number } {
    const { assigned, taken, grantableSize } = this.rangesOf(pool);
    return { assigned, available: saturateCount(grantableSize - BigInt(taken)) };
  }

  addressOf(addressKey: K): Address {
    return addressFromKey(this.space, addressKey);
  }
}

/** The API server refuses a JSON number above 2^53−1, or returns another one. */
const saturateCount = (count: bigint): number =>
  count > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(count);

/** Intervals that contain all that the pool lists. */
function boxesOf<K extends AddressKey>(view: PoolFreeRanges<K>): OwnedInterval<K, PoolFreeRanges<K>>[] {
  const { intervals } = view.listed;
  const perBox = Math.ceil(intervals.length / BOXES_PER_POOL_MAX);
  const boxes: OwnedInterval<K, PoolFreeRanges<K>>[] = [];
  for (let start = 0; start < intervals.length; start += perBox) {
    const [first, last] = [intervals[start], intervals[Math.min(start + perBox, intervals.length) - 1]];
    if (first !== undefined && last !== undefined)
      boxes.push({ first: first.first, last: last.last, owner: view });
  }
  return boxes;
}

/**
 * Occupancy of one address family. The allocations are kept once for all pools, and pools are views of them: an edit of
 * a pool changes no allocation, and costs no more than a new view.
 */
import { invariant } from '../base/invariant.ts';
import type { Address } from '../net/address.ts';
import type { AddressAllocation } from './allocation.ts';
import { type AddressKey, type AddressSpace, addressFromKey } from './index/address-space.ts';
import { CountedBTree } from './index/counted-btree.ts';
import { IntervalTree, type OwnedInterval } from './index/interval-tree.ts';
import { lowestFree } from './index/lowest-free.ts';
import { type LedgerPool, PoolFreeRanges, usableBounds } from './pool-free-ranges.ts';
import type { Claim } from './sharing.ts';
import { SharingIndex } from './sharing-index.ts';

/** How an address belongs to a pool; a `grantable` one is granted if it is free. */
export type PoolMembership = 'not-listed' | 'avoided' | 'not-grantable' | 'grantable';

type GrantableRange<K extends AddressKey> = {
  readonly poolRanges: PoolFreeRanges<K>;
  readonly range: number;
};

export class FamilyOccupancy<K extends AddressKey> {
  readonly space: AddressSpace<K>;
  /** The first allocation of each address in use. */
  readonly allocations: CountedBTree<K, AddressAllocation>;
  /** Compact keys of the addresses in use that `avoidBuggyIPs` does not avoid; null while no pool sets it. */
  usableKeys: CountedBTree<K, true> | null = null;
  readonly sharingIndex: SharingIndex<K>;
  readonly poolRanges = new Map<string, PoolFreeRanges<K>>();
  #listed: IntervalTree<K, PoolFreeRanges<K>> = new IntervalTree([]);
  #grantable: IntervalTree<K, GrantableRange<K>> = new IntervalTree([]);

  constructor(space: AddressSpace<K>) {
    this.space = space;
    this.allocations = new CountedBTree(space);
    this.sharingIndex = new SharingIndex(space);
  }

  // --- pools

  /** The oldest pool comes first. */
  setPools(ledgerPools: readonly LedgerPool[]): void {
    this.poolRanges.clear();
    for (const [ageRank, ledgerPool] of ledgerPools.entries())
      this.poolRanges.set(ledgerPool.name, new PoolFreeRanges(this.space, ledgerPool, ageRank));
    const listed: OwnedInterval<K, PoolFreeRanges<K>>[] = [];
    const grantable: OwnedInterval<K, GrantableRange<K>>[] = [];
    for (const poolRanges of this.poolRanges.values()) {
      for (const interval of poolRanges.listed.intervals) listed.push({ ...interval, owner: poolRanges });
      for (const [range, interval] of poolRanges.ranges.entries())
        grantable.push({ ...interval, owner: { poolRanges, range } });
    }
    this.#listed = new IntervalTree(listed);
    this.#grantable = new IntervalTree(grantable);
    this.#trackUsable([...this.poolRanges.values()].some(({ avoidsBuggyIPs }) => avoidsBuggyIPs));
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
    this.#listed.forEachContaining(addressKey, (poolRanges) => {
      if (oldest === null || poolRanges.ageRank < oldest.ageRank) oldest = poolRanges;
    });
    return (oldest as PoolFreeRanges<K> | null)?.pool.name ?? null;
  }

  /** The pools that would grant the address if it were free, the oldest first. */
  grantingPools(addressKey: K): readonly string[] {
    const found: PoolFreeRanges<K>[] = [];
    this.#grantable.forEachContaining(addressKey, ({ poolRanges }) => {
      if (!found.includes(poolRanges) && poolRanges.canGrant(this.space, addressKey)) found.push(poolRanges);
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
    this.#grantable.forEachContaining(addressKey, ({ poolRanges, range }) =>
      poolRanges.markVacant(range, addressKey),
    );
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
    const poolRanges = this.rangesOf(pool);
    let assigned = 0;
    for (const { first, last } of poolRanges.listed.intervals)
      assigned += this.#countAllocated(first, this.space.plus(last, 1));
    let taken = 0;
    for (const interval of poolRanges.grantable.intervals) {
      if (poolRanges.avoidsBuggyIPs && this.usableKeys !== null) {
        const { first, end } = usableBounds(this.space, interval);
        taken += this.usableKeys.countBelow(end) - this.usableKeys.countBelow(first);
      } else {
        taken += this.#countAllocated(interval.first, this.space.plus(interval.last, 1));
      }
    }
    return { assigned, available: saturateCount(poolRanges.grantableSize - BigInt(taken)) };
  }

  #countAllocated(first: K, end: K): number {
    return this.allocations.countBelow(end) - this.allocations.countBelow(first);
  }

  addressOf(addressKey: K): Address {
    return addressFromKey(this.space, addressKey);
  }
}

/** The API server refuses a JSON number above 2^53−1, or returns another one. */
const saturateCount = (count: bigint): number =>
  count > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(count);

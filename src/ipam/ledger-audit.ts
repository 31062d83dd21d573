/** Audits the ledger state: its structures must agree with each other. A difference is a bug, so it throws. */
import { invariant } from '../base/invariant.ts';
import type { AddressAllocation } from './allocation.ts';
import type { FamilyOccupancy } from './family-occupancy.ts';
import type { AddressKey } from './index/address-space.ts';
import type { BTreeNode, CountedBTree } from './index/counted-btree.ts';
import { lowestFree } from './index/lowest-free.ts';
import { iterateSameAddress, iterateSameHolder, type LedgerState } from './ledger-state.ts';
import type { PoolFreeRanges } from './pool-free-ranges.ts';
import { findSharingConflict, formatPort } from './sharing.ts';

export function auditLedger(state: LedgerState): void {
  const occupants = new Set<AddressAllocation>();
  for (const occupancy of [state.ipv4, state.ipv6]) {
    for (const allocation of auditFamily<AddressKey>(occupancy as unknown as FamilyOccupancy<AddressKey>))
      occupants.add(allocation);
  }
  let ownedCount = 0;
  for (const [holder, first] of state.firstByHolder) {
    for (const allocation of iterateSameHolder(first)) {
      invariant(
        allocation.holder === holder,
        `${holder} is listed for an allocation of ${allocation.holder}`,
      );
      invariant(occupants.has(allocation), `an allocation of ${holder} is not on its address`);
      ownedCount++;
    }
  }
  invariant(ownedCount === occupants.size, 'an allocation is not listed for its holder');
}

function auditFamily<K extends AddressKey>(occupancy: FamilyOccupancy<K>): readonly AddressAllocation[] {
  auditTree(occupancy.allocations);
  const all: AddressAllocation[] = [];
  for (const [addressKey, first] of occupancy.allocations.entries()) {
    const here = [...iterateSameAddress(first)];
    all.push(...here);
    invariant(
      here.every((allocation) => allocation.addressKey === addressKey),
      'an allocation is under another address',
    );
    auditSharing(here);
  }
  auditSharingIndex(occupancy);
  auditUsable(occupancy);
  for (const poolRanges of occupancy.poolRanges.values()) {
    auditFreeHints(occupancy, poolRanges);
    auditCounts(occupancy, poolRanges);
  }
  return all;
}

/** Every address below a free hint is taken or avoided. */
function auditFreeHints<K extends AddressKey>(
  { allocations, space }: FamilyOccupancy<K>,
  poolRanges: PoolFreeRanges<K>,
): void {
  for (const [range, { first, last }] of poolRanges.ranges.entries()) {
    const freeHint = poolRanges.openRanges.has(range)
      ? (poolRanges.freeHints[range] as K)
      : space.plus(last, 1);
    let free = lowestFree(allocations, space, first);
    while (poolRanges.avoidsBuggyIPs && free < freeHint && space.isBuggy(free)) {
      free = lowestFree(allocations, space, space.plus(free, 1));
    }
    invariant(free >= freeHint, 'a free address counts as taken');
  }
}

function auditCounts<K extends AddressKey>(
  { allocations, space }: FamilyOccupancy<K>,
  { listed, assigned, taken, ...poolRanges }: PoolFreeRanges<K>,
): void {
  const inUse = [...allocations.entries()].map(([addressKey]) => addressKey).filter((one) => listed.has(one));
  invariant(inUse.length === assigned, 'the number of addresses in use of a pool is wrong');
  const granted = inUse.filter(
    (one) => poolRanges.grantable.has(one) && !(poolRanges.avoidsBuggyIPs && space.isBuggy(one)),
  );
  invariant(granted.length === taken, 'the number of grantable addresses in use of a pool is wrong');
}

/** No two unforced allocations are on one address without the right to share it. */
function auditSharing(here: readonly AddressAllocation[]): void {
  const holders = new Set(here.map(({ holder }) => holder));
  invariant(holders.size === here.length, 'one holder has two allocations on one address');
  const unforced = here.filter(({ forced }) => !forced);
  for (const [index, one] of unforced.entries()) {
    for (const other of unforced.slice(index + 1)) {
      invariant(
        findSharingConflict(one.claim, other.claim) === null,
        `${one.holder} and ${other.holder} hold one address without the right to share it`,
      );
    }
  }
}

/** The sharing index has exactly the shareable addresses, each under its holders' key and ports. */
function auditSharingIndex<K extends AddressKey>(occupancy: FamilyOccupancy<K>): void {
  let indexedCount = 0;
  for (const { addressKey, keyGroup, portsKey } of occupancy.sharingIndex.entryByAddress()) {
    indexedCount++;
    const here = [...iterateSameAddress(occupancy.firstAt(addressKey))];
    const ports = here.flatMap(({ claim }) => claim.ports.map(formatPort));
    invariant(
      [...new Set(ports)].sort().join() === portsKey,
      'a shared address is indexed under wrong ports',
    );
    for (const { claim } of here) {
      const { key, backend } = claim.sharing;
      invariant(keyGroup === `${key}\0${backend}`, 'a shared address is indexed under a wrong key');
    }
    invariant(here.length > 0 && here.every(isShareable), 'an address that cannot be shared is indexed');
  }
  let shareableCount = 0;
  for (const [, first] of occupancy.allocations.entries())
    if ([...iterateSameAddress(first)].every(isShareable)) shareableCount++;
  invariant(shareableCount === indexedCount, 'a shareable address is not indexed');
}

const isShareable = ({ forced, claim }: AddressAllocation): boolean => !forced && claim.sharing.key !== '';

function auditUsable<K extends AddressKey>({ usableKeys, allocations, space }: FamilyOccupancy<K>): void {
  if (usableKeys === null) return;
  auditTree(usableKeys);
  const expected = [...allocations.entries()]
    .filter(([addressKey]) => !space.isBuggy(addressKey))
    .map(([addressKey]) => space.compact(addressKey));
  invariant(expected.length === usableKeys.size, 'the number of usable addresses in use is wrong');
  for (const compactKey of expected)
    invariant(usableKeys.get(compactKey) === true, 'a usable address in use is not tracked');
}

function auditTree<K extends AddressKey, V>(tree: CountedBTree<K, V>): void {
  invariant(auditNode(tree.root, null, null) === tree.size, 'the size of a tree is wrong');
}

/** Returns the number of keys below a node, all of which are in [`lower`, `end`). */
function auditNode<K extends AddressKey, V>(node: BTreeNode<K, V>, lower: K | null, end: K | null): number {
  const { keys, children, counts, values } = node;
  for (const [index, key] of keys.entries()) {
    const previous = keys[index - 1];
    const hasLowerBound = values !== null || index > 0;
    invariant(
      previous === undefined || (index === 1 && values === null) || previous < key,
      'the keys of a node are not sorted',
    );
    invariant(
      !hasLowerBound || ((lower === null || lower <= key) && (end === null || key < end)),
      'a key is outside the bounds of its node',
    );
  }
  if (values !== null) return keys.length;
  invariant(
    children.length === keys.length && children.length === counts.length,
    'the lists of a node differ in length',
  );
  let count = 0;
  for (const [index, child] of children.entries()) {
    const below = auditNode(child, index === 0 ? lower : (keys[index] ?? null), keys[index + 1] ?? end);
    invariant(below === counts[index], 'a node has a wrong count of a child');
    count += below;
  }
  return count;
}

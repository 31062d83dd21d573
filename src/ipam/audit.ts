/** Reads the books from both ends and compares; what does not agree is our mistake, so it throws. */
import { invariant } from '../base/invariant.ts';
import { type Books, ownFrom, standingFrom } from './books.ts';
import { firstAbsent } from './gap.ts';
import type { Holding } from './holding.ts';
import type { Plot } from './plot.ts';
import { obstacle } from './sharing.ts';
import type { Spot } from './space.ts';
import type { Territory } from './territory.ts';
import type { Node, Tree } from './tree.ts';

export function auditBooks(books: Books): void {
  const standing = new Set<Holding>();
  for (const territory of [books.ipv4, books.ipv6]) {
    for (const holding of auditTerritory<Spot>(territory as unknown as Territory<Spot>))
      standing.add(holding);
  }
  let owned = 0;
  for (const [holder, first] of books.holders) {
    for (const holding of ownFrom(first)) {
      invariant(holding.holder === holder, `${holder} is down for what ${holding.holder} holds`);
      invariant(standing.has(holding), `${holder} holds an address on which it does not stand`);
      owned++;
    }
  }
  invariant(owned === standing.size, 'somebody stands on an address that it does not hold');
}

function auditTerritory<K extends Spot>(territory: Territory<K>): readonly Holding[] {
  auditTree(territory.held);
  const all: Holding[] = [];
  for (const [spot, first] of territory.held.entries()) {
    const here = [...standingFrom(first)];
    all.push(...here);
    invariant(
      here.every((holding) => holding.spot === spot),
      'a holding lies under another address',
    );
    auditSharing(here);
  }
  auditShares(territory);
  auditUsable(territory);
  for (const plot of territory.plots.values()) {
    auditRoom(territory, plot);
  }
  return all;
}

/** What is known to be taken is. */
function auditRoom<K extends Spot>({ held, space }: Territory<K>, plot: Plot<K>): void {
  for (const [range, { first, last }] of plot.ranges.entries()) {
    const floor = plot.open.has(range) ? (plot.floors[range] as K) : space.plus(last, 1);
    let free = firstAbsent(held, space, first);
    while (plot.avoids && free < floor && space.avoided(free)) {
      free = firstAbsent(held, space, space.plus(free, 1));
    }
    invariant(free >= floor, 'an address that is free counts as taken');
  }
}

/** Never two on one address without the right to share. */
function auditSharing(here: readonly Holding[]): void {
  const holders = new Set(here.map(({ holder }) => holder));
  invariant(holders.size === here.length, 'one holder stands twice on one address');
  const rightful = here.filter(({ forced }) => !forced);
  for (const [index, one] of rightful.entries()) {
    for (const other of rightful.slice(index + 1)) {
      invariant(
        obstacle(one.claim, other.claim) === null,
        `${one.holder} and ${other.holder} hold one address without the right to share`,
      );
    }
  }
}

/** Every address that may be joined is filed, under what its holders say, and no other is. */
function auditShares<K extends Spot>(territory: Territory<K>): void {
  let filed = 0;
  for (const { spot, cabinet, label } of territory.shares.filed()) {
    filed++;
    const here = [...standingFrom(territory.at(spot))];
    const ports = here.flatMap(({ claim }) => claim.ports.map((port) => `${port.protocol}/${port.port}`));
    invariant([...new Set(ports)].sort().join() === label, 'a shared address is filed under wrong ports');
    for (const { claim } of here) {
      const { key, backend } = claim.sharing;
      invariant(cabinet === `${key}\0${backend}`, 'a shared address is filed under a wrong key');
    }
    invariant(here.length > 0 && here.every(isOpen), 'a closed address is filed as one to share');
  }
  let open = 0;
  for (const [, first] of territory.held.entries()) if ([...standingFrom(first)].every(isOpen)) open++;
  invariant(open === filed, 'an address that could be shared is not filed');
}

const isOpen = ({ forced, claim }: Holding): boolean => !forced && claim.sharing.key !== '';

function auditUsable<K extends Spot>({ usable, held, space }: Territory<K>): void {
  if (usable === null) return;
  auditTree(usable);
  const want = [...held.entries()]
    .filter(([spot]) => !space.avoided(spot))
    .map(([spot]) => space.compact(spot));
  invariant(want.length === usable.size, 'the addresses that are not avoided are miscounted');
  for (const compact of want) invariant(usable.get(compact) === true, 'a usable address is not counted');
}

function auditTree<K extends Spot, V>(tree: Tree<K, V>): void {
  invariant(auditNode(tree.root, null, null) === tree.size, 'a tree has lost count');
}

/** The number of keys below a node, all of which lie from `low` up to `end`. */
function auditNode<K extends Spot, V>(node: Node<K, V>, low: K | null, end: K | null): number {
  const { keys, kids, counts, values } = node;
  for (const [index, key] of keys.entries()) {
    const before = keys[index - 1];
    const named = values !== null || index > 0;
    invariant(
      before === undefined || (index === 1 && values === null) || before < key,
      'a tree is out of order',
    );
    invariant(
      !named || ((low === null || low <= key) && (end === null || key < end)),
      'a key is in a wrong place',
    );
  }
  if (values !== null) return keys.length;
  invariant(kids.length === keys.length && kids.length === counts.length, 'a node is out of joint');
  let count = 0;
  for (const [index, kid] of kids.entries()) {
    const below = auditNode(kid, index === 0 ? low : (keys[index] ?? null), keys[index + 1] ?? end);
    invariant(below === counts[index], 'a node miscounts a child');
    count += below;
  }
  return count;
}

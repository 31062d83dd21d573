/**
 * Finds the lowest number that is missing from a counted B-tree. A subtree whose count equals the distance of its bounds
 * is full and is skipped, so a full /8 costs as much as a full /28.
 */
import { type BTreeNode, type CountedBTree, childIndexOf, type KeyOrder } from './counted-btree.ts';

/** An order of keys that are integers. */
export interface KeySpace<K> extends KeyOrder<K> {
  /** `key` + `by`. */
  plus(key: K, by: number): K;
  /** `to` − `from`, where `from` is not above `to`; approximate beyond 2^53. */
  distance(from: K, to: K): number;
}

/** The lowest number at or above `from` that is not a key of `tree`. */
export function lowestFree<K, V>(tree: CountedBTree<K, V>, space: KeySpace<K>, from: K): K {
  return lowestFreeBelow(space, tree.root, from, null);
}

/** The same within the subtree of `node`, all of whose keys are below `end`; `end` where it is full. */
function lowestFreeBelow<K, V>(space: KeySpace<K>, node: BTreeNode<K, V>, from: K, end: K | null): K {
  if (node.values !== null) return lowestFreeInLeaf(space, node.keys, from);
  const { keys, children } = node;
  const child = childIndexOf(space, node, from);
  const next = lowestFreeBelow(space, children[child] as BTreeNode<K, V>, from, keys[child + 1] ?? end);
  if (child + 1 === children.length || next !== keys[child + 1]) return next;
  const openChild = child + 1 + countFullChildren(space, node, child + 1, end);
  if (openChild === children.length) return end as K;
  return lowestFreeBelow(
    space,
    children[openChild] as BTreeNode<K, V>,
    keys[openChild] as K,
    keys[openChild + 1] ?? end,
  );
}

/** The number of children from `first` on that are full up to the bound of the next one. */
function countFullChildren<K, V>(
  space: KeySpace<K>,
  node: BTreeNode<K, V>,
  first: number,
  end: K | null,
): number {
  const { keys, counts } = node;
  const from = keys[first] as K;
  // Of children that are all full, the counts add up to the distance of their bounds; else the sum is smaller.
  let [full, upper] = [0, counts.length - first + 1];
  let countedKeys = 0; // of the children known to be full
  while (upper - full > 1) {
    const middle = (full + upper) >>> 1;
    let sum = countedKeys;
    for (let child = first + full; child < first + middle; child++) sum += counts[child] as number;
    const bound = keys[first + middle] ?? end;
    if (bound !== null && sum === space.distance(from, bound)) {
      full = middle;
      countedKeys = sum;
    } else {
      upper = middle;
    }
  }
  return full;
}

/** Keys are distinct, so the run that starts at `from` ends where a key is further away than its index. */
function lowestFreeInLeaf<K>(space: KeySpace<K>, keys: readonly K[], from: K): K {
  const start = space.countUpTo(keys, from) - 1;
  if (start < 0 || keys[start] !== from) return from;
  let [runLength, upper] = [1, keys.length - start + 1]; // the length of the run is in [runLength, upper)
  while (upper - runLength > 1) {
    const middle = (runLength + upper) >>> 1;
    const probe = keys[start + middle - 1] as K;
    if (space.distance(from, probe) === middle - 1) runLength = middle;
    else upper = middle;
  }
  return space.plus(from, runLength);
}

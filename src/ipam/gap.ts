/**
 * The lowest number that is missing from a tree. A subtree whose count equals the distance between its bounds has
 * no gap and is stepped over without being looked into, so a full /8 costs what a full /28 does.
 */
import { childOf, type Node, type Order, type Tree } from './tree.ts';

/** An order whose keys are numbers of some kind. */
export interface Space<K> extends Order<K> {
  /** `key` + `by`. */
  plus(key: K, by: number): K;
  /** `to` − `from`, where `from` is not above `to`; beyond 2^53 about that. */
  distance(from: K, to: K): number;
}

/** The lowest number not below `from` that is no key of `tree`. */
export function firstAbsent<K, V>(tree: Tree<K, V>, space: Space<K>, from: K): K {
  return absentBelow(space, tree.root, from, null);
}

/** The same within the subtree of `node`, all of whose keys are below `end`; `end` where it has no gap. */
function absentBelow<K, V>(space: Space<K>, node: Node<K, V>, from: K, end: K | null): K {
  if (node.values !== null) return absentInLeaf(space, node.keys, from);
  const { keys, kids } = node;
  const child = childOf(space, node, from);
  const next = absentBelow(space, kids[child] as Node<K, V>, from, keys[child + 1] ?? end);
  if (child + 1 === kids.length || next !== keys[child + 1]) return next;
  const open = child + 1 + fullChildren(space, node, child + 1, end);
  if (open === kids.length) return end as K;
  return absentBelow(space, kids[open] as Node<K, V>, keys[open] as K, keys[open + 1] ?? end);
}

/** How many children from `first` on have no gap, each up to the bound of the next one. */
function fullChildren<K, V>(space: Space<K>, node: Node<K, V>, first: number, end: K | null): number {
  const { keys, counts } = node;
  const from = keys[first] as K;
  // Where all up to some child are full, their counts add up to the distance to its bound; else they stay below.
  let [full, beyond] = [0, counts.length - first + 1];
  let held = 0; // below the children known to be full
  while (beyond - full > 1) {
    const middle = (full + beyond) >>> 1;
    let sum = held;
    for (let child = first + full; child < first + middle; child++) sum += counts[child] as number;
    const bound = keys[first + middle] ?? end;
    if (bound !== null && sum === space.distance(from, bound)) {
      full = middle;
      held = sum;
    } else {
      beyond = middle;
    }
  }
  return full;
}

/** Keys are distinct, so the run that starts at `from` ends where a key is further away than its place says. */
function absentInLeaf<K>(space: Space<K>, keys: readonly K[], from: K): K {
  const start = space.countUpTo(keys, from) - 1;
  if (start < 0 || keys[start] !== from) return from;
  let [run, beyond] = [1, keys.length - start + 1]; // the run is at least `run` long and shorter than `beyond`
  while (beyond - run > 1) {
    const middle = (run + beyond) >>> 1;
    const far = keys[start + middle - 1] as K;
    if (space.distance(from, far) === middle - 1) run = middle;
    else beyond = middle;
  }
  return space.plus(from, run);
}

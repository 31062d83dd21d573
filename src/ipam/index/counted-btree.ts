/**
 * Counted B-tree: an ordered map as a B+ tree whose inner nodes store the number of keys below each child. With these
 * counts, the number of keys in a range and the lowest free number (`lowest-free.ts`) are found on one way down, in
 * O(log n) of the number of keys, whatever the distance between them.
 *
 * Inner nodes keep lower bounds, not exact minima: child i has the keys in [`keys[i]`, `keys[i + 1]`). `keys[0]` is unused:
 * child 0 has every lower key.
 */
import { invariant } from '../../base/invariant.ts';

/** The order of the keys of a tree. */
export interface KeyOrder<K> {
  /** The number of the sorted `keys` that are not above `key`. */
  countUpTo(keys: readonly K[], key: K): number;
}

/** Most keys in a leaf, and children in an inner node: three levels hold a quarter of a million keys. */
const NODE_KEYS_MAX = 64;

/** A node with fewer keys is merged with a neighbour; the result must have room to grow. */
const NODE_KEYS_MIN = NODE_KEYS_MAX / 4;
const MERGED_KEYS_MAX = (NODE_KEYS_MAX * 3) / 4;

/** A leaf has `values`, an inner node `children` and `counts`; one shape for both keeps V8's property access monomorphic. */
export type BTreeNode<K, V> = {
  readonly keys: K[];
  readonly values: V[] | null;
  readonly children: BTreeNode<K, V>[];
  readonly counts: number[];
};

const makeLeaf = <K, V>(keys: K[], values: V[]): BTreeNode<K, V> => ({
  keys,
  values,
  children: [],
  counts: [],
});

const makeInnerNode = <K, V>(keys: K[], children: BTreeNode<K, V>[], counts: number[]): BTreeNode<K, V> => ({
  keys,
  values: null,
  children,
  counts,
});

const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);

const nodeCount = <K, V>(node: BTreeNode<K, V>): number =>
  node.values !== null ? node.keys.length : sum(node.counts);

/** Which child of an inner node `key` belongs to. */
export const childIndexOf = <K, V>(order: KeyOrder<K>, node: BTreeNode<K, V>, key: K): number =>
  Math.max(0, order.countUpTo(node.keys, key) - 1);

function insertAt<T>(list: T[], index: number, item: T): void {
  list.push(item);
  for (let i = list.length - 1; i > index; i--) list[i] = list[i - 1] as T;
  list[index] = item;
}

function removeAt<T>(list: T[], index: number): void {
  for (let i = index + 1; i < list.length; i++) list[i - 1] = list[i] as T;
  list.pop();
}

export class CountedBTree<K, V> {
  readonly order: KeyOrder<K>;
  root: BTreeNode<K, V> = makeLeaf<K, V>([], []);
  size = 0;
  /** The value that the present insertion or removal found under its key, and left there. */
  #existing: V | undefined;

  constructor(order: KeyOrder<K>) {
    this.order = order;
  }

  get(key: K): V | undefined {
    const node = this.#leafOf(key);
    const index = this.order.countUpTo(node.keys, key) - 1;
    return index >= 0 && node.keys[index] === key ? node.values?.[index] : undefined;
  }

  /** `key` must be in the tree. */
  replace(key: K, value: V): void {
    const node = this.#leafOf(key);
    const index = this.order.countUpTo(node.keys, key) - 1;
    invariant(
      index >= 0 && node.keys[index] === key && node.values !== null,
      'replaced the value of a missing key',
    );
    node.values[index] = value;
  }

  /** Inserts a missing key. Leaves a key that is in the tree as it is, and returns its value. */
  insert(key: K, value: V): V | undefined {
    this.#existing = undefined;
    const right = this.#insertBelow(this.root, key, value, true);
    if (this.#existing !== undefined) return this.#existing;
    if (right !== null) {
      const low = right.keys[0] as K;
      this.root = makeInnerNode([low, low], [this.root, right], [nodeCount(this.root), nodeCount(right)]);
    }
    this.size++;
    return undefined;
  }

  /** `key` must be in the tree. */
  remove(key: K): void {
    this.removeIfEqual(key, undefined);
  }

  /**
   * Removes a key, which must be in the tree, if its value is `value`, or any if that is undefined. Else leaves it, and
   * returns its value. This takes one way down instead of two.
   */
  removeIfEqual(key: K, value: V | undefined): V | undefined {
    this.#existing = undefined;
    this.#removeBelow(this.root, key, value);
    if (this.#existing !== undefined) return this.#existing;
    while (this.root.values === null && this.root.children.length === 1) {
      this.root = this.root.children[0] as BTreeNode<K, V>;
    }
    this.size--;
    return undefined;
  }

  /** The number of keys below `key`. */
  countBelow(key: K): number {
    let below = 0;
    let node = this.root;
    while (node.values === null) {
      const child = childIndexOf(this.order, node, key);
      for (let i = 0; i < child; i++) below += node.counts[i] as number;
      node = node.children[child] as BTreeNode<K, V>;
    }
    const upTo = this.order.countUpTo(node.keys, key);
    return below + upTo - (upTo > 0 && node.keys[upTo - 1] === key ? 1 : 0);
  }

  /** The lowest key that is not below `key`. */
  atOrAfter(key: K): K | undefined {
    return this.get(key) !== undefined ? key : this.after(key);
  }

  /** The lowest key above `key`. */
  after(key: K): K | undefined {
    let next: BTreeNode<K, V> | undefined; // the nearest subtree to the right of the way down
    let node = this.root;
    while (node.values === null) {
      const child = childIndexOf(this.order, node, key);
      next = node.children[child + 1] ?? next;
      node = node.children[child] as BTreeNode<K, V>;
    }
    const index = this.order.countUpTo(node.keys, key);
    if (index < node.keys.length) return node.keys[index];
    while (next !== undefined && next.values === null) next = next.children[0];
    return next?.keys[0];
  }

  /** All entries in order; the tree must not change meanwhile. */
  *entries(): Generator<[K, V]> {
    const stack = [this.root];
    for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
      if (node.values === null) {
        for (let i = node.children.length - 1; i >= 0; i--) stack.push(node.children[i] as BTreeNode<K, V>);
      } else {
        for (let i = 0; i < node.keys.length; i++) yield [node.keys[i] as K, node.values[i] as V];
      }
    }
  }

  #leafOf(key: K): BTreeNode<K, V> {
    let node = this.root;
    while (node.values === null) node = node.children[childIndexOf(this.order, node, key)] as BTreeNode<K, V>;
    return node;
  }

  /** Returns the new right neighbour if `node` was split. `rightmost`: no key of the tree is to the right of it. */
  #insertBelow(node: BTreeNode<K, V>, key: K, value: V, rightmost: boolean): BTreeNode<K, V> | null {
    if (node.values !== null) {
      const index = this.order.countUpTo(node.keys, key);
      if (index > 0 && node.keys[index - 1] === key) {
        this.#existing = node.values[index - 1];
        return null;
      }
      insertAt(node.keys, index, key);
      insertAt(node.values, index, value);
      return node.keys.length > NODE_KEYS_MAX
        ? split(node, rightmost && index === node.keys.length - 1)
        : null;
    }
    const child = childIndexOf(this.order, node, key);
    const childNode = node.children[child] as BTreeNode<K, V>;
    const last = child === node.children.length - 1;
    const right = this.#insertBelow(childNode, key, value, rightmost && last);
    if (right === null) {
      if (this.#existing === undefined) node.counts[child] = (node.counts[child] as number) + 1;
      return null;
    }
    node.counts[child] = nodeCount(childNode);
    insertAt(node.keys, child + 1, right.keys[0] as K);
    insertAt(node.children, child + 1, right);
    insertAt(node.counts, child + 1, nodeCount(right));
    return node.children.length > NODE_KEYS_MAX ? split(node, rightmost && last) : null;
  }

  #removeBelow(node: BTreeNode<K, V>, key: K, value: V | undefined): void {
    if (node.values !== null) {
      const index = this.order.countUpTo(node.keys, key) - 1;
      invariant(index >= 0 && node.keys[index] === key, 'removed a missing key');
      if (value !== undefined && node.values[index] !== value) {
        this.#existing = node.values[index];
        return;
      }
      removeAt(node.keys, index);
      removeAt(node.values, index);
      return;
    }
    const child = childIndexOf(this.order, node, key);
    const childNode = node.children[child] as BTreeNode<K, V>;
    this.#removeBelow(childNode, key, value);
    if (this.#existing !== undefined) return;
    node.counts[child] = (node.counts[child] as number) - 1;
    if (childNode.keys.length < NODE_KEYS_MIN) rebalance(node, child);
  }
}

/** Splits off the right half. With ascending keys only the last key, so that the nodes left behind stay full. */
function split<K, V>(node: BTreeNode<K, V>, ascending: boolean): BTreeNode<K, V> {
  const index = ascending ? node.keys.length - 1 : node.keys.length >> 1;
  const keys = node.keys.splice(index);
  if (node.values !== null) return makeLeaf(keys, node.values.splice(index));
  return makeInnerNode(keys, node.children.splice(index), node.counts.splice(index));
}

/** Merges a child that has few keys left with a neighbour; an empty child always. */
function rebalance<K, V>(parent: BTreeNode<K, V>, child: number): void {
  const left = child > 0 ? child - 1 : child;
  const [into, from] = [parent.children[left], parent.children[left + 1]];
  if (into === undefined || from === undefined) return;
  if (into.keys.length + from.keys.length > MERGED_KEYS_MAX && parent.children[child]?.keys.length !== 0)
    return;
  if (from.values === null) from.keys[0] = parent.keys[left + 1] as K;
  into.keys.push(...from.keys);
  into.values?.push(...(from.values ?? []));
  into.children.push(...from.children);
  into.counts.push(...from.counts);
  parent.counts[left] = (parent.counts[left] as number) + (parent.counts[left + 1] as number);
  removeAt(parent.keys, left + 1);
  removeAt(parent.children, left + 1);
  removeAt(parent.counts, left + 1);
}

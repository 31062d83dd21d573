/**
 * An ordered map: a B+ tree whose inner nodes know how many keys lie below each child. That count is what makes it
 * worth writing: how many keys lie in a range, and which is the first number missing from it (`gap.ts`), are
 * answered on the way down, O(log n) in the number of keys, whatever the distance between them.
 *
 * Inner nodes keep lower bounds, not exact minima: child i holds the keys from `keys[i]` up to, and without,
 * `keys[i + 1]`. `keys[0]` says nothing; what comes first belongs to child 0, however small.
 */
import { invariant } from '../base/invariant.ts';

/** How the keys of a tree follow each other. */
export interface Order<K> {
  /** How many of the sorted `keys` are not above `key`. */
  countUpTo(keys: readonly K[], key: K): number;
}

/** Keys in a leaf and children in an inner node, at most: three levels hold a quarter of a million. */
const NODE_MAX = 64;

/** A node with fewer looks for a neighbour to merge with; the result must leave room to grow. */
const NODE_FEW = NODE_MAX / 4;
const MERGED_MAX = (NODE_MAX * 3) / 4;

/** A leaf has `values`, an inner node `kids` and their `counts`; one shape for both keeps the engine calm. */
export type Node<K, V> = {
  readonly keys: K[];
  readonly values: V[] | null;
  readonly kids: Node<K, V>[];
  readonly counts: number[];
};

const leaf = <K, V>(keys: K[], values: V[]): Node<K, V> => ({ keys, values, kids: [], counts: [] });

const inner = <K, V>(keys: K[], kids: Node<K, V>[], counts: number[]): Node<K, V> => ({
  keys,
  values: null,
  kids,
  counts,
});

const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);

const nodeCount = <K, V>(node: Node<K, V>): number =>
  node.values !== null ? node.keys.length : sum(node.counts);

/** Which child of an inner node `key` belongs to. */
export const childOf = <K, V>(order: Order<K>, node: Node<K, V>, key: K): number =>
  Math.max(0, order.countUpTo(node.keys, key) - 1);

function put<T>(list: T[], at: number, item: T): void {
  list.push(item);
  for (let i = list.length - 1; i > at; i--) list[i] = list[i - 1] as T;
  list[at] = item;
}

function drop<T>(list: T[], at: number): void {
  for (let i = at + 1; i < list.length; i++) list[i - 1] = list[i] as T;
  list.pop();
}

export class Tree<K, V> {
  readonly order: Order<K>;
  root: Node<K, V> = leaf<K, V>([], []);
  size = 0;
  /** What the insertion or removal under way found under its key, where that stays. */
  #there: V | undefined;

  constructor(order: Order<K>) {
    this.order = order;
  }

  get(key: K): V | undefined {
    const node = this.#leafOf(key);
    const at = this.order.countUpTo(node.keys, key) - 1;
    return at >= 0 && node.keys[at] === key ? node.values?.[at] : undefined;
  }

  /** `key` must be in the tree. */
  replace(key: K, value: V): void {
    const node = this.#leafOf(key);
    const at = this.order.countUpTo(node.keys, key) - 1;
    invariant(at >= 0 && node.keys[at] === key && node.values !== null, 'replaced a key that is not there');
    node.values[at] = value;
  }

  /** Leaves a key that is in the tree as it is, and answers with its value. */
  insert(key: K, value: V): V | undefined {
    this.#there = undefined;
    const right = this.#insertBelow(this.root, key, value, true);
    if (this.#there !== undefined) return this.#there;
    if (right !== null) {
      const low = right.keys[0] as K;
      this.root = inner([low, low], [this.root, right], [nodeCount(this.root), nodeCount(right)]);
    }
    this.size++;
    return undefined;
  }

  /** `key` must be in the tree. */
  remove(key: K): void {
    this.take(key, undefined);
  }

  /**
   * Removes a key that must be in the tree if its value is this one, or whatever it is where none is given; else answers
   * with the value that is there, and leaves it. One way down for what would be two.
   */
  take(key: K, value: V | undefined): V | undefined {
    this.#there = undefined;
    this.#removeBelow(this.root, key, value);
    if (this.#there !== undefined) return this.#there;
    while (this.root.values === null && this.root.kids.length === 1) {
      this.root = this.root.kids[0] as Node<K, V>;
    }
    this.size--;
    return undefined;
  }

  /** How many keys are below `key`. */
  countBelow(key: K): number {
    let below = 0;
    let node = this.root;
    while (node.values === null) {
      const child = childOf(this.order, node, key);
      for (let i = 0; i < child; i++) below += node.counts[i] as number;
      node = node.kids[child] as Node<K, V>;
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
    let next: Node<K, V> | undefined; // the nearest subtree to the right of our way down
    let node = this.root;
    while (node.values === null) {
      const child = childOf(this.order, node, key);
      next = node.kids[child + 1] ?? next;
      node = node.kids[child] as Node<K, V>;
    }
    const at = this.order.countUpTo(node.keys, key);
    if (at < node.keys.length) return node.keys[at];
    while (next !== undefined && next.values === null) next = next.kids[0];
    return next?.keys[0];
  }

  /** In order; the tree must not change meanwhile. */
  *entries(): Generator<[K, V]> {
    const stack = [this.root];
    for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
      if (node.values === null) {
        for (let i = node.kids.length - 1; i >= 0; i--) stack.push(node.kids[i] as Node<K, V>);
      } else {
        for (let i = 0; i < node.keys.length; i++) yield [node.keys[i] as K, node.values[i] as V];
      }
    }
  }

  #leafOf(key: K): Node<K, V> {
    let node = this.root;
    while (node.values === null) node = node.kids[childOf(this.order, node, key)] as Node<K, V>;
    return node;
  }

  /** The new right neighbour where `node` had to be split; `rightmost` where nothing in the tree lies behind it. */
  #insertBelow(node: Node<K, V>, key: K, value: V, rightmost: boolean): Node<K, V> | null {
    if (node.values !== null) {
      const at = this.order.countUpTo(node.keys, key);
      if (at > 0 && node.keys[at - 1] === key) {
        this.#there = node.values[at - 1];
        return null;
      }
      put(node.keys, at, key);
      put(node.values, at, value);
      return node.keys.length > NODE_MAX ? split(node, rightmost && at === node.keys.length - 1) : null;
    }
    const child = childOf(this.order, node, key);
    const kid = node.kids[child] as Node<K, V>;
    const last = child === node.kids.length - 1;
    const right = this.#insertBelow(kid, key, value, rightmost && last);
    if (right === null) {
      if (this.#there === undefined) node.counts[child] = (node.counts[child] as number) + 1;
      return null;
    }
    node.counts[child] = nodeCount(kid);
    put(node.keys, child + 1, right.keys[0] as K);
    put(node.kids, child + 1, right);
    put(node.counts, child + 1, nodeCount(right));
    return node.kids.length > NODE_MAX ? split(node, rightmost && last) : null;
  }

  #removeBelow(node: Node<K, V>, key: K, value: V | undefined): void {
    if (node.values !== null) {
      const at = this.order.countUpTo(node.keys, key) - 1;
      invariant(at >= 0 && node.keys[at] === key, 'removed a key that is not there');
      if (value !== undefined && node.values[at] !== value) {
        this.#there = node.values[at];
        return;
      }
      drop(node.keys, at);
      drop(node.values, at);
      return;
    }
    const child = childOf(this.order, node, key);
    const kid = node.kids[child] as Node<K, V>;
    this.#removeBelow(kid, key, value);
    if (this.#there !== undefined) return;
    node.counts[child] = (node.counts[child] as number) - 1;
    if (kid.keys.length < NODE_FEW) mend(node, child);
  }
}

/**
 * Cuts the right half off. Where keys come in ascending order the cut is at the very end, so that the nodes they
 * leave behind are full and not half empty.
 */
function split<K, V>(node: Node<K, V>, ascending: boolean): Node<K, V> {
  const at = ascending ? node.keys.length - 1 : node.keys.length >> 1;
  const keys = node.keys.splice(at);
  if (node.values !== null) return leaf(keys, node.values.splice(at));
  return inner(keys, node.kids.splice(at), node.counts.splice(at));
}

/** Does away with a child that has few keys left: with an empty one, or by merging it with a neighbour. */
function mend<K, V>(parent: Node<K, V>, child: number): void {
  const left = child > 0 ? child - 1 : child;
  const [into, from] = [parent.kids[left], parent.kids[left + 1]];
  if (into === undefined || from === undefined) return;
  if (into.keys.length + from.keys.length > MERGED_MAX && parent.kids[child]?.keys.length !== 0) return;
  if (from.values === null) from.keys[0] = parent.keys[left + 1] as K;
  into.keys.push(...from.keys);
  into.values?.push(...(from.values ?? []));
  into.kids.push(...from.kids);
  into.counts.push(...from.counts);
  parent.counts[left] = (parent.counts[left] as number) + (parent.counts[left + 1] as number);
  drop(parent.keys, left + 1);
  drop(parent.kids, left + 1);
  drop(parent.counts, left + 1);
}

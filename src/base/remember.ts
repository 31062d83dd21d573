/** Results that are computed once for the same input: inputs are the same when they are the same objects. */
import { sameItems } from './list.ts';

/** `make`, called once for each object, for as long as that lives. */
export function rememberByObject<K extends object, V>(make: (key: K) => V): (key: K) => V {
  const known = new WeakMap<K, V>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const value = make(key);
    known.set(key, value);
    return value;
  };
}

/** `compare`, called once for each two objects. */
export function rememberPairs<K extends object>(compare: (a: K, b: K) => boolean): (a: K, b: K) => boolean {
  const comparedTo = rememberByObject((a: K) => rememberByObject((b: K) => ({ isSame: compare(a, b) })));
  return (a, b) => comparedTo(a)(b).isSame;
}

/** `make`, called only where the items are others than those of the last call. */
export function rememberLast<I, R>(make: (items: readonly I[]) => R): (items: readonly I[]) => R {
  let last: { readonly items: readonly I[]; readonly result: R } | null = null;
  return (items) => {
    if (last === null || !sameItems(last.items, items)) last = { items, result: make(items) };
    return last.result;
  };
}

/** `ask`, called once for each key; what it returned is in `known`. */
export function rememberByKey<K, V>(known: Map<K, V>, key: K, ask: () => V): V {
  const before = known.get(key);
  if (before !== undefined) return before;
  const value = ask();
  known.set(key, value);
  return value;
}

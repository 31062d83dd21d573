/** The difference of two lists that are sorted by a key: items that are new or differ, and keys of those that are gone. */
import { isSameJson } from '../base/shared-json.ts';
import { compareText } from '../base/text.ts';

export type ListPatch<T> = {
  readonly changed: readonly T[];
  readonly removed: readonly string[];
};

type KeyOf<T> = (item: T) => string;

export const isEmptyListPatch = ({ changed, removed }: ListPatch<unknown>): boolean =>
  changed.length === 0 && removed.length === 0;

/** Keys are unique. One pass needs no index of ten thousand items. */
export function diffLists<T>(before: readonly T[], after: readonly T[], keyOf: KeyOf<T>): ListPatch<T> {
  const changed: T[] = [];
  const removed: string[] = [];
  let place = 0;
  for (const item of after) {
    const key = keyOf(item);
    let old = before[place];
    for (; old !== undefined && compareText(keyOf(old), key) < 0; old = before[++place])
      removed.push(keyOf(old));
    const isKnown = old !== undefined && keyOf(old) === key;
    if (isKnown) place++;
    if (!isKnown || !isSameJson(old, item)) changed.push(item);
  }
  for (const item of before.slice(place)) removed.push(keyOf(item));
  return { changed, removed };
}

/** Items that have not changed stay the same objects. */
export function applyListPatch<T>(before: readonly T[], patch: ListPatch<T>, keyOf: KeyOf<T>): readonly T[] {
  const removed = new Set(patch.removed);
  const news = new Map(patch.changed.map((item) => [keyOf(item), item]));
  const items: T[] = [];
  for (const item of before) {
    const key = keyOf(item);
    if (removed.has(key)) continue;
    items.push(news.get(key) ?? item);
    news.delete(key);
  }
  if (news.size === 0) return items;
  return [...items, ...news.values()].sort((a, b) => compareText(keyOf(a), keyOf(b)));
}

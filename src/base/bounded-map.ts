/** Maps that remember a limited number of entries: a map keeps the order of insertion, so its first entry is the oldest. */

/** Adds or replaces an entry as the newest; the oldest ones make room, until there are `max`. */
export function putNewest<K, V>(map: Map<K, V>, max: number, key: K, value: V): void {
  map.delete(key);
  map.set(key, value);
  for (const oldest of map.keys()) {
    if (map.size <= max) return;
    map.delete(oldest);
  }
}

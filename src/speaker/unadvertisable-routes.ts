/** Holds the routes of a peer that have no path, with the reason. */
import type { Family } from '../net/address.ts';
import { formatPrefix, type Prefix } from '../net/prefix.ts';

/** A route without a path for this peer; `reason` is a sentence. */
export type UnadvertisableRoute = { readonly prefix: Prefix; readonly reason: string };

export class UnadvertisableRoutes implements Iterable<UnadvertisableRoute> {
  /** By the prefix as canonical text. */
  readonly #routes = new Map<string, UnadvertisableRoute>();
  readonly #counts: Record<Family, number> = { 4: 0, 6: 0 };

  /** In order of occurrence. */
  [Symbol.iterator](): Iterator<UnadvertisableRoute> {
    return this.#routes.values();
  }

  /** In constant time. */
  count(family: Family): number {
    return this.#counts[family];
  }

  /** `prefix` is canonical text. */
  get(prefix: string): UnadvertisableRoute | undefined {
    return this.#routes.get(prefix);
  }

  /** Null: the prefix has a path, or is not to be advertised. */
  set(prefix: Prefix, reason: string | null): void {
    if (reason === null && this.#routes.size === 0) return; // the usual case needs no text
    const text = formatPrefix(prefix);
    if (this.#routes.delete(text)) this.#counts[prefix.family]--;
    if (reason === null) return;
    this.#routes.set(text, { prefix, reason });
    this.#counts[prefix.family]++;
  }

  clear(): void {
    this.#routes.clear();
    this.#counts[4] = 0;
    this.#counts[6] = 0;
  }
}

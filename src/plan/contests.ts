/**
 * Counts how often somebody else has replaced what we wrote on a Service. After a few times in a row it is left
 * alone: two writers that each insist would write for ever, and every write is an event at every node.
 */
import type { Millis } from '../base/clock.ts';
import type { Service, ServiceKey } from '../cluster/service.ts';
import type { Address } from '../net/address.ts';
import { readShown, sameAddresses } from './shown.ts';

export const REPLACEMENTS_MAX = 3;

/** A replacement after such a quiet time begins a new row. */
export const ROW_ENDS_AFTER: Millis = 10 * 60_000;

type Row = { readonly restored: number; readonly last: Millis };

export class Contests {
  /** Services that do not show what we wrote, since somebody else wrote last. */
  readonly #replaced = new Set<ServiceKey>();
  readonly #rows = new Map<ServiceKey, Row>();

  /** The Service came in changed, not by us; `held` is what we have it hold. */
  noticed(before: Service, after: Service, held: readonly Address[]): void {
    if (held.length === 0) return;
    if (sameAddresses(readShown(after).addresses, held)) this.#replaced.delete(after.key);
    else if (sameAddresses(readShown(before).addresses, held)) this.#replaced.add(after.key);
  }

  /** What had been replaced is about to be written again. */
  restoring(key: ServiceKey, now: Millis): void {
    if (!this.#replaced.delete(key)) return;
    const row = this.#rows.get(key);
    const restored = row === undefined || now - row.last > ROW_ENDS_AFTER ? 1 : row.restored + 1;
    this.#rows.set(key, { restored, last: now });
  }

  /** Somebody has just replaced what we wrote for the last time that we put up with. */
  lost(key: ServiceKey): boolean {
    return this.#replaced.has(key) && (this.#rows.get(key)?.restored ?? 0) >= REPLACEMENTS_MAX - 1;
  }

  forget(key: ServiceKey): void {
    this.#replaced.delete(key);
    this.#rows.delete(key);
  }

  clear(): void {
    this.#replaced.clear();
    this.#rows.clear();
  }
}

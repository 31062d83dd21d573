/**
 * Counts how often somebody else has replaced what we wrote on a Service. After a few times in a row it is left
 * alone: two writers that each insist would write for ever, and every write is an event at every node.
 *
 * A contest ends when the status shows what we wrote; and when somebody changes the Service itself, once the
 * other writer has been quiet for a while: its owner has done something about it.
 */
import type { Millis } from '../base/clock.ts';
import type { Service, ServiceKey } from '../cluster/service.ts';
import type { Address } from '../net/address.ts';
import { readShown, showsJust } from './shown.ts';

export const REPLACEMENTS_MAX = 3;

/** A replacement after such a quiet time begins a new row. */
export const ROW_ENDS_AFTER: Millis = 10 * 60_000;

type Row = { readonly restored: number; readonly last: Millis };

export class Contests {
  /** Services that do not show what we wrote, since somebody else wrote last. */
  readonly #replaced = new Set<ServiceKey>();
  /** Those of them that were changed in something else since the last look. */
  readonly #touched = new Set<ServiceKey>();
  readonly #rows = new Map<ServiceKey, Row>();

  /** The Service came in changed, not by us; `held` is what we have it hold. */
  noticed(before: Service, after: Service, held: readonly Address[]): void {
    const [was, is] = [readShown(before), readShown(after)];
    if (this.#replaced.has(after.key) && was.odd.length === is.odd.length && showsJust(is, was.addresses)) {
      this.#touched.add(after.key);
    }
    if (held.length === 0) return;
    if (showsJust(is, held)) this.#replaced.delete(after.key);
    else if (showsJust(was, held)) this.#replaced.add(after.key);
  }

  /** What it shows is what we have it hold. */
  agreed(key: ServiceKey): void {
    this.#replaced.delete(key);
  }

  /** What had been replaced is about to be written again. */
  restoring(key: ServiceKey, now: Millis): void {
    if (!this.#replaced.delete(key)) return;
    const row = this.#rows.get(key);
    const restored = row === undefined || now - row.last > ROW_ENDS_AFTER ? 1 : row.restored + 1;
    this.#rows.set(key, { restored, last: now });
  }

  /** A process before us had given up on this Service: so do we. */
  resume(key: ServiceKey, now: Millis): void {
    this.#replaced.add(key);
    this.#rows.set(key, { restored: REPLACEMENTS_MAX - 1, last: now });
  }

  /** Somebody has replaced what we wrote for the last time that we put up with. To be asked once a look. */
  lost(key: ServiceKey, now: Millis): boolean {
    const touched = this.#touched.delete(key);
    const row = this.#rows.get(key);
    if (row === undefined || row.restored < REPLACEMENTS_MAX - 1 || !this.#replaced.has(key)) return false;
    if (!touched || now - row.last <= ROW_ENDS_AFTER) return true;
    this.forget(key);
    return false;
  }

  forget(key: ServiceKey): void {
    this.#replaced.delete(key);
    this.#touched.delete(key);
    this.#rows.delete(key);
  }

  clear(): void {
    this.#replaced.clear();
    this.#touched.clear();
    this.#rows.clear();
  }
}

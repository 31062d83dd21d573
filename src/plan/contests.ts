/**
 * Counts how often somebody else has replaced what we wrote on a Service: its addresses, the pool in its annotation,
 * its condition. After a few times in a row it is left alone: two writers that each insist would write for ever, and
 * every write is an event at every node. That it is left alone is written once, too, and never again.
 *
 * A contest ends when everything of ours stands there again; and when somebody changes the Service itself, once the
 * other writer has been quiet for a while: its owner has done something about it.
 */
import type { Millis } from '../base/clock.ts';
import { ALLOCATED_FROM } from '../cluster/annotations.ts';
import { type Condition, sameCondition } from '../cluster/condition.ts';
import type { Service, ServiceKey } from '../cluster/service.ts';
import type { Ledger } from '../ipam/ledger.ts';
import type { Address } from '../net/address.ts';
import { ASSIGNED, type Reason } from './reasons.ts';
import { readShown, sameAddresses, showsJust } from './shown.ts';

export const REPLACEMENTS_MAX = 3;

/** A replacement after such a quiet time begins a new row. */
export const ROW_ENDS_AFTER: Millis = 10 * 60_000;

type Row = { readonly restored: number; readonly last: Millis };

/** What we have a Service say. */
export type Written = {
  /** Null where its addresses and their pool are for others to write. */
  readonly has: { readonly addresses: readonly Address[]; readonly pool: string | null } | null;
  /** Null for whichever says that it has them. */
  readonly reason: Reason | null;
};

export function writtenOn(ledger: Ledger, key: ServiceKey, reason: Reason | null): Written {
  const holdings = ledger.holdings(key);
  // What is held outside any pool mirrors what others wrote.
  if (reason === 'ForeignAddress' || (reason === 'NoClusterIP' && holdings.length > 0)) {
    return { has: null, reason };
  }
  const held = holdings.filter(({ pool }) => pool !== null);
  return { has: { addresses: held.map(({ address }) => address), pool: held[0]?.pool ?? null }, reason };
}

export class Contests {
  /** Services that do not show what we wrote, since somebody else wrote last. */
  readonly #replaced = new Set<ServiceKey>();
  /** Those of them that were changed in something else since the last look. */
  readonly #touched = new Set<ServiceKey>();
  readonly #rows = new Map<ServiceKey, Row>();
  /** Those that are left alone, and whether that is known to have been written. */
  readonly #left = new Map<ServiceKey, boolean>();

  /** The Service came in changed, not by us. */
  noticed(before: Service, after: Service, written: Written): void {
    const { key } = after;
    if (this.#replaced.has(key) && sameStatus(before, after)) this.#touched.add(key);
    if (stands(after, written)) this.#replaced.delete(key);
    else if (stands(before, written)) this.#replaced.add(key);
  }

  /** What it shows is what we have it hold. */
  agreed(key: ServiceKey): void {
    this.#replaced.delete(key);
  }

  /** What stood there before is about to be written again; answers whether that is because it had been replaced. */
  restoring(key: ServiceKey, now: Millis): boolean {
    if (!this.#replaced.delete(key)) return false;
    const row = this.#rows.get(key);
    const restored = row === undefined || now - row.last > ROW_ENDS_AFTER ? 1 : row.restored + 1;
    this.#rows.set(key, { restored, last: now });
    return true;
  }

  /** A process before us had given up on this Service: so do we. */
  resume(key: ServiceKey, now: Millis): void {
    this.#replaced.add(key);
    this.#rows.set(key, { restored: REPLACEMENTS_MAX - 1, last: now });
    this.#left.set(key, true);
  }

  /** Somebody has replaced what we wrote for the last time that we put up with. To be asked once a look. */
  lost(key: ServiceKey, now: Millis): boolean {
    const touched = this.#touched.delete(key);
    const row = this.#rows.get(key);
    if (row === undefined || row.restored < REPLACEMENTS_MAX - 1 || !this.#replaced.has(key)) {
      this.#left.delete(key);
      return false;
    }
    const isOver = now - row.last > ROW_ENDS_AFTER;
    if (this.#left.has(key)) {
      if (!touched || !isOver) return true;
      this.forget(key);
      return false;
    }
    if (isOver) return false;
    this.#left.set(key, false);
    return true;
  }

  /** That it is left alone has been written. */
  told(key: ServiceKey): void {
    if (this.#left.has(key)) this.#left.set(key, true);
  }

  /** It is left alone and nothing more is to be said: whoever took that off would take it off again. */
  isSilent(key: ServiceKey): boolean {
    return this.#left.get(key) ?? false;
  }

  forget(key: ServiceKey): void {
    this.#replaced.delete(key);
    this.#touched.delete(key);
    this.#rows.delete(key);
    this.#left.delete(key);
  }

  clear(): void {
    this.#replaced.clear();
    this.#touched.clear();
    this.#rows.clear();
    this.#left.clear();
  }
}

const conditionOf = ({ conditions }: Service): Condition | undefined =>
  conditions.find(({ type }) => type === ASSIGNED);

/** Everything that we wrote is there. The words of the condition may be older than what was decided since. */
function stands(service: Service, { has, reason }: Written): boolean {
  const condition = conditionOf(service);
  if (condition === undefined) return false;
  if (reason === null ? condition.status !== 'True' : condition.reason !== reason) return false;
  if (has === null) return true;
  const pool = service.annotations[ALLOCATED_FROM] ?? null;
  return pool === has.pool && showsJust(readShown(service), has.addresses);
}

/** What was changed is none of what we write. */
function sameStatus(before: Service, after: Service): boolean {
  const [was, is] = [readShown(before), readShown(after)];
  const [said, says] = [conditionOf(before), conditionOf(after)];
  return (
    was.odd.length === is.odd.length &&
    sameAddresses(was.addresses, is.addresses) &&
    before.annotations[ALLOCATED_FROM] === after.annotations[ALLOCATED_FROM] &&
    (said === undefined || says === undefined ? said === says : sameCondition(said, says))
  );
}

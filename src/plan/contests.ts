/**
 * Counts how often somebody else has replaced what we wrote on a Service: its addresses, the pool in its annotation,
 * its condition. After a few times in a row it is left alone: two writers that each insist would write for ever, and
 * every write is an event at every node. That it is left alone is written once, too, and never again.
 *
 * What counts is a write of ours that is known to have arrived and that a later look finds gone. So it does not matter
 * in which order the news came, nor how often a Service is looked at before something is written.
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
import { ASSIGNED, type Reason, saysContested } from './reasons.ts';
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

/** Who changed a Service that is left alone: its owner, or whoever writes what is ours. */
type Hand = 'owner' | 'writer';

export class Contests {
  /** What we last had these say is not known to have arrived; with what is known to have stood there before it. */
  readonly #unconfirmed = new Map<ServiceKey, Written | null>();
  /** It had arrived on these and is not there any more. */
  readonly #replaced = new Set<ServiceKey>();
  readonly #rows = new Map<ServiceKey, Row>();
  /** Those that are left alone, and whether that is known to have been written. */
  readonly #left = new Map<ServiceKey, boolean>();
  /** Those of them that were changed since the last look. */
  readonly #news = new Map<ServiceKey, Hand>();

  /** Starts afresh. Where a process before us had given up, so do we. */
  begin(services: readonly Service[], now: Millis): void {
    for (const state of [this.#unconfirmed, this.#replaced, this.#rows, this.#left, this.#news])
      state.clear();
    for (const { key, conditions } of services) {
      this.#unconfirmed.set(key, null);
      if (!conditions.some(saysContested)) continue;
      this.#replaced.add(key);
      this.#rows.set(key, { restored: REPLACEMENTS_MAX - 1, last: now });
      this.#left.set(key, true);
    }
  }

  /** What these are to say has changed by no look at them, so that it is not what they show. */
  unsure(keys: Iterable<ServiceKey>): void {
    for (const key of keys) this.#unconfirmed.set(key, null);
  }

  /** The Service came in changed, not by us. */
  noticed(before: Service, after: Service): void {
    const { key } = after;
    if (!this.#left.has(key)) return;
    if (!sameStatus(before, after)) this.#news.set(key, 'writer');
    else if (!this.#news.has(key)) this.#news.set(key, 'owner');
  }

  /** What a Service says as a look at it begins, and what we had it say until then. */
  seen(service: Service, written: Written): void {
    const { key } = service;
    if (stands(service, written)) {
      this.#settled(key);
      return;
    }
    const stood = this.#unconfirmed.has(key) ? this.#unconfirmed.get(key) : written;
    if (stood && !stands(service, stood)) this.#replaced.add(key);
  }

  /** What it shows is what the look decided. */
  agreed(key: ServiceKey): void {
    this.#settled(key);
  }

  /**
   * The look decided what is still to be written; `before` is what we had it say until then, null for nothing, and `same`
   * says whether that is so still. Answers whether it is to be written again because somebody replaced it.
   */
  decided(key: ServiceKey, before: Written | null, same: boolean): boolean {
    if (!this.#unconfirmed.has(key)) this.#unconfirmed.set(key, before);
    if (!same) this.#replaced.delete(key);
    return this.#replaced.has(key);
  }

  /** Somebody has replaced what we wrote for the last time that we put up with. To be asked once a look. */
  lost(key: ServiceKey, now: Millis): boolean {
    const hand = this.#news.get(key);
    this.#news.delete(key);
    const row = this.#rows.get(key);
    if (row === undefined || row.restored < REPLACEMENTS_MAX - 1 || !this.#replaced.has(key)) {
      this.#left.delete(key);
      return false;
    }
    const isOver = now - row.last > ROW_ENDS_AFTER;
    if (this.#left.has(key)) {
      if (hand === 'writer') this.#rows.set(key, { ...row, last: now });
      if (hand !== 'owner' || !isOver) return true;
      this.forget(key);
      return false;
    }
    if (isOver) return false;
    this.#left.set(key, false);
    return true;
  }

  /** What was decided has been written. */
  written(key: ServiceKey, now: Millis): void {
    if (this.#left.has(key)) {
      this.#left.set(key, true);
      return;
    }
    if (this.#replaced.has(key)) {
      const row = this.#rows.get(key);
      const restored = row === undefined || now - row.last > ROW_ENDS_AFTER ? 1 : row.restored + 1;
      this.#rows.set(key, { restored, last: now });
    }
    this.#settled(key);
  }

  /** It is left alone and nothing more is to be said: whoever took that off would take it off again. */
  isSilent(key: ServiceKey): boolean {
    return this.#left.get(key) ?? false;
  }

  forget(key: ServiceKey): void {
    this.#settled(key);
    this.#rows.delete(key);
    this.#left.delete(key);
    this.#news.delete(key);
  }

  #settled(key: ServiceKey): void {
    this.#unconfirmed.delete(key);
    this.#replaced.delete(key);
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

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
import type { Ledger } from '../ipam/ledger.ts';
import type { Address } from '../net/address.ts';
import { ALLOCATED_FROM_ANNOTATION } from '../objects/annotations.ts';
import { type Condition, sameCondition } from '../objects/condition.ts';
import type { Service, ServiceKey } from '../objects/service.ts';
import { ASSIGNED_CONDITION, type AssignedReason, isContestedCondition } from './condition-reasons.ts';
import { hasExactly, readIngressStatus, sameAddresses } from './ingress-status.ts';

export const REPLACEMENTS_MAX = 3;

/** A replacement after such a quiet time begins a new row. */
export const STREAK_RESET_AFTER: Millis = 10 * 60_000;

type ReplacementStreak = { readonly rewrites: number; readonly lastAt: Millis };

/** What we have a Service say. */
export type ManagedStatus = {
  /** Null where its addresses and their pool are for others to write. */
  readonly assignment: { readonly addresses: readonly Address[]; readonly pool: string | null } | null;
  /** Null for whichever says that it has them. */
  readonly reason: AssignedReason | null;
};

export function managedStatusOf(
  ledger: Ledger,
  key: ServiceKey,
  reason: AssignedReason | null,
): ManagedStatus {
  const assigned = ledger.assignedTo(key);
  // Allocations outside any pool record what others wrote.
  if (
    reason === 'ForeignAddress' ||
    reason === 'CalicoAllocates' ||
    (reason === 'NoClusterIP' && assigned.length > 0)
  ) {
    return { assignment: null, reason };
  }
  const fromPools = assigned.filter(({ pool }) => pool !== null);
  return {
    assignment: { addresses: fromPools.map(({ address }) => address), pool: fromPools[0]?.pool ?? null },
    reason,
  };
}

/** Who changed a Service that is left alone: its owner, or whoever writes what is ours. */
type ChangeAuthor = 'owner' | 'writer';

export class StatusConflicts {
  /** What we last had these say is not known to have arrived; with what is known to have stood there before it. */
  readonly #unconfirmed = new Map<ServiceKey, ManagedStatus | null>();
  /** It had arrived on these and is not there any more. */
  readonly #replaced = new Set<ServiceKey>();
  readonly #streaks = new Map<ServiceKey, ReplacementStreak>();
  /** Those that are left alone, and whether that is known to have been written. */
  readonly #abandoned = new Map<ServiceKey, boolean>();
  /** Those of them that were changed since the last look. */
  readonly #changedBy = new Map<ServiceKey, ChangeAuthor>();

  /** Starts afresh. Where a process before us had given up, so do we. */
  reset(services: readonly Service[], now: Millis): void {
    for (const state of [this.#unconfirmed, this.#replaced, this.#streaks, this.#abandoned, this.#changedBy])
      state.clear();
    for (const { key, conditions } of services) {
      this.#unconfirmed.set(key, null);
      if (!conditions.some(isContestedCondition)) continue;
      this.#replaced.add(key);
      this.#streaks.set(key, { rewrites: REPLACEMENTS_MAX - 1, lastAt: now });
      this.#abandoned.set(key, true);
    }
  }

  /** What these are to say has changed by no look at them, so that it is not what they show. */
  markUnconfirmed(keys: Iterable<ServiceKey>): void {
    for (const key of keys) this.#unconfirmed.set(key, null);
  }

  /** The Service came in changed, not by us. */
  recordChange(before: Service, after: Service): void {
    const { key } = after;
    if (!this.#abandoned.has(key)) return;
    if (!sameStatus(before, after)) this.#changedBy.set(key, 'writer');
    else if (!this.#changedBy.has(key)) this.#changedBy.set(key, 'owner');
  }

  /** What a Service says as a look at it begins, and what we had it say until then. */
  observe(service: Service, managed: ManagedStatus): void {
    const { key } = service;
    if (matchesStatus(service, managed)) {
      this.#clearPending(key);
      return;
    }
    const previous = this.#unconfirmed.has(key) ? this.#unconfirmed.get(key) : managed;
    if (previous && !matchesStatus(service, previous)) this.#replaced.add(key);
  }

  /** What it shows is what the look decided. */
  confirm(key: ServiceKey): void {
    this.#clearPending(key);
  }

  /**
   * The look decided what is still to be written; `before` is what we had it say until then, null for nothing, and `same`
   * says whether that is so still. Answers whether it is to be written again because somebody replaced it.
   */
  recordDecision(key: ServiceKey, before: ManagedStatus | null, isUnchanged: boolean): boolean {
    if (!this.#unconfirmed.has(key)) this.#unconfirmed.set(key, before);
    if (!isUnchanged) this.#replaced.delete(key);
    return this.#replaced.has(key);
  }

  /** Somebody has replaced what we wrote for the last time that we put up with. To be asked once a look. */
  isLost(key: ServiceKey, now: Millis): boolean {
    const author = this.#changedBy.get(key);
    this.#changedBy.delete(key);
    const streak = this.#streaks.get(key);
    if (streak === undefined || streak.rewrites < REPLACEMENTS_MAX - 1 || !this.#replaced.has(key)) {
      this.#abandoned.delete(key);
      return false;
    }
    const isExpired = now - streak.lastAt > STREAK_RESET_AFTER;
    if (this.#abandoned.has(key)) {
      if (author === 'writer') this.#streaks.set(key, { ...streak, lastAt: now });
      if (author !== 'owner' || !isExpired) return true;
      this.forget(key);
      return false;
    }
    if (isExpired) return false;
    this.#abandoned.set(key, false);
    return true;
  }

  /** What was decided has been written. */
  recordWrite(key: ServiceKey, now: Millis): void {
    if (this.#abandoned.has(key)) {
      this.#abandoned.set(key, true);
      return;
    }
    if (this.#replaced.has(key)) {
      const streak = this.#streaks.get(key);
      const rewrites =
        streak === undefined || now - streak.lastAt > STREAK_RESET_AFTER ? 1 : streak.rewrites + 1;
      this.#streaks.set(key, { rewrites, lastAt: now });
    }
    this.#clearPending(key);
  }

  /** It is left alone and nothing more is to be said: whoever took that off would take it off again. */
  isAbandoned(key: ServiceKey): boolean {
    return this.#abandoned.get(key) ?? false;
  }

  forget(key: ServiceKey): void {
    this.#clearPending(key);
    this.#streaks.delete(key);
    this.#abandoned.delete(key);
    this.#changedBy.delete(key);
  }

  #clearPending(key: ServiceKey): void {
    this.#unconfirmed.delete(key);
    this.#replaced.delete(key);
  }
}

const assignedConditionOf = ({ conditions }: Service): Condition | undefined =>
  conditions.find(({ type }) => type === ASSIGNED_CONDITION);

/** Everything that we wrote is there. The words of the condition may be older than what was decided since. */
function matchesStatus(service: Service, { assignment, reason }: ManagedStatus): boolean {
  const condition = assignedConditionOf(service);
  if (condition === undefined) return false;
  if (reason === null ? condition.status !== 'True' : condition.reason !== reason) return false;
  if (assignment === null) return true;
  const pool = service.annotations[ALLOCATED_FROM_ANNOTATION] ?? null;
  return pool === assignment.pool && hasExactly(readIngressStatus(service), assignment.addresses);
}

/** What was changed is none of what we write. */
function sameStatus(before: Service, after: Service): boolean {
  const [ingressBefore, ingressAfter] = [readIngressStatus(before), readIngressStatus(after)];
  const [conditionBefore, conditionAfter] = [assignedConditionOf(before), assignedConditionOf(after)];
  return (
    ingressBefore.unreadable.length === ingressAfter.unreadable.length &&
    sameAddresses(ingressBefore.addresses, ingressAfter.addresses) &&
    before.annotations[ALLOCATED_FROM_ANNOTATION] === after.annotations[ALLOCATED_FROM_ANNOTATION] &&
    (conditionBefore === undefined || conditionAfter === undefined
      ? conditionBefore === conditionAfter
      : sameCondition(conditionBefore, conditionAfter))
  );
}

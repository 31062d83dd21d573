/**
 * Status conflicts: counts how often another writer has replaced what Berth wrote on a Service: addresses, pool
 * annotation or condition. After `REPLACEMENTS_MAX` in a row Berth abandons the status, since two such writers would write
 * for ever, and each write is a watch event at every node. The condition says so once, and is not written again.
 *
 * A replacement is a write of ours that is known to have succeeded and that a later reconcile does not find. So neither
 * the order of watch events nor the number of reconciles matters.
 *
 * A conflict ends when the status has everything that Berth wrote; or when the Service itself is changed after the other
 * writer has been quiet for `STREAK_RESET_AFTER`, since its owner may have fixed the cause.
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

/** A replacement after such a quiet time starts a new streak. */
export const STREAK_RESET_AFTER: Millis = 10 * 60_000;

type ReplacementStreak = { readonly rewrites: number; readonly lastAt: Millis };

/** The status that Berth wrote, or decided to write, on a Service. */
export type ManagedStatus = {
  /** Null where another writer owns addresses and pool. */
  readonly assignment: { readonly addresses: readonly Address[]; readonly pool: string | null } | null;
  /** Null for any reason of the status True. */
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

/** The author of a change of an abandoned Service: its owner, or the writer that replaces our status. */
type ChangeAuthor = 'owner' | 'writer';

export class StatusConflicts {
  /** Services whose last write is unconfirmed, with the status that was confirmed before it. */
  readonly #unconfirmed = new Map<ServiceKey, ManagedStatus | null>();
  /** Services whose confirmed status was replaced. */
  readonly #replaced = new Set<ServiceKey>();
  readonly #streaks = new Map<ServiceKey, ReplacementStreak>();
  /** Abandoned Services, and whether the condition that says so is confirmed. */
  readonly #abandoned = new Map<ServiceKey, boolean>();
  /** Abandoned Services that were changed since the last reconcile. */
  readonly #changedBy = new Map<ServiceKey, ChangeAuthor>();

  /** Starts from the Services as they are; a conflict that a previous process recorded in a condition goes on. */
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

  /** The decided status of these Services changed without a reconcile, so it is not what they show. */
  markUnconfirmed(keys: Iterable<ServiceKey>): void {
    for (const key of keys) this.#unconfirmed.set(key, null);
  }

  /** Another client changed the Service. */
  recordChange(before: Service, after: Service): void {
    const { key } = after;
    if (!this.#abandoned.has(key)) return;
    if (!sameStatus(before, after)) this.#changedBy.set(key, 'writer');
    else if (!this.#changedBy.has(key)) this.#changedBy.set(key, 'owner');
  }

  /** At the start of a reconcile: the Service as it is, and the status that was decided before. */
  observe(service: Service, managed: ManagedStatus): void {
    const { key } = service;
    if (matchesStatus(service, managed)) {
      this.#clearPending(key);
      return;
    }
    const previous = this.#unconfirmed.has(key) ? this.#unconfirmed.get(key) : managed;
    if (previous && !matchesStatus(service, previous)) this.#replaced.add(key);
  }

  /** The status is as the reconcile decided. */
  confirm(key: ServiceKey): void {
    this.#clearPending(key);
  }

  /**
   * The reconcile decided a status that is to be written. `before` is the status decided before it, null for none;
   * `isUnchanged` says whether both are the same. Returns whether the write repeats one that was replaced.
   */
  recordDecision(key: ServiceKey, before: ManagedStatus | null, isUnchanged: boolean): boolean {
    if (!this.#unconfirmed.has(key)) this.#unconfirmed.set(key, before);
    if (!isUnchanged) this.#replaced.delete(key);
    return this.#replaced.has(key);
  }

  /** Whether the limit of replacements is reached, so that Berth stops writing. To be called once a reconcile. */
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

  /** The decided status was written. */
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

  /** Whether nothing is written any more: even the condition that says so would be replaced again. */
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

/** Whether the status has everything that Berth wrote. The message of the condition is not compared. */
function matchesStatus(service: Service, { assignment, reason }: ManagedStatus): boolean {
  const condition = assignedConditionOf(service);
  if (condition === undefined) return false;
  if (reason === null ? condition.status !== 'True' : condition.reason !== reason) return false;
  if (assignment === null) return true;
  const pool = service.annotations[ALLOCATED_FROM_ANNOTATION] ?? null;
  return pool === assignment.pool && hasExactly(readIngressStatus(service), assignment.addresses);
}

/** Whether addresses, pool annotation and condition are the same in both. */
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

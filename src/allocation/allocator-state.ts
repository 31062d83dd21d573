/**
 * State of the allocator between two reconciles: the ledger, the waiters, and what is remembered of each Service.
 * It is rebuilt from the Services at a start, and an entry is dropped with its Service.
 */
import { type Freed, Ledger } from '../ipam/ledger.ts';
import { Waiters } from '../ipam/waiters.ts';
import type { Service, ServiceKey } from '../objects/service.ts';
import type { AssignedReason } from './condition-reasons.ts';
import type { OverlookedInputs } from './context.ts';
import type { AllocationDecision } from './decision.ts';
import { PendingEvents } from './pending-events.ts';
import { releaseHolderOf } from './pending-release.ts';
import { StatusConflicts } from './status-conflicts.ts';

export class AllocatorState {
  ledger = Ledger.empty();
  waiters = new Waiters();
  readonly statusConflicts = new StatusConflicts();
  readonly pendingEvents = new PendingEvents();
  /** A Service of the same name with another uid is another Service. */
  readonly uids = new Map<ServiceKey, string>();
  /** Services without an address of ours, with the reason. */
  readonly unassignedReasons = new Map<ServiceKey, AssignedReason>();
  /** Services whose next reconcile may assign other addresses, though they have some. */
  readonly reconsidered = new Map<ServiceKey, OverlookedInputs>();
  /** The version of a Service whose decision is not written, as the last write had it: such a write may still arrive. */
  readonly unwrittenVersions = new Map<ServiceKey, string>();
  /** Services that we managed a moment ago, and that still carry our annotation or conditions. */
  readonly formerlyManaged = new Set<ServiceKey>();

  /** Forgets every Service; `statusConflicts` is reset by the caller, who has the Services. */
  clear(): void {
    this.ledger = this.ledger.emptied();
    this.waiters = new Waiters();
    this.uids.clear();
    this.unassignedReasons.clear();
    this.pendingEvents.clear();
    this.formerlyManaged.clear();
    this.reconsidered.clear();
    this.unwrittenVersions.clear();
  }

  /** Whether we have given this Service an address, or a reason why it has none. */
  hasOurStatus(key: ServiceKey): boolean {
    return this.unassignedReasons.has(key) || this.ledger.assignedTo(key).some(({ pool }) => pool !== null);
  }

  /**
   * To be called after a commit with what it freed, and with the decision, null where none was made. Sets what the
   * Service waits for, and returns the keys to requeue.
   */
  updateWaiters(key: ServiceKey, freed: Freed, decision: AllocationDecision | null): readonly ServiceKey[] {
    if (decision === null || decision.condition.status === 'True') this.unassignedReasons.delete(key);
    else this.unassignedReasons.set(key, decision.condition.reason);
    if (decision === null || decision.waitTargets.length === 0) this.waiters.clear(key);
    else this.waiters.set(key, decision.waitTargets);
    const requeue = this.waiters.wake(freed);
    const next = this.waiters.passOffersOn(key, (address) => this.ledger.isVacant(address));
    return next.length === 0 ? requeue : [...new Set([...requeue, ...next])];
  }

  /** The last decision about the Service is written, or there is nothing to write. */
  settle(key: ServiceKey): void {
    this.reconsidered.delete(key);
    this.unwrittenVersions.delete(key);
  }

  /** Whether the Service changed since its last decision, which is not written: no write of it can arrive any more. */
  canUndo({ key, resourceVersion }: Service): boolean {
    const version = this.unwrittenVersions.get(key);
    return version !== undefined && version !== resourceVersion;
  }

  /** The Service was deleted, or replaced by another one of its name. Returns the keys to requeue. */
  forget(key: ServiceKey): readonly ServiceKey[] {
    const tx = this.ledger.begin();
    tx.release(key);
    tx.release(releaseHolderOf(key));
    this.uids.delete(key);
    this.statusConflicts.forget(key);
    this.pendingEvents.discard(key);
    this.formerlyManaged.delete(key);
    this.settle(key);
    return this.updateWaiters(key, tx.commit(), null);
  }
}

/** Reconciles one Service: decides, reserves in one transaction, commits, and returns what is still to be written. */
import type { Service, ServiceKey } from '../objects/service.ts';
import { keepUntilDeleted, recordForeignStatus } from './adoption.ts';
import type { AllocatorState } from './allocator-state.ts';
import { conditionEvent } from './condition-event.ts';
import type { ReconcileContext } from './context.ts';
import { decideAssignment } from './decide.ts';
import type { AllocationDecision } from './decision.ts';
import { includesAddress } from './ingress-status.ts';
import {
  holdUntilUnpublished,
  publishedAddresses,
  releaseHolderOf,
  releaseUnpublished,
} from './pending-release.ts';
import type { ReconcileResult, ReconcileTime } from './reconcile-result.ts';
import { isFormerlyManaged, isManaged } from './service-filter.ts';
import { managedStatusOf } from './status-conflicts.ts';
import { cleanupPatch, diffStatus } from './status-patch.ts';
import { arrivingAddresses, type UnansweredWrite } from './unanswered-write.ts';

/**
 * `service` is null where there is none of this key; `contextOf` is called once, after conflicts were observed. `unanswered`
 * is the last write of the Service that got no answer.
 */
export function reconcileService(
  state: AllocatorState,
  key: ServiceKey,
  service: Service | null,
  contextOf: (key: ServiceKey) => ReconcileContext,
  { wall }: Pick<ReconcileTime, 'wall'>,
  unanswered: UnansweredWrite | null,
): ReconcileResult {
  const unchanged = {
    key,
    service,
    decision: null,
    patch: null,
    events: [],
    granted: [],
    isRewrite: false,
  } as const;
  if (service === null) return { requeue: state.forget(key), ...unchanged };
  const { ledger, statusConflicts } = state;
  state.uids.set(key, service.uid);
  const previousReason = state.unassignedReasons.get(key);
  const before = state.hasOurStatus(key) ? managedStatusOf(ledger, key, previousReason ?? null) : null;
  if (before !== null) statusConflicts.observe(service, before);
  const context = contextOf(key);
  const arriving = arrivingAddresses(service, unanswered);
  const published = publishedAddresses(ledger, service, arriving);
  const tx = ledger.begin();
  releaseUnpublished(ledger, tx, service);
  const leaving = ledger.assignedTo(releaseHolderOf(key));
  if (!isManaged(service, context.options)) {
    if (state.hasOurStatus(key)) state.formerlyManaged.add(key);
    statusConflicts.forget(key);
    recordForeignStatus(context, service, tx);
    const wasManaged = isFormerlyManaged(service) || state.formerlyManaged.has(key);
    const patch = wasManaged ? cleanupPatch(service) : null;
    if (patch === null) state.formerlyManaged.delete(key);
    return { requeue: state.updateWaiters(key, tx.commit(), null), ...unchanged, patch };
  }
  if (service.deleting) {
    keepUntilDeleted(context, service, tx);
    return { requeue: state.updateWaiters(key, tx.commit(), null), ...unchanged };
  }
  const decision = withConditionEvent(service, decideAssignment(context, service, tx));
  if (decision.owner === 'berth') holdUntilUnpublished(tx, published, decision.addresses);
  const requeue = state.updateWaiters(key, tx.commit(), decision);
  // A decision that was undone did not happen.
  if (leaving.some(({ address }) => includesAddress(decision.addresses, address)))
    state.pendingEvents.discard(key);
  const patch = statusConflicts.isAbandoned(key) ? null : diffStatus(service, decision, wall);
  const isSameReason = previousReason === state.unassignedReasons.get(key);
  if (patch === null && !context.hasStatusConflict) statusConflicts.confirm(key);
  if (patch !== null) {
    const isRewrite =
      statusConflicts.recordDecision(key, before, isSameReason || context.hasStatusConflict) &&
      !context.hasStatusConflict;
    state.unwrittenVersions.set(key, service.resourceVersion);
    return { key, service, decision, patch, ...state.pendingEvents.add(key, decision), requeue, isRewrite };
  }
  state.settle(key);
  // An earlier write whose outcome was unknown did arrive: its events are due now.
  return { requeue, ...unchanged, decision, ...state.pendingEvents.take(key) };
}

function withConditionEvent(service: Service, decision: AllocationDecision): AllocationDecision {
  const event = conditionEvent(service, decision);
  return event === null ? decision : { ...decision, events: [...decision.events, event] };
}

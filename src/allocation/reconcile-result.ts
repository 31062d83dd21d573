/** The result of one reconcile of a Service. */
import type { Millis } from '../base/clock.ts';
import type { Address } from '../net/address.ts';
import type { Service, ServiceKey } from '../objects/service.ts';
import type { AllocationDecision, EventDraft } from './decision.ts';
import type { StatusPatch } from './status-patch.ts';

/** `now` on the monotonic clock, `wall` since the epoch. */
export type ReconcileTime = { readonly now: Millis; readonly wall: Millis };

export type ReconcileResult = {
  readonly key: ServiceKey;
  /** The Service that was reconciled; null where it was deleted. */
  readonly service: Service | null;
  /** Null where Berth does not manage it. */
  readonly decision: AllocationDecision | null;
  /** Still to be written; null where the status is as decided. */
  readonly patch: StatusPatch | null;
  /** To be sent once the patch is written; also those of earlier decisions that were not written. */
  readonly events: readonly EventDraft[];
  /** Addresses that the patch writes for the first time. */
  readonly granted: readonly Address[];
  /** The patch writes again what another writer removed. */
  readonly isRewrite: boolean;
  /** Keys of Services that may get an address because of this reconcile. */
  readonly requeue: readonly ServiceKey[];
};

/**
 * Whether a write changes the condition alone, so that it may wait. The reason why a Service has no address is written at
 * once, unless it was written before and somebody removed it.
 */
export function isConditionOnly({ patch, decision, isRewrite }: ReconcileResult): boolean {
  if (patch === null || patch.ingress !== null || decision === null) return false;
  return decision.condition.status !== 'False' || isRewrite;
}

/** What one look at a Service comes to. */
import type { Millis } from '../base/clock.ts';
import type { Address } from '../net/address.ts';
import type { Service, ServiceKey } from '../objects/service.ts';
import type { AllocationDecision, EventDraft } from './decision.ts';
import type { StatusPatch } from './status-patch.ts';

/** `now` by the monotonic clock, `wall` by the calendar. */
export type ReconcileTime = { readonly now: Millis; readonly wall: Millis };

export type ReconcileResult = {
  readonly key: ServiceKey;
  /** The Service that was looked at; null where it is no more. */
  readonly service: Service | null;
  /** Null where others answer for it. */
  readonly decision: AllocationDecision | null;
  /** Still to be written; null where everything stands as it was decided. */
  readonly patch: StatusPatch | null;
  /** To be told once the patch is written; also what an earlier look decided that was not written. */
  readonly events: readonly EventDraft[];
  /** Addresses that the patch tells of for the first time. */
  readonly granted: readonly Address[];
  /** The patch writes once more what stood there and somebody else took off. */
  readonly isRewrite: boolean;
  /** Others whom this look may have helped. */
  readonly requeue: readonly ServiceKey[];
};

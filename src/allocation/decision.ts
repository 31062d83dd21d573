/** What was decided for one Service, before it is compared with what stands there. */
import type { WaitTarget } from '../ipam/waiters.ts';
import type { Address } from '../net/address.ts';
import type { AssignedCondition } from './condition-reasons.ts';

/** MetalLB's event reasons, as its users' alerts and scripts know them. */
export type AllocationEventReason =
  | 'IPAllocated'
  | 'ClearAssignment'
  | 'AdditionalAssignFailed'
  | 'AllocationFailed'
  | 'LoadBalancerFailed'
  | 'not enough clusterips'
  | 'deprecatedAnnotation'
  | 'AddressesReplaced';

export type EventDraft = {
  readonly type: 'Normal' | 'Warning';
  readonly reason: AllocationEventReason;
  readonly message: string;
};

export type AllocationDecision = {
  readonly condition: AssignedCondition;
  /** `ours`: ingress and annotation shall be what is decided here. `theirs`: leave both as they are. */
  readonly owner: 'ours' | 'theirs';
  readonly addresses: readonly Address[];
  readonly pool: string | null;
  readonly events: readonly EventDraft[];
  /** What would make another look worthwhile; empty when nothing is missing. */
  readonly waitTargets: readonly WaitTarget[];
  /** Addresses that were not held before this look; see `Look` for those that are not yet told of. */
  readonly granted: readonly Address[];
  /** The addresses that stood on the Service belong to another one. */
  readonly hasConflict: boolean;
};

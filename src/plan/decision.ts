/** What was decided for one Service, before it is compared with what stands there. */
import type { Want } from '../ipam/waiters.ts';
import type { Address } from '../net/address.ts';
import type { Verdict } from './reasons.ts';

/** MetalLB's event reasons, as its users' alerts and scripts know them. */
export type EventReason =
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
  readonly reason: EventReason;
  readonly message: string;
};

export type Decision = {
  readonly verdict: Verdict;
  /** `ours`: ingress and annotation shall be what is decided here. `theirs`: leave both as they are. */
  readonly hands: 'ours' | 'theirs';
  readonly addresses: readonly Address[];
  readonly pool: string | null;
  readonly events: readonly EventDraft[];
  /** What would make another look worthwhile; empty when nothing is missing. */
  readonly wants: readonly Want[];
  /** Addresses that were not held before this look; see `Look` for those that are not yet told of. */
  readonly granted: readonly Address[];
  /** The addresses that stood on the Service belong to another one. */
  readonly conflict: boolean;
};

/** The decision for one Service, before it is compared with the Service's status. */
import type { WaitTarget } from '../ipam/waiters.ts';
import type { Address } from '../net/address.ts';
import type { AssignedCondition } from './condition-reasons.ts';

/** MetalLB's event reasons, as its users' alerts and scripts know them, and ours. */
export type AllocationEventReason =
  | 'IPAllocated'
  | 'ClearAssignment'
  | 'AdditionalAssignFailed'
  | 'AllocationFailed'
  | 'LoadBalancerFailed'
  | 'not enough clusterips'
  | 'deprecatedAnnotation'
  | 'AddressesReplaced'
  | ConditionEventReason;

/** Reasons of the condition that are also reasons of an event. */
export type ConditionEventReason =
  | 'Assigned'
  | 'AssignedOneFamily'
  | 'Layer2Only'
  | 'PoolGone'
  | 'ForeignAddress'
  | 'CalicoAllocates'
  | 'NoClusterIP';

export type EventDraft = {
  readonly type: 'Normal' | 'Warning';
  readonly reason: AllocationEventReason;
  readonly message: string;
};

export type AllocationDecision = {
  readonly condition: AssignedCondition;
  /** Who writes ingress and pool annotation: `berth` writes what is decided here, `external` leaves both as they are. */
  readonly owner: 'berth' | 'external';
  readonly addresses: readonly Address[];
  readonly pool: string | null;
  readonly events: readonly EventDraft[];
  /** What the Service waits for; empty where nothing is missing. */
  readonly waitTargets: readonly WaitTarget[];
  /** Addresses that this reconcile assigned. `ReconcileResult` has those whose write is unconfirmed, too. */
  readonly granted: readonly Address[];
  /** Addresses in the Service's status belong to another Service. */
  readonly hasConflict: boolean;
};

/** The part of a decision that gives no address. */
export const NO_ASSIGNMENT = {
  addresses: [],
  pool: null,
  events: [],
  waitTargets: [],
  granted: [],
  hasConflict: false,
} as const satisfies Partial<AllocationDecision>;

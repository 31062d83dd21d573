/**
 * Reasons of the condition `berth.dev/Assigned`: a closed list, which docs/conditions.md prints. Alerts may rely on it, so
 * a reason is never renamed, and a new one is a change for users.
 *
 * The status says whether the Service has an address from Berth; the reason names the cause for its owner, or for
 * the administrator of the pools. A reason for having no address is also that for keeping one against the request.
 */
import type { Condition, ConditionValue } from '../objects/condition.ts';

export const ASSIGNED_CONDITION = 'berth.dev/Assigned';

export const ASSIGNED_REASONS = {
  Assigned: 'The Service has its addresses.',
  AssignedOneFamily:
    'A dual-stack Service has an address of one family, and its pool has no free address of the other. It keeps the first address, and gets the second one when there is one.',
  Layer2Only:
    'The Service has its addresses, but only an L2Advertisement covers their pool, and no speaker of Berth answers ARP or NDP.',
  PoolGone:
    'The pool of these addresses was deleted. They are kept until the grace period (`--pool-delete-grace`) ends; restore the pool, and nothing changes.',
  PoolInvalid:
    'The requested pool is invalid. The Service keeps an address that it has, and gets a new one when the pool is fixed.',
  InvalidRequest:
    'The request of the Service is invalid or cannot be met. Addresses that it has are kept while the request is invalid.',
  ForeignAddress:
    'Another writer put this address into the status, and no pool contains it, or none that admits the Service. It is kept; the message says how to replace it.',
  CalicoAllocates:
    "Calico's own LoadBalancer controller assigns addresses to this Service. Berth leaves it alone, since each would overwrite the other.",
  StatusContested:
    'Another writer keeps replacing what Berth writes: the addresses, their pool, or this condition. Berth stopped writing; the message says how to resume.',
  NoClusterIP: 'The Service has no cluster IP yet, which decides the family of its address.',
  DualStackUnavailable: 'The Service requires both families, and has cluster IPs of one only.',
  FamilyMismatch: 'The families of the requested addresses are not those of the cluster IPs.',
  NoPools: 'There is no pool.',
  NoPoolMatches: 'There are pools, but none assigns addresses to this Service automatically.',
  UnknownPool: 'The Service requests a pool that does not exist.',
  PoolNotCompatible: 'The serviceAllocation of the requested pool does not match this Service.',
  PoolLacksFamily:
    'The requested pool, or every pool that the Service may use, has no range of a family that it needs.',
  PoolExhausted: 'Every address that the Service may use is taken.',
  AddressNotInPool: 'The requested address is in no pool, or not in the requested pool.',
  AddressOverlapped: 'The requested address is where two pools overlap, and only the older pool grants it.',
  AddressAvoided: 'The requested address ends in .0 or .255, and its pool avoids those (avoidBuggyIPs).',
  AddressTaken: 'The requested address, or one of the two, is taken by another Service.',
  SharingRefused:
    'The requested address is taken by Services that this one cannot share it with: another sharing key, other backends, or the same port.',
} as const satisfies Record<string, string>;

export type AssignedReason = keyof typeof ASSIGNED_REASONS;

/**
 * What the condition of one Service says. It depends on that Service and on objects that users write; it names no count
 * and no other Service, so that other Services do not rewrite it.
 */
export type AssignedCondition = ConditionValue<AssignedReason>;

export const isLayer2OnlyCondition = ({ type, reason }: Pick<Condition, 'type' | 'reason'>): boolean =>
  type === ASSIGNED_CONDITION && reason === 'Layer2Only';

export const conditionTrue = (reason: AssignedReason, message: string): AssignedCondition => ({
  status: 'True',
  reason,
  message,
});
export const conditionFalse = (reason: AssignedReason, message: string): AssignedCondition => ({
  status: 'False',
  reason,
  message,
});
export const conditionUnknown = (reason: AssignedReason, message: string): AssignedCondition => ({
  status: 'Unknown',
  reason,
  message,
});

export const isContestedCondition = ({ type, reason }: Pick<Condition, 'type' | 'reason'>): boolean =>
  type === ASSIGNED_CONDITION && reason === 'StatusContested';

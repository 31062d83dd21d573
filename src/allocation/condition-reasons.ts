/**
 * The closed list of what the condition `berth.dev/Assigned` can say. The documentation prints this table, and
 * alerts may rely on it: a reason is never renamed, and a new one is a change that users are told of.
 *
 * The status says whether the Service has an address that we stand for; the reason says what its owner, or
 * whoever runs the pools, should look at.
 */
import type { Condition } from '../objects/condition.ts';

export const ASSIGNED_CONDITION = 'berth.dev/Assigned';

export const ASSIGNED_REASONS = {
  Assigned: 'The Service has its addresses.',
  AssignedOneFamily:
    'A dual-stack Service has an address of one family; its pool has none of the other to add. It gets the second one when there is one, and keeps the first meanwhile.',
  Layer2Only:
    'The Service has its addresses, but only an L2Advertisement covers their pool, and nothing here answers ARP or NDP.',
  PoolGone:
    'The pool of these addresses was deleted. They are kept until the grace period (`--pool-delete-grace`) ends; put the pool back and nothing moves.',
  PoolInvalid:
    'The pool that is asked for cannot be read as it is now. An address that the Service has is kept; a new one it gets when the pool is mended.',
  InvalidRequest:
    'What the Service asks for cannot be read, or cannot be. Addresses that it has are kept while what it asks for cannot be read.',
  ForeignAddress:
    'Somebody else wrote this address, and no pool holds it. It is kept; the message says how to hand it over.',
  CalicoAllocates:
    "Calico's own LoadBalancer controller assigns addresses to this Service. We leave it alone, since each would overwrite the other.",
  StatusContested:
    'Somebody else keeps replacing what we write: the addresses, their pool, or this condition. We stopped writing; the message says how to go on.',
  NoClusterIP: 'The Service has no cluster IP yet; the family of its address follows from that.',
  DualStackUnavailable: 'The Service requires two families and has cluster IPs of one only.',
  FamilyMismatch: 'The addresses asked for are not of the families of the cluster IPs.',
  NoPools: 'There is no pool at all.',
  NoPoolMatches: 'There are pools, but none that this Service may take from without asking for it.',
  UnknownPool: 'The Service asks for a pool that does not exist.',
  PoolNotCompatible: 'The serviceAllocation of the pool that is asked for does not let this Service in.',
  PoolLacksFamily:
    'The pool that is asked for, or every pool that the Service may take from, has no range of a family that it needs.',
  PoolExhausted: 'Every address that the Service could take is in use.',
  AddressNotInPool: 'The address asked for lies in no pool, or not in the pool asked for.',
  AddressOverlapped:
    'The address asked for lies where two pools overlap, and the older one alone grants from there.',
  AddressAvoided: 'The address asked for ends in .0 or .255, and its pool avoids those.',
  AddressTaken: 'The address asked for, or one of the two, is in use by another Service.',
  SharingRefused:
    'The address asked for is in use by Services that this one cannot share it with: other sharing key, other backends, or the same port.',
} as const satisfies Record<string, string>;

export type AssignedReason = keyof typeof ASSIGNED_REASONS;

/** What we say of one Service. A function of its own verdict and of objects that people wrote: no counts, no neighbours. */
export type AssignedCondition = {
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: AssignedReason;
  readonly message: string;
};

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

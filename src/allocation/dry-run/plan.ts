/**
 * Dry run of an edit: the allocator runs on a copy of the cluster. First it reconciles the cluster as it is; then the edit
 * is applied; then the grace periods of deleted pools end.
 */
import type { Millis } from '../../base/clock.ts';
import { buildPoolSet, type PoolObject } from '../../config/pool/pool-set.ts';
import type { Address } from '../../net/address.ts';
import { ALLOCATED_FROM_ANNOTATION } from '../../objects/annotations.ts';
import type { Labels } from '../../objects/selector.ts';
import type { Service, ServiceKey } from '../../objects/service.ts';
import type { Allocator, AllocatorOptions } from '../allocator.ts';
import { ASSIGNED_CONDITION, type AssignedReason } from '../condition-reasons.ts';
import type { ExternalClaims } from '../external-claims.ts';
import { readIngressStatus, sameAddresses } from '../ingress-status.ts';
import { isManaged } from '../service-filter.ts';
import { AllocationSimulator } from './simulator.ts';

/** The inputs of the allocator: everything that decides about addresses. */
export type AllocationSnapshot = {
  readonly services: Iterable<Service>;
  readonly pools: readonly PoolObject[];
  readonly namespaces: ReadonlyMap<string, Labels>;
  /** Pools that only an L2Advertisement covers. */
  readonly layer2OnlyPools: ReadonlySet<string>;
  /** Services that Calico assigns; null for none. */
  readonly externalClaims: ExternalClaims | null;
};

/** The addresses of one Service and its condition. */
export type ServiceAssignment = {
  readonly addresses: readonly Address[];
  readonly pool: string | null;
  readonly reason: AssignedReason;
  readonly message: string;
};

export type PlannedOutcome =
  | 'keeps'
  /** The addresses stay; their pool or the condition changes. */
  | 'keeps-otherwise'
  /** Has an address and gets another, or one more or fewer. */
  | 'moves'
  /** Has no address and gets one; new Services included. */
  | 'gets'
  /** Has an address and loses it. */
  | 'loses'
  /** Is new, or was not managed, and gets no address. */
  | 'starts-to-wait'
  | 'still-waits'
  /** Is deleted, or no longer managed. */
  | 'leaves';

export type ServicePlan = {
  readonly key: ServiceKey;
  /** Null where there is no such Service, or it is not managed. */
  readonly before: ServiceAssignment | null;
  /** As soon as the edit is applied. */
  readonly after: ServiceAssignment | null;
  /** When the grace periods of deleted pools are over; the same as `after` where that changes nothing. */
  readonly later: ServiceAssignment | null;
  /** From `before` to `later`. */
  readonly outcome: PlannedOutcome;
};

export type AllocationPlan = {
  /** All managed Services, by key. */
  readonly services: readonly ServicePlan[];
  /** How long Services of a deleted pool keep their addresses, if the edit deletes such a pool; else null. */
  readonly gracePeriod: Millis | null;
};

/** Whether a Service loses or changes an address, which `berth plan` warns of. */
export const disruptsServices = ({ services }: AllocationPlan): boolean =>
  services.some(({ outcome }) => outcome === 'moves' || outcome === 'loses');

export function planEdit(
  current: AllocationSnapshot,
  edited: AllocationSnapshot,
  options: AllocatorOptions,
  wall: Millis,
): AllocationPlan {
  const simulator = simulateCurrent(current, options, wall);
  const before = currentAssignments(simulator, options);
  simulator.runUntilIdle(applyEdit(simulator, edited));
  const after = currentAssignments(simulator, options);
  const end = simulator.allocator.nextGraceExpiry();
  if (end !== null) {
    simulator.now = end;
    simulator.runUntilIdle(simulator.allocator.expireGracePeriods(end));
  }
  const later = currentAssignments(simulator, options);
  const keys = new Set([...before.keys(), ...later.keys()]);
  const services = [...keys].sort().map((key): ServicePlan => {
    const [assignmentBefore, assignmentAfter, assignmentLater] = [before, after, later].map(
      (assignments) => assignments.get(key) ?? null,
    );
    const plan = {
      before: assignmentBefore ?? null,
      after: assignmentAfter ?? null,
      later: assignmentLater ?? null,
    };
    return { key, ...plan, outcome: outcomeOf(plan.before, plan.later) };
  });
  return { services, gracePeriod: end === null ? null : options.poolGrace };
}

/** The cluster as it is, adopted and reconciled. */
export function simulateCurrent(
  current: AllocationSnapshot,
  options: AllocatorOptions,
  wall: Millis,
): AllocationSimulator {
  const simulator = new AllocationSimulator(options, current.services, wall);
  simulator.runUntilIdle(adoptCurrent(simulator.allocator, current));
  return simulator;
}

/** Gives a new allocator, which has the Services already, all other inputs. It then adopts; the keys are to be reconciled. */
export function adoptCurrent(allocator: Allocator, current: AllocationSnapshot): readonly ServiceKey[] {
  allocator.updateNamespaces(current.namespaces, new Set());
  allocator.updatePools(buildPoolSet(current.pools, null), 0);
  allocator.updateLayer2OnlyPools(current.layer2OnlyPools);
  allocator.updateExternalClaims(current.externalClaims);
  return allocator.initialize(0);
}

/** Applies the edit, and returns the keys to reconcile: of changed inputs, then all Services by name. */
export function applyEdit(
  { allocator, services, now }: AllocationSimulator,
  edited: AllocationSnapshot,
): readonly ServiceKey[] {
  const namespaceKeys = allocator.updateNamespaces(edited.namespaces, new Set(edited.namespaces.keys()));
  const poolKeys = allocator.updatePools(buildPoolSet(edited.pools, allocator.poolSet), now);
  const layer2Keys = allocator.updateLayer2OnlyPools(edited.layer2OnlyPools);
  const claimKeys = allocator.updateExternalClaims(edited.externalClaims);
  const serviceKeys = replaceServices(services, edited.services);
  return [...namespaceKeys, ...poolKeys, ...layer2Keys, ...claimKeys, ...serviceKeys];
}

function replaceServices(
  services: Map<ServiceKey, Service>,
  edited: Iterable<Service>,
): readonly ServiceKey[] {
  const desired = new Map([...edited].map((service) => [service.key, service]));
  const changed: ServiceKey[] = [];
  for (const key of new Set([...services.keys(), ...desired.keys()])) {
    const [old, updated] = [services.get(key), desired.get(key)];
    if (updated === undefined) services.delete(key);
    else services.set(key, old === undefined ? updated : mergeStatus(old, updated));
    changed.push(key);
  }
  return changed.sort();
}

/** Users edit the spec and metadata: identity, status and our annotation stay. */
function mergeStatus(old: Service, edited: Service): Service {
  const { [ALLOCATED_FROM_ANNOTATION]: _, ...annotations } = edited.annotations;
  const from = old.annotations[ALLOCATED_FROM_ANNOTATION];
  const { uid, resourceVersion, createdAt, deleting, conditions, statusWriter } = old;
  return {
    ...edited,
    uid,
    resourceVersion,
    createdAt,
    deleting,
    conditions,
    statusWriter,
    // The API server clears the status of a Service when its type changes from LoadBalancer.
    ingress: edited.type === 'LoadBalancer' ? old.ingress : [],
    clusterIPs: edited.clusterIPs.length > 0 ? edited.clusterIPs : old.clusterIPs,
    annotations: from === undefined ? annotations : { ...annotations, [ALLOCATED_FROM_ANNOTATION]: from },
  };
}

function currentAssignments(
  { services }: AllocationSimulator,
  options: AllocatorOptions,
): ReadonlyMap<ServiceKey, ServiceAssignment> {
  const found = new Map<ServiceKey, ServiceAssignment>();
  for (const service of services.values()) {
    if (!isManaged(service, options)) continue;
    const condition = service.conditions.find(({ type }) => type === ASSIGNED_CONDITION);
    found.set(service.key, {
      addresses: readIngressStatus(service).addresses,
      pool: service.annotations[ALLOCATED_FROM_ANNOTATION] ?? null,
      reason: (condition?.reason ?? 'Assigned') as AssignedReason,
      message: condition?.message ?? '',
    });
  }
  return found;
}

function outcomeOf(before: ServiceAssignment | null, later: ServiceAssignment | null): PlannedOutcome {
  if (later === null) return 'leaves';
  const hadAddress = before !== null && before.addresses.length > 0;
  if (later.addresses.length === 0)
    return hadAddress ? 'loses' : before === null ? 'starts-to-wait' : 'still-waits';
  if (!hadAddress) return 'gets';
  if (!sameAddresses(before.addresses, later.addresses)) return 'moves';
  return before.pool === later.pool && before.message === later.message ? 'keeps' : 'keeps-otherwise';
}

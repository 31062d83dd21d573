/**
 * The allocator makes every assignment decision. It holds the ledger, the pools and the waiters, and reconciles one
 * Service at a time. It is synchronous and free of side effects: time and objects come in as arguments, and what is
 * to be written is returned as data. The controller drives it; `berth plan` drives a copy of it in a dry run.
 *
 * The `update` methods record a change of an input, and return the keys to requeue in the order to reconcile them.
 */
import type { Millis } from '../base/clock.ts';
import { finishSteps, type Steps } from '../base/steps.ts';
import { EMPTY_POOL_SET, type PoolSet } from '../config/pool/pool-set.ts';
import type { Freed, Ledger, PreparedPools } from '../ipam/ledger.ts';
import type { Labels } from '../objects/selector.ts';
import { type Service, type ServiceKey, splitServiceKey } from '../objects/service.ts';
import { adoptExisting, compareAdoptionOrder } from './adoption.ts';
import { AllocatorState } from './allocator-state.ts';
import { type AssignedReason, isLayer2OnlyCondition } from './condition-reasons.ts';
import type { AllocationContext, AllocationOptions, OverlookedInputs, ReconcileContext } from './context.ts';
import { type ExternalClaims, externalClaimCondition } from './external-claims.ts';
import { completeRelease } from './pending-release.ts';
import { diffPools, toLedgerPools } from './pool-diff.ts';
import { PoolGrace } from './pool-grace.ts';
import { orderPools, type PoolOrder } from './pool-selection.ts';
import { reconcileService } from './reconcile.ts';
import type { ReconcileResult, ReconcileTime } from './reconcile-result.ts';
import { isManaged } from './service-filter.ts';
import {
  countServicesByPool,
  lookUpServices,
  type ServiceSource,
  selectKeys,
  sortKeysByAge,
} from './service-source.ts';
import { mayStillArrive, reserveUnanswered, type UnansweredWrite } from './unanswered-write.ts';
import { compareWaitOrder } from './wait-order.ts';

export type AllocatorOptions = AllocationOptions & {
  /** `--pool-delete-grace`. */
  readonly poolGrace: Millis;
};

const NO_LABELS: Labels = {};
const NO_POOLS: ReadonlySet<string> = new Set();

export class Allocator {
  readonly #options: AllocatorOptions;
  readonly #services: ServiceSource;
  readonly #state = new AllocatorState();
  #poolSet = EMPTY_POOL_SET;
  #poolOrder: PoolOrder = orderPools(EMPTY_POOL_SET);
  readonly #poolGrace: PoolGrace;
  #namespaces: ReadonlyMap<string, Labels> = new Map();
  #layer2OnlyPools: ReadonlySet<string> | null = null;
  #externalClaims: ExternalClaims | null = null;

  constructor(options: AllocatorOptions, services: ServiceSource) {
    this.#options = options;
    this.#services = services;
    this.#poolGrace = new PoolGrace(options.poolGrace);
  }

  get ledger(): Ledger {
    return this.#state.ledger;
  }

  get poolSet(): PoolSet {
    return this.#poolSet;
  }

  /** Services that have no address of ours, with the reason. */
  get unassignedReasons(): ReadonlyMap<ServiceKey, AssignedReason> {
    return this.#state.unassignedReasons;
  }

  /** The number of Services with addresses of each pool. */
  servicesByPool(): ReadonlyMap<string, number> {
    return countServicesByPool(this.#services);
  }

  /**
   * Starts from the Services as they are: every address in their statuses is adopted before the first reconcile.
   * Services without an address come first, in the order in which they have waited; then the rest, oldest first.
   * `unanswered` are writes of this process that may still arrive.
   */
  initialize(
    now: Millis,
    unanswered: ReadonlyMap<ServiceKey, UnansweredWrite> = new Map(),
  ): readonly ServiceKey[] {
    this.#state.clear();
    const services = [...this.#services.values()];
    const { context } = this;
    const withIngress = services
      .filter((service) => service.ingress.length > 0)
      .sort((a, b) => compareAdoptionOrder(a, b, context));
    this.#state.statusConflicts.reset(services, now);
    for (const { key, uid } of withIngress) this.#state.uids.set(key, uid);
    this.#adopt(withIngress, now);
    this.#reserveUnanswered(unanswered);
    const withoutIngress = services.filter((service) => service.ingress.length === 0).sort(compareWaitOrder);
    return [...withoutIngress, ...withIngress].map(({ key }) => key);
  }

  #reserveUnanswered(unanswered: ReadonlyMap<ServiceKey, UnansweredWrite>): void {
    const tx = this.ledger.begin();
    for (const [key, write] of unanswered) {
      const service = this.#services.get(key);
      if (service === undefined || !mayStillArrive(write, service)) continue;
      reserveUnanswered(this.context, service, write, tx);
      this.#state.uids.set(key, service.uid);
      this.#state.unwrittenVersions.set(key, service.resourceVersion);
    }
    tx.commit();
  }

  // --- changed inputs

  /** A Service before and after a change by another client; not for our own writes. */
  recordServiceChange(before: Service | undefined, after: Service): void {
    if (before !== undefined) this.#state.statusConflicts.recordChange(before, after);
  }

  /** `namespaces` are all namespaces with their labels; `changed` names those whose labels are different now. */
  updateNamespaces(
    namespaces: ReadonlyMap<string, Labels>,
    changed: ReadonlySet<string>,
  ): readonly ServiceKey[] {
    this.#namespaces = namespaces;
    const usesNamespaceSelectors = [...this.#poolSet.byName.values()].some(
      ({ active }) => (active?.serviceAllocation?.namespaceSelectors.length ?? 0) > 0,
    );
    if (!usesNamespaceSelectors || changed.size === 0) return [];
    return selectKeys(this.#services, (service) => changed.has(splitServiceKey(service.key).namespace));
  }

  /** The part of `updatePools` that takes long for many ranges. Between its steps everything else may go on. */
  preparePools(poolSet: PoolSet): Steps<PreparedPools> {
    return this.ledger.preparePools(toLedgerPools(poolSet));
  }

  /** Holders of addresses that may be lost come before waiters for addresses that may have been added. */
  updatePools(
    poolSet: PoolSet,
    now: Millis,
    prepared = finishSteps(this.preparePools(poolSet)),
  ): readonly ServiceKey[] {
    const changes = diffPools(this.#poolSet, poolSet);
    this.#poolSet = poolSet;
    if (changes.length === 0) return [];
    this.#poolOrder = orderPools(poolSet);
    for (const { pool, kind } of changes) {
      if (kind === 'removed') this.#poolGrace.markMissing(pool, now);
      else this.#poolGrace.markPresent(pool);
    }
    const { ledger, statusConflicts, waiters } = this.#state;
    const affected = new Set<ServiceKey>();
    for (const { holder } of ledger.installPools(prepared)) affected.add(holder);
    const otherwiseChanged = changes.filter(({ kind }) => kind !== 'ranges').map(({ pool }) => pool);
    for (const holder of ledger.holdersOf(...otherwiseChanged)) affected.add(holder);
    // A foreign address may be in a pool now: then it is adopted, in the same order as at a start.
    const foreignKeys = selectKeys(
      this.#services,
      ({ key, deleting }) =>
        this.unassignedReasons.get(key) === 'ForeignAddress' ||
        (deleting && ledger.assignedTo(key).some(({ pool }) => pool === null)),
    );
    const freed = this.#adopt(lookUpServices(this.#services, foreignKeys), now);
    // Their addresses may have changed pools without a reconcile: that is no status conflict.
    statusConflicts.markUnconfirmed([...affected, ...foreignKeys]);
    const present = changes.filter(({ kind }) => kind !== 'removed').map(({ pool }) => pool);
    const requeue = [...waiters.wake(freed), ...waiters.wakePools(present)];
    return [...new Set([...this.#sortByAge([...affected, ...foreignKeys]), ...requeue])];
  }

  /** Adopts the statuses of these Services, in place of the foreign addresses that were recorded for them. */
  #adopt(services: readonly Service[], now: Millis): Freed {
    const tx = this.#state.ledger.begin();
    for (const { key } of services) tx.release(key);
    adoptExisting(services, (key) => this.#reconcileContextFor(key, now), this.context, tx);
    return tx.commit();
  }

  /** Pools that only an L2Advertisement covers; null while that is not known, which changes nothing. */
  updateLayer2OnlyPools(pools: ReadonlySet<string> | null): readonly ServiceKey[] {
    if (pools === null) return [];
    const before = this.#layer2OnlyPools ?? NO_POOLS;
    const isFirst = this.#layer2OnlyPools === null;
    this.#layer2OnlyPools = pools;
    const changed = [...pools, ...before].filter((pool) => !pools.has(pool) || !before.has(pool));
    const markedKeys = isFirst
      ? selectKeys(this.#services, ({ conditions }) => conditions.some(isLayer2OnlyCondition))
      : [];
    const holders = this.ledger.holdersOf(...changed);
    return this.#sortByAge([...markedKeys, ...holders]);
  }

  /** Services that Calico assigns, null for none. Requeues those whose claim is another than before. */
  updateExternalClaims(claims: ExternalClaims | null): readonly ServiceKey[] {
    const before = this.#externalClaims;
    this.#externalClaims = claims;
    const messageOf = (one: ExternalClaims | null, service: Service): string | undefined =>
      externalClaimCondition(one, service)?.message;
    return selectKeys(
      this.#services,
      (service) =>
        isManaged(service, this.#options) && messageOf(before, service) !== messageOf(claims, service),
    );
  }

  /**
   * These Services were assigned addresses a moment ago, without knowledge of a pool or Namespace that was there before
   * them. Their next reconcile assigns what they would have been assigned with it, if that is one of these pools or one
   * family more. Returns the keys to requeue.
   */
  reconsider(overlooked: ReadonlyMap<ServiceKey, OverlookedInputs>): readonly ServiceKey[] {
    for (const [key, inputs] of overlooked) this.#state.reconsidered.set(key, inputs);
    return this.#sortByAge(overlooked.keys());
  }

  // --- grace periods of deleted pools

  /** To be called only while the list of pools is known to be current. Requeues the holders. */
  expireGracePeriods(now: Millis): readonly ServiceKey[] {
    const expired = this.#poolGrace.expire(now);
    return this.#sortByAge(this.ledger.holdersOf(...expired));
  }

  /** The pools could not be listed until `since`: a grace period that runs counts from there. */
  postponeGracePeriods(since: Millis): void {
    this.#poolGrace.postpone(since);
  }

  nextGraceExpiry(): Millis | null {
    return this.#poolGrace.nextExpiry();
  }

  // --- one Service

  /**
   * Decides, reserves and commits. What is returned is still to be written. The addresses of `unanswered`, the last write of
   * this Service that got no answer, are given to nobody else while it may still arrive.
   */
  reconcile(
    key: ServiceKey,
    { now, wall }: ReconcileTime,
    unanswered: UnansweredWrite | null = null,
  ): ReconcileResult {
    const service = this.#services.get(key) ?? null;
    const previousUid = this.#state.uids.get(key);
    const isReplaced = previousUid !== undefined && previousUid !== service?.uid;
    const forgotten = isReplaced ? this.#state.forget(key) : [];
    const overlooked = this.#state.reconsidered.get(key) ?? null;
    const canUndo = service !== null && this.#state.canUndo(service);
    const contextOf = (one: ServiceKey): ReconcileContext => ({
      ...this.#reconcileContextFor(one, now),
      overlooked,
      canUndo,
    });
    const result = reconcileService(this.#state, key, service, contextOf, { wall }, unanswered);
    return isReplaced ? { ...result, requeue: [...new Set([...forgotten, ...result.requeue])] } : result;
  }

  /**
   * The last patch of this Service was written: its events are sent, and the addresses that it removed are free.
   * Returns the keys to requeue.
   */
  confirmWrite(key: ServiceKey, now: Millis): readonly ServiceKey[] {
    this.#state.pendingEvents.discard(key);
    this.#state.settle(key);
    this.#state.statusConflicts.recordWrite(key, now);
    return this.#state.waiters.wake(completeRelease(this.ledger.begin(), key));
  }

  get context(): AllocationContext {
    return {
      options: this.#options,
      ledger: this.ledger,
      poolSet: this.#poolSet,
      poolOrder: this.#poolOrder,
      labelsOf: (namespace) => this.#namespaces.get(namespace) ?? NO_LABELS,
      layer2OnlyPools: this.#layer2OnlyPools,
      externalClaims: this.#externalClaims,
    };
  }

  #reconcileContextFor(key: ServiceKey, now: Millis): ReconcileContext {
    const isInGrace = (pool: string): boolean => this.#poolGrace.isInGrace(pool, now);
    const hasStatusConflict = this.#state.statusConflicts.isLost(key, now);
    return { isInGrace, hasStatusConflict, overlooked: null, canUndo: false, ...this.context };
  }

  #sortByAge(keys: Iterable<ServiceKey>): readonly ServiceKey[] {
    return sortKeysByAge(lookUpServices(this.#services, new Set(keys)));
  }
}

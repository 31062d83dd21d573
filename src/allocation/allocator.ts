/**
 * The desk at which every decision is made: the one ledger, the pools, who waits for what, and a look at one
 * Service at a time. It is synchronous and touches nothing outside: time and objects come in as arguments,
 * what should be written leaves as data. The controller sits at it, and so does `berth plan`, on a copy.
 *
 * Each method answers with the keys that are worth a look after it, in the order in which to look.
 */
import type { Millis } from '../base/clock.ts';
import type { PoolSet } from '../config/pool/pool-set.ts';
import { type Freed, Ledger } from '../ipam/ledger.ts';
import { Waiters } from '../ipam/waiters.ts';
import type { Labels } from '../objects/selector.ts';
import { type Service, type ServiceKey, splitServiceKey } from '../objects/service.ts';
import { adoptExisting, compareAdoptionOrder, keepUntilDeleted, recordForeignStatus } from './adoption.ts';
import { type AssignedReason, isLayer2OnlyCondition } from './condition-reasons.ts';
import type { AllocationContext, AllocationOptions, ReconcileContext } from './context.ts';
import { decideAssignment } from './decide.ts';
import type { AllocationDecision } from './decision.ts';
import { type ExternalClaims, externalClaimCondition } from './external-claims.ts';
import { PendingEvents } from './pending-events.ts';
import {
  completeRelease,
  holdUntilUnpublished,
  publishedAddresses,
  releaseHolderOf,
  releaseUnpublished,
} from './pending-release.ts';
import { diffPools, toLedgerPools } from './pool-diff.ts';
import { PoolGrace } from './pool-grace.ts';
import { orderPools, type PoolOrder } from './pool-selection.ts';
import type { ReconcileResult, ReconcileTime } from './reconcile-result.ts';
import { isFormerlyManaged, isManaged } from './service-filter.ts';
import {
  countServicesByPool,
  lookUpServices,
  type ServiceSource,
  selectKeys,
  sortKeysByAge,
} from './service-source.ts';
import { managedStatusOf, StatusConflicts } from './status-conflicts.ts';
import { cleanupPatch, diffStatus } from './status-patch.ts';
import { compareWaitOrder } from './wait-order.ts';

export type AllocatorOptions = AllocationOptions & {
  /** `--pool-delete-grace`. */
  readonly poolGrace: Millis;
};

const EMPTY_POOL_SET: PoolSet = { byName: new Map() };
const NO_LABELS: Labels = {};
const NO_POOLS: ReadonlySet<string> = new Set();

export class Allocator {
  readonly #options: AllocatorOptions;
  readonly #services: ServiceSource;
  #ledger = Ledger.empty();
  #waiters = new Waiters();
  #poolSet = EMPTY_POOL_SET;
  #poolOrder: PoolOrder = orderPools(EMPTY_POOL_SET);
  #namespaces: ReadonlyMap<string, Labels> = new Map();
  #layer2OnlyPools: ReadonlySet<string> | null = null;
  #externalClaims: ExternalClaims | null = null;
  #poolGrace: PoolGrace;
  readonly #statusConflicts = new StatusConflicts();
  readonly #uids = new Map<ServiceKey, string>();
  readonly #unassignedReasons = new Map<ServiceKey, AssignedReason>();
  readonly #pendingEvents = new PendingEvents();
  /** Were ours a moment ago, and still carry what we wrote. */
  readonly #formerlyManaged = new Set<ServiceKey>();

  constructor(options: AllocatorOptions, services: ServiceSource) {
    this.#options = options;
    this.#services = services;
    this.#poolGrace = new PoolGrace(options.poolGrace);
  }

  get ledger(): Ledger {
    return this.#ledger;
  }

  get poolSet(): PoolSet {
    return this.#poolSet;
  }

  /** Services that have no address of ours, with the reason. */
  get unassignedReasons(): ReadonlyMap<ServiceKey, AssignedReason> {
    return this.#unassignedReasons;
  }

  /** How many Services have addresses of each pool. */
  servicesByPool(): ReadonlyMap<string, number> {
    return countServicesByPool(this.#services);
  }

  /**
   * Starts afresh from what the cluster shows: every standing address is adopted before anybody is looked at.
   * Those who have nothing come first, in the order in which they have waited; then the rest, the older first.
   */
  initialize(now: Millis): readonly ServiceKey[] {
    this.#ledger = Ledger.empty();
    this.#ledger.setPools(toLedgerPools(this.#poolSet));
    this.#waiters = new Waiters();
    this.#uids.clear();
    this.#unassignedReasons.clear();
    this.#pendingEvents.clear();
    this.#formerlyManaged.clear();
    const services = [...this.#services.values()];
    const withIngress = services
      .filter((service) => service.ingress.length > 0)
      .sort((a, b) => compareAdoptionOrder(a, b, this.#options));
    this.#statusConflicts.reset(services, now);
    for (const { key, uid } of withIngress) this.#uids.set(key, uid);
    this.#adopt(withIngress, now);
    const withoutIngress = services.filter((service) => service.ingress.length === 0).sort(compareWaitOrder);
    return [...withoutIngress, ...withIngress].map(({ key }) => key);
  }

  // --- changes of the world

  /** `before` and `after` are what was known and what came in; not for what we wrote ourselves. */
  recordServiceChange(before: Service | undefined, after: Service): void {
    if (before !== undefined) this.#statusConflicts.recordChange(before, after);
  }

  /** Namespaces and their labels. */
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

  /** Those who hold what may have been taken away come before those who wait for what may have been added. */
  updatePools(poolSet: PoolSet, now: Millis): readonly ServiceKey[] {
    const changes = diffPools(this.#poolSet, poolSet);
    if (changes.length === 0) {
      this.#poolSet = poolSet;
      return [];
    }
    this.#poolSet = poolSet;
    this.#poolOrder = orderPools(poolSet);
    for (const { pool, kind } of changes) {
      if (kind === 'removed') this.#poolGrace.markMissing(pool, now);
      else this.#poolGrace.markPresent(pool);
    }
    const affected = new Set<ServiceKey>();
    for (const { holder } of this.#ledger.setPools(toLedgerPools(poolSet))) affected.add(holder);
    for (const { pool, kind } of changes) {
      if (kind !== 'ranges') for (const holder of this.#ledger.holdersOf(pool)) affected.add(holder);
    }
    // Somebody else's address may lie in a pool now: who gets to keep it is decided as at the beginning.
    const foreignKeys = selectKeys(
      this.#services,
      ({ key }) => this.#unassignedReasons.get(key) === 'ForeignAddress',
    );
    const freed = this.#adopt(lookUpServices(this.#services, foreignKeys), now);
    // What they hold may have moved between pools without a look at them: that is nobody's replacement.
    this.#statusConflicts.markUnconfirmed([...affected, ...foreignKeys]);
    const present = changes.filter(({ kind }) => kind !== 'removed').map(({ pool }) => pool);
    const requeue = [...this.#waiters.wake(freed), ...this.#waiters.wakePools(present)];
    return [...new Set([...this.#sortByAge([...affected, ...foreignKeys]), ...requeue])];
  }

  /** Takes over what stands on these; what they had on the books till now only mirrored that. */
  #adopt(services: readonly Service[], now: Millis): Freed {
    const tx = this.#ledger.begin();
    for (const { key } of services) tx.release(key);
    adoptExisting(services, (key) => this.#reconcileContextFor(key, now), this.#options, tx);
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
    const holders = changed.flatMap((pool) => this.#ledger.holdersOf(pool));
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

  /** To be called only while the list of pools is known to be current. */
  expireGracePeriods(now: Millis): readonly ServiceKey[] {
    const expired = this.#poolGrace.expire(now);
    return this.#sortByAge(expired.flatMap((pool) => this.#ledger.holdersOf(pool)));
  }

  /** The pools could not be seen until then: who was deleted meanwhile gets the whole grace from there. */
  postponeGracePeriods(since: Millis): void {
    this.#poolGrace.postpone(since);
  }

  nextGraceExpiry(): Millis | null {
    return this.#poolGrace.nextExpiry();
  }

  // --- one Service

  /** Decides, reserves and commits. What is returned is still to be written. */
  reconcile(key: ServiceKey, { now, wall }: ReconcileTime): ReconcileResult {
    const service = this.#services.get(key) ?? null;
    const before = this.#uids.get(key);
    if (before === undefined || before === service?.uid)
      return this.#reconcileService(key, service, { now, wall });
    const requeuedByForget = this.#forgetService(key);
    const result = this.#reconcileService(key, service, { now, wall });
    return { ...result, requeue: [...new Set([...requeuedByForget, ...result.requeue])] };
  }

  /** The patch of the last look at this Service stands there: what it tells of is told, what it took off is free. */
  confirmWrite(key: ServiceKey, now: Millis): readonly ServiceKey[] {
    this.#pendingEvents.discard(key);
    this.#statusConflicts.recordWrite(key, now);
    return this.#waiters.wake(completeRelease(this.#ledger.begin(), key));
  }

  #reconcileService(key: ServiceKey, service: Service | null, { now, wall }: ReconcileTime): ReconcileResult {
    const unchanged = {
      key,
      service,
      decision: null,
      patch: null,
      events: [],
      granted: [],
      isRewrite: false,
    } as const;
    if (service === null) return { ...unchanged, requeue: this.#forgetService(key) };
    this.#uids.set(key, service.uid);
    const previousReason = this.#unassignedReasons.get(key);
    const before = this.#hasOurStatus(key)
      ? managedStatusOf(this.#ledger, key, previousReason ?? null)
      : null;
    if (before !== null) this.#statusConflicts.observe(service, before);
    const context = this.#reconcileContextFor(key, now);
    const published = publishedAddresses(this.#ledger, service);
    const tx = this.#ledger.begin();
    releaseUnpublished(this.#ledger, tx, service);
    if (!isManaged(service, this.#options)) {
      if (this.#hasOurStatus(key)) this.#formerlyManaged.add(key);
      this.#statusConflicts.forget(key);
      recordForeignStatus(context, service, tx);
      const patch =
        isFormerlyManaged(service) || this.#formerlyManaged.has(key) ? cleanupPatch(service) : null;
      if (patch === null) this.#formerlyManaged.delete(key);
      return { ...unchanged, patch, requeue: this.#updateWaiters(key, tx.commit(), null) };
    }
    if (service.deleting) {
      keepUntilDeleted(context, service, tx);
      return { ...unchanged, requeue: this.#updateWaiters(key, tx.commit(), null) };
    }
    const decision = decideAssignment(context, service, tx);
    if (decision.owner === 'ours') holdUntilUnpublished(tx, published, decision.addresses);
    const requeue = this.#updateWaiters(key, tx.commit(), decision);
    const patch = this.#statusConflicts.isAbandoned(key) ? null : diffStatus(service, decision, wall);
    const isSameReason = previousReason === this.#unassignedReasons.get(key);
    if (patch === null && !context.hasStatusConflict) this.#statusConflicts.confirm(key);
    if (patch !== null) {
      const isRewrite =
        this.#statusConflicts.recordDecision(key, before, isSameReason || context.hasStatusConflict) &&
        !context.hasStatusConflict;
      return { key, service, decision, patch, ...this.#pendingEvents.add(key, decision), requeue, isRewrite };
    }
    // What was on its way and not known to have arrived is there.
    return { ...unchanged, decision, ...this.#pendingEvents.take(key), requeue };
  }

  /** We had given this Service an address, or an answer. */
  #hasOurStatus(key: ServiceKey): boolean {
    return this.#unassignedReasons.has(key) || this.#ledger.assignedTo(key).some(({ pool }) => pool !== null);
  }

  /** After a commit: who waits for what from now on, and whom it woke. */
  #updateWaiters(key: ServiceKey, freed: Freed, decision: AllocationDecision | null): readonly ServiceKey[] {
    if (decision === null || decision.condition.status === 'True') this.#unassignedReasons.delete(key);
    else this.#unassignedReasons.set(key, decision.condition.reason);
    if (decision === null || decision.waitTargets.length === 0) this.#waiters.clear(key);
    else this.#waiters.set(key, decision.waitTargets);
    const requeue = this.#waiters.wake(freed);
    const next = this.#waiters.passOffersOn(key, (address) => this.#ledger.isVacant(address));
    return next.length === 0 ? requeue : [...new Set([...requeue, ...next])];
  }

  /** The Service is gone, or another one has its name. */
  #forgetService(key: ServiceKey): readonly ServiceKey[] {
    const tx = this.#ledger.begin();
    tx.release(key);
    tx.release(releaseHolderOf(key));
    this.#uids.delete(key);
    this.#statusConflicts.forget(key);
    this.#pendingEvents.discard(key);
    this.#formerlyManaged.delete(key);
    return this.#updateWaiters(key, tx.commit(), null);
  }

  get context(): AllocationContext {
    return {
      options: this.#options,
      ledger: this.#ledger,
      poolSet: this.#poolSet,
      poolOrder: this.#poolOrder,
      labelsOf: (namespace) => this.#namespaces.get(namespace) ?? NO_LABELS,
      layer2OnlyPools: this.#layer2OnlyPools,
      externalClaims: this.#externalClaims,
    };
  }

  #reconcileContextFor(key: ServiceKey, now: Millis): ReconcileContext {
    const isInGrace = (pool: string): boolean => this.#poolGrace.isInGrace(pool, now);
    return { ...this.context, isInGrace, hasStatusConflict: this.#statusConflicts.isLost(key, now) };
  }

  #sortByAge(keys: Iterable<ServiceKey>): readonly ServiceKey[] {
    return sortKeysByAge(lookUpServices(this.#services, new Set(keys)));
  }
}

/**
 * The desk at which every decision is made: the one ledger, the pools, who waits for what, and a look at one
 * Service at a time. It is synchronous and touches nothing outside: time and objects come in as arguments,
 * what should be written leaves as data. The controller sits at it, and so does `berth plan`, on a copy.
 *
 * Each method answers with the keys that are worth a look after it, in the order in which to look.
 */
import type { Millis } from '../base/clock.ts';
import type { Labels } from '../cluster/selector.ts';
import { type Service, type ServiceKey, splitServiceKey } from '../cluster/service.ts';
import type { PoolBook } from '../config/pools.ts';
import { type Freed, Ledger } from '../ipam/ledger.ts';
import { Waiters } from '../ipam/waiters.ts';
import { adoptStanding, compareClaims, keepStanding, mirrorShown } from './adoption.ts';
import { bookChanges, ledgerPools } from './bookchanges.ts';
import { orderPools, type PoolOrder } from './choice.ts';
import { Contests, writtenOn } from './contests.ts';
import type { Grounds, PlanContext, PlanOptions } from './context.ts';
import { decide } from './decide.ts';
import type { Decision } from './decision.ts';
import { GonePools } from './gone.ts';
import { endLingering, endUnseen, linger, shadowOf, standingOf } from './lingering.ts';
import type { Look, Now } from './look.ts';
import { isMine, isStray } from './mine.ts';
import { difference, farewell } from './patch.ts';
import { type Reason, saysLayer2Only } from './reasons.ts';
import { keysByAge, keysWhere, type ServiceSource, servicesByPool, servicesOf } from './source.ts';
import { compareTurns } from './turns.ts';
import { Untold } from './untold.ts';

export type DeskOptions = PlanOptions & {
  /** `--pool-delete-grace`. */
  readonly poolGrace: Millis;
};

const EMPTY_BOOK: PoolBook = { byName: new Map() };
const NO_LABELS: Labels = {};
const NO_POOLS: ReadonlySet<string> = new Set();

export class Desk {
  readonly #options: DeskOptions;
  readonly #services: ServiceSource;
  #ledger = Ledger.empty();
  #waiters = new Waiters();
  #book = EMPTY_BOOK;
  #order: PoolOrder = orderPools(EMPTY_BOOK);
  #namespaces: ReadonlyMap<string, Labels> = new Map();
  #layer2Only: ReadonlySet<string> | null = null;
  #gone: GonePools;
  readonly #contests = new Contests();
  readonly #uids = new Map<ServiceKey, string>();
  readonly #unserved = new Map<ServiceKey, Reason>();
  readonly #untold = new Untold();
  /** Were ours a moment ago, and still carry what we wrote. */
  readonly #leaving = new Set<ServiceKey>();

  constructor(options: DeskOptions, services: ServiceSource) {
    this.#options = options;
    this.#services = services;
    this.#gone = new GonePools(options.poolGrace);
  }

  get ledger(): Ledger {
    return this.#ledger;
  }

  get book(): PoolBook {
    return this.#book;
  }

  /** Services that have no address of ours, with the reason. */
  get unserved(): ReadonlyMap<ServiceKey, Reason> {
    return this.#unserved;
  }

  /** How many Services have addresses of each pool. */
  servicesByPool(): ReadonlyMap<string, number> {
    return servicesByPool(this.#services);
  }

  /**
   * Starts afresh from what the cluster shows: every standing address is adopted before anybody is looked at.
   * Those who have nothing come first, in the order in which they have waited; then the rest, the older first.
   */
  begin(now: Millis): readonly ServiceKey[] {
    this.#ledger = Ledger.empty();
    this.#ledger.setPools(ledgerPools(this.#book));
    this.#waiters = new Waiters();
    this.#uids.clear();
    this.#unserved.clear();
    this.#untold.clear();
    this.#leaving.clear();
    const services = [...this.#services.values()];
    const standing = services
      .filter((service) => service.ingress.length > 0)
      .sort((a, b) => compareClaims(a, b, this.#options));
    this.#contests.begin(services, now);
    for (const { key, uid } of standing) this.#uids.set(key, uid);
    this.#adopt(standing, now);
    const empty = services.filter((service) => service.ingress.length === 0).sort(compareTurns);
    return [...empty, ...standing].map(({ key }) => key);
  }

  // --- changes of the world

  /** `before` and `after` are what was known and what came in; not for what we wrote ourselves. */
  serviceChanged(before: Service | undefined, after: Service): void {
    if (before !== undefined) this.#contests.noticed(before, after);
  }

  /** Namespaces and their labels. */
  namespacesChanged(
    namespaces: ReadonlyMap<string, Labels>,
    changed: ReadonlySet<string>,
  ): readonly ServiceKey[] {
    this.#namespaces = namespaces;
    const selected = [...this.#book.byName.values()].some(
      ({ active }) => (active?.allocation?.namespaceSelectors.length ?? 0) > 0,
    );
    if (!selected || changed.size === 0) return [];
    return keysWhere(this.#services, (service) => changed.has(splitServiceKey(service.key).namespace));
  }

  /** Those who hold what may have been taken away come before those who wait for what may have been added. */
  poolsChanged(book: PoolBook, now: Millis): readonly ServiceKey[] {
    const changes = bookChanges(this.#book, book);
    if (changes.length === 0) {
      this.#book = book;
      return [];
    }
    this.#book = book;
    this.#order = orderPools(book);
    for (const { pool, kind } of changes) {
      if (kind === 'removed') this.#gone.missing(pool, now);
      else this.#gone.present(pool);
    }
    const affected = new Set<ServiceKey>();
    for (const { holder } of this.#ledger.setPools(ledgerPools(book))) affected.add(holder);
    for (const { pool, kind } of changes) {
      if (kind !== 'ranges') for (const holder of this.#ledger.holdersOf(pool)) affected.add(holder);
    }
    // Somebody else's address may lie in a pool now: who gets to keep it is decided as at the beginning.
    const foreign = keysWhere(this.#services, ({ key }) => this.#unserved.get(key) === 'ForeignAddress');
    const freed = this.#adopt(servicesOf(this.#services, foreign), now);
    // What they hold may have moved between pools without a look at them: that is nobody's replacement.
    this.#contests.unsure([...affected, ...foreign]);
    const present = changes.filter(({ kind }) => kind !== 'removed').map(({ pool }) => pool);
    const woken = [...this.#waiters.wake(freed), ...this.#waiters.wakePools(present)];
    return [...new Set([...this.#sorted([...affected, ...foreign]), ...woken])];
  }

  /** Takes over what stands on these; what they had on the books till now only mirrored that. */
  #adopt(services: readonly Service[], now: Millis): Freed {
    const tx = this.#ledger.begin();
    for (const { key } of services) tx.release(key);
    adoptStanding(services, (key) => this.#context(key, now), this.#options, tx);
    return tx.commit();
  }

  /** Pools that only an L2Advertisement covers; null while that is not known, which changes nothing. */
  layer2OnlyChanged(pools: ReadonlySet<string> | null): readonly ServiceKey[] {
    if (pools === null) return [];
    const before = this.#layer2Only ?? NO_POOLS;
    const isFirst = this.#layer2Only === null;
    this.#layer2Only = pools;
    const changed = [...pools, ...before].filter((pool) => !pools.has(pool) || !before.has(pool));
    const said = isFirst
      ? keysWhere(this.#services, ({ conditions }) => conditions.some(saysLayer2Only))
      : [];
    const holders = changed.flatMap((pool) => this.#ledger.holdersOf(pool));
    return this.#sorted([...said, ...holders]);
  }

  /** To be called only while the list of pools is known to be current. */
  endGraces(now: Millis): readonly ServiceKey[] {
    const ended = this.#gone.end(now);
    return this.#sorted(ended.flatMap((pool) => this.#ledger.holdersOf(pool)));
  }

  /** The pools could not be seen until then: who was deleted meanwhile gets the whole grace from there. */
  postponeGraces(since: Millis): void {
    this.#gone.postpone(since);
  }

  nextGraceEnd(): Millis | null {
    return this.#gone.nextEnd();
  }

  // --- one Service

  /** Decides, reserves and commits. What is returned is still to be written. */
  look(key: ServiceKey, { now, wall }: Now): Look {
    const service = this.#services.get(key) ?? null;
    const before = this.#uids.get(key);
    if (before === undefined || before === service?.uid) return this.#lookAt(key, service, { now, wall });
    const left = this.#leave(key);
    const look = this.#lookAt(key, service, { now, wall });
    return { ...look, woken: [...new Set([...left, ...look.woken])] };
  }

  /** The patch of the last look at this Service stands there: what it tells of is told, what it took off is free. */
  written(key: ServiceKey, now: Millis): readonly ServiceKey[] {
    this.#untold.settled(key);
    this.#contests.written(key, now);
    return this.#waiters.wake(endLingering(this.#ledger.begin(), key));
  }

  #lookAt(key: ServiceKey, service: Service | null, { now, wall }: Now): Look {
    const nothing = {
      key,
      service,
      decision: null,
      patch: null,
      events: [],
      granted: [],
      again: false,
    } as const;
    if (service === null) return { ...nothing, woken: this.#leave(key) };
    this.#uids.set(key, service.uid);
    const said = this.#unserved.get(key);
    const before = this.#isServedHere(key) ? writtenOn(this.#ledger, key, said ?? null) : null;
    if (before !== null) this.#contests.seen(service, before);
    const context = this.#context(key, now);
    const standing = standingOf(this.#ledger, service);
    const tx = this.#ledger.begin();
    endUnseen(this.#ledger, tx, service);
    if (!isMine(service, this.#options)) {
      if (this.#isServedHere(key)) this.#leaving.add(key);
      this.#contests.forget(key);
      mirrorShown(context, service, tx);
      const patch = isStray(service) || this.#leaving.has(key) ? farewell(service) : null;
      if (patch === null) this.#leaving.delete(key);
      return { ...nothing, patch, woken: this.#settled(key, tx.commit(), null) };
    }
    if (service.deleting) {
      keepStanding(context, service, tx);
      return { ...nothing, woken: this.#settled(key, tx.commit(), null) };
    }
    const decision = decide(context, service, tx);
    if (decision.hands === 'ours') linger(tx, standing, decision.addresses);
    const woken = this.#settled(key, tx.commit(), decision);
    const patch = this.#contests.isSilent(key) ? null : difference(service, decision, wall);
    const isSame = said === this.#unserved.get(key);
    if (patch === null && !context.contested) this.#contests.agreed(key);
    if (patch !== null) {
      const again = this.#contests.decided(key, before, isSame || context.contested) && !context.contested;
      return { key, service, decision, patch, ...this.#untold.add(key, decision), woken, again };
    }
    // What was on its way and not known to have arrived is there.
    return { ...nothing, decision, ...this.#untold.arrived(key), woken };
  }

  /** We had given this Service an address, or an answer. */
  #isServedHere(key: ServiceKey): boolean {
    return this.#unserved.has(key) || this.#ledger.holdings(key).some(({ pool }) => pool !== null);
  }

  /** After a commit: who waits for what from now on, and whom it woke. */
  #settled(key: ServiceKey, freed: Freed, decision: Decision | null): readonly ServiceKey[] {
    if (decision === null || decision.verdict.status === 'True') this.#unserved.delete(key);
    else this.#unserved.set(key, decision.verdict.reason);
    if (decision === null || decision.wants.length === 0) this.#waiters.clear(key);
    else this.#waiters.set(key, decision.wants);
    const woken = this.#waiters.wake(freed);
    const next = this.#waiters.passOn(key, (address) => this.#ledger.isVacant(address));
    return next.length === 0 ? woken : [...new Set([...woken, ...next])];
  }

  /** The Service is gone, or another one has its name. */
  #leave(key: ServiceKey): readonly ServiceKey[] {
    const tx = this.#ledger.begin();
    tx.release(key);
    tx.release(shadowOf(key));
    this.#uids.delete(key);
    this.#contests.forget(key);
    this.#untold.settled(key);
    this.#leaving.delete(key);
    return this.#settled(key, tx.commit(), null);
  }

  get grounds(): Grounds {
    return {
      options: this.#options,
      ledger: this.#ledger,
      book: this.#book,
      order: this.#order,
      labelsOf: (namespace) => this.#namespaces.get(namespace) ?? NO_LABELS,
      layer2Only: this.#layer2Only,
    };
  }

  #context(key: ServiceKey, now: Millis): PlanContext {
    const inGrace = (pool: string): boolean => this.#gone.inGrace(pool, now);
    return { ...this.grounds, inGrace, contested: this.#contests.lost(key, now) };
  }

  #sorted(keys: Iterable<ServiceKey>): readonly ServiceKey[] {
    return keysByAge(servicesOf(this.#services, new Set(keys)));
  }
}

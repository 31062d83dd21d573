/**
 * Late inputs: pools and Namespaces that were changed before a Service was, and that their watch brought after addresses
 * were assigned to it. Two watches have no common order, so such an assignment was made in ignorance of them. It is
 * reconsidered, once, while it is new: see `docs/decisions/late-pools.md`.
 *
 * Versions of different resources are compared here. They are comparable where one etcd stores both, which is the rule;
 * elsewhere a wrong comparison reconsiders an assignment too many, or none.
 */
import { isDeepStrictEqual } from 'node:util';
import type { OverlookedInputs } from '../../allocation/context.ts';
import type { Clock, Millis } from '../../base/clock.ts';
import { compareResourceVersions } from '../../kube/resource-version.ts';
import type { Service, ServiceKey } from '../../objects/service.ts';
import type { ControllerInformers } from './api/informers.ts';
import type { WatchedPool } from './api/watched-objects.ts';

/** An assignment that is older than this stays, whatever a late watch brings. */
export const LATE_INPUT_WINDOW: Millis = 5_000;

type RecentAssignment = {
  /** The version of the Service that was decided about. */
  readonly resourceVersion: string;
  readonly at: Millis;
};

/** What of a pool decides whether it is another one now. */
type KnownPool = Pick<WatchedPool, 'name' | 'uid' | 'generation' | 'labels'>;

const isSamePool = (before: KnownPool, after: KnownPool): boolean =>
  before.uid === after.uid &&
  before.generation === after.generation &&
  isDeepStrictEqual(before.labels, after.labels);

/** Of pools that are gone, so many are remembered; one that is forgotten may count as late when it comes back. */
const LOST_POOLS_MAX = 1_000;

/** Every change of a pool or of the labels of a Namespace is told to `late`; a status of a pool is none. */
export function subscribeToLateInputs(
  { pools, namespaces }: Pick<ControllerInformers, 'pools' | 'namespaces'>,
  late: LateInputs,
): void {
  pools.subscribe({
    isSame: isSamePool,
    changed: (before, after) => {
      if (before === undefined && late.returned(after)) return;
      late.changed({ pool: after.name }, after.resourceVersion);
    },
    deleted: (_, last) => late.lost(last),
  });
  namespaces.subscribe({
    isSame: (before, after) => isDeepStrictEqual(before.labels, after.labels),
    changed: (_, { resourceVersion }) => late.changed('namespace', resourceVersion),
  });
}

export class LateInputs {
  readonly #clock: Pick<Clock, 'now'>;
  /** First assignments, the oldest first. */
  readonly #recent = new Map<ServiceKey, RecentAssignment>();
  /** The pools that changed since the last `take`, with the version of their first change. */
  readonly #changedPools = new Map<string, string>();
  /** The first version of a Namespace that changed since; null where none did. */
  #changedNamespace: string | null = null;

  /** Pools that are gone, as they were, by name; the oldest first. */
  readonly #lost = new Map<string, KnownPool>();

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  /** The Service, in this version, got its first addresses. */
  assigned({ key, resourceVersion }: Pick<Service, 'key' | 'resourceVersion'>): void {
    this.#dropOld();
    this.#recent.delete(key);
    this.#recent.set(key, { resourceVersion, at: this.#clock.now() });
  }

  /** A watch brought this version of a pool or a Namespace. */
  changed(what: { readonly pool: string } | 'namespace', version: string): void {
    if (what === 'namespace') this.#changedNamespace ??= version;
    else if (!this.#changedPools.has(what.pool)) this.#changedPools.set(what.pool, version);
  }

  /** The pool is gone, as far as a list or the watch shows. */
  lost({ name, uid, generation, labels }: KnownPool): void {
    this.#lost.delete(name);
    this.#lost.set(name, { name, uid, generation, labels });
    const [oldest] = this.#lost.keys();
    if (this.#lost.size > LOST_POOLS_MAX && oldest !== undefined) this.#lost.delete(oldest);
  }

  /** Whether a pool that is new had only been left out, and is as it was. It was known: nothing was decided in ignorance of it. */
  returned(pool: KnownPool): boolean {
    const before = this.#lost.get(pool.name);
    this.#lost.delete(pool.name);
    return before !== undefined && isSamePool(before, pool);
  }

  /** To be called when the changes are known to the allocator. Returns the Services to reconsider. */
  take(): ReadonlyMap<ServiceKey, OverlookedInputs> {
    this.#dropOld();
    const found = new Map<ServiceKey, OverlookedInputs>();
    for (const [key, { resourceVersion }] of this.#recent) {
      const isOlder = (version: string): boolean => compareResourceVersions(version, resourceVersion) < 0;
      const pools = [...this.#changedPools].filter(([, version]) => isOlder(version)).map(([name]) => name);
      const namespaces = this.#changedNamespace !== null && isOlder(this.#changedNamespace);
      if (pools.length > 0 || namespaces) found.set(key, { pools: new Set(pools), namespaces });
    }
    this.#changedPools.clear();
    this.#changedNamespace = null;
    return found;
  }

  #dropOld(): void {
    const end = this.#clock.now() - LATE_INPUT_WINDOW;
    for (const [key, { at }] of this.#recent) {
      if (at > end) return;
      this.#recent.delete(key);
    }
  }
}

/**
 * The pools of announcing, resolved as the speakers resolve them, once for all sources of the condition. Pools of many ranges are
 * resolved in slices. Only an edit has them resolved again: the counters in their status change with each assignment.
 */
import type { ResolvedPools } from '../../../announce/config/pools.ts';
import type { Clock } from '../../../base/clock.ts';
import type { ObjectSource } from '../../../runtime/main/object-source.ts';
import { PoolResolution } from '../../../runtime/pool-resolution.ts';
import { sameWatchedPool, type WatchedPool } from '../api/watched-objects.ts';

export class AnnouncedPools {
  readonly #source: Pick<ObjectSource<WatchedPool>, 'store' | 'subscribe'>;
  readonly #resolution: PoolResolution;
  #isEdited = true;

  /** `changed` is called when other pools are in force, or will be. */
  constructor(
    clock: Pick<Clock, 'now' | 'after'>,
    source: Pick<ObjectSource<WatchedPool>, 'store' | 'subscribe'>,
    changed: () => void,
  ) {
    this.#source = source;
    this.#resolution = new PoolResolution(clock, changed);
    const edited = (): void => {
      this.#isEdited = true;
      changed();
    };
    source.subscribe({ isSame: sameWatchedPool, ...{ changed: edited, deleted: edited, listed: edited } });
  }

  /** Begins to resolve what was edited. Null until the first pools are resolved. */
  inForce(): ResolvedPools | null {
    if (!this.#isEdited) return this.#resolution.inForce;
    this.#isEdited = false;
    return this.#resolution.update([...this.#source.store.values()].map(({ raw }) => raw));
  }

  stop(): void {
    this.#resolution.stop();
    this.#isEdited = true;
  }
}

/**
 * Resolves the pools of announcing whenever they change: few ranges at once, many in slices, so that timers and sockets are
 * served meanwhile. While that lasts, the pools before it are in force.
 */
import { type ResolvedPools, resolvePools, resolvePoolsInSteps } from '../announce/config/pools.ts';
import type { Clock } from '../base/clock.ts';
import { sameItems } from '../base/list.ts';
import { areReadAtOnce } from '../config/pool/pool-set.ts';
import { runInSlices } from '../workqueue/slices.ts';

type Run = { readonly raws: readonly unknown[]; readonly cancel: () => void };

export class PoolResolution {
  readonly #clock: Pick<Clock, 'now' | 'after'>;
  /** A run in slices has ended, and its pools are in force. */
  readonly #resolved: () => void;
  #inForce: ResolvedPools | null = null;
  #run: Run | null = null;
  /** What follows the run: the last objects that were passed. */
  #next: readonly unknown[] | null = null;

  constructor(clock: Pick<Clock, 'now' | 'after'>, resolved: () => void) {
    this.#clock = clock;
    this.#resolved = resolved;
  }

  /** Null until the first pools are resolved. */
  get inForce(): ResolvedPools | null {
    return this.#inForce;
  }

  /**
   * Whole objects. Returns the pools in force: where these need slices, the ones before. A run is never given up for newer
   * objects: somebody who edits pools all the time would keep every edit from getting in force.
   */
  update(raws: readonly unknown[]): ResolvedPools | null {
    if (this.#run !== null) this.#next = sameItems(this.#run.raws, raws) ? null : raws;
    else this.#start(raws);
    return this.#inForce;
  }

  stop(): void {
    this.#run?.cancel();
    this.#run = null;
    this.#next = null;
  }

  #start(raws: readonly unknown[]): void {
    if (areReadAtOnce(raws.map((raw) => ({ raw })))) {
      this.#inForce = resolvePools(raws, this.#inForce);
      return;
    }
    const steps = resolvePoolsInSteps(raws, this.#inForce);
    const first = steps.next();
    if (first.done) {
      this.#inForce = first.value;
      return;
    }
    const cancel = runInSlices(this.#clock, steps, (pools) => this.#ended(pools));
    this.#run = { raws, cancel };
  }

  #ended(pools: ResolvedPools): void {
    this.#inForce = pools;
    this.#run = null;
    const next = this.#next;
    this.#next = null;
    if (next !== null) this.#start(next);
    this.#resolved();
  }
}

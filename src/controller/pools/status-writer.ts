/**
 * Writes the numbers of assigned and available addresses into the status of pools: on change only, and each pool at most
 * once a second, so that a burst of Services costs a handful of writes.
 */
import type { Clock, Millis } from '../../base/clock.ts';
import type { Log } from '../../observe/log.ts';
import type { PoolCounts } from '../../observe/pool-gauges.ts';
import type { RequestOutcome } from '../../runtime/ports.ts';

export const WRITE_INTERVAL: Millis = 1000;

/** Time until a failed write is tried again: no other write is less urgent. */
const RETRY_DELAY: Millis = 5000;

export interface PoolStatusApi {
  write(pool: string, counts: PoolCounts): Promise<RequestOutcome<void>>;
}

export type PoolStatusWriterOptions = {
  readonly clock: Clock;
  readonly log: Log;
  readonly api: PoolStatusApi;
  /** The pools as they are now. */
  readonly pools: () => Iterable<string>;
  readonly counts: (pool: string) => PoolCounts;
  /** The newest known status of the pool, responses to our own writes included; null where it has none. */
  readonly publishedCounts: (pool: string) => PoolCounts | null;
};

export class PoolStatusWriter {
  readonly #options: PoolStatusWriterOptions;
  readonly #notBefore = new Map<string, Millis>();
  readonly #writing = new Set<string>();
  #cancel: (() => void) | null = null;
  #running = false;

  constructor(options: PoolStatusWriterOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = true;
    this.changed();
  }

  stop(): void {
    this.#running = false;
    this.#cancel?.();
    this.#cancel = null;
    this.#notBefore.clear();
  }

  /** An address was assigned or released, or a pool or its status was edited. */
  changed(): void {
    if (!this.#running) return;
    this.#cancel ??= this.#options.clock.after(WRITE_INTERVAL, () => {
      this.#cancel = null;
      this.#writeDue();
    });
  }

  #writeDue(): void {
    const now = this.#options.clock.now();
    let isComplete = true;
    for (const pool of this.#options.pools()) {
      const counts = this.#options.counts(pool);
      if (sameCounts(counts, this.#options.publishedCounts(pool))) continue;
      if (this.#writing.has(pool) || now < (this.#notBefore.get(pool) ?? 0)) isComplete = false;
      else void this.#write(pool, counts);
    }
    if (!isComplete) this.changed();
  }

  async #write(pool: string, counts: PoolCounts): Promise<void> {
    this.#writing.add(pool);
    const { clock, api, log } = this.#options;
    const outcome = await api.write(pool, counts);
    this.#writing.delete(pool);
    if (outcome.kind === 'done') {
      this.#notBefore.set(pool, clock.now() + WRITE_INTERVAL);
      return;
    }
    const delay = outcome.kind === 'busy' ? (outcome.retryAfter ?? RETRY_DELAY) : RETRY_DELAY;
    this.#notBefore.set(pool, clock.now() + delay);
    if (outcome.kind === 'gone') return;
    log.debug('status of a pool not written', { pool, outcome: outcome.kind });
    this.changed();
  }
}

const sameCounts = (a: PoolCounts, b: PoolCounts | null): boolean =>
  b !== null &&
  a.assigned4 === b.assigned4 &&
  a.assigned6 === b.assigned6 &&
  a.available4 === b.available4 &&
  a.available6 === b.available6;

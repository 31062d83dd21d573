/**
 * Writes the status of pools, the numbers of assigned and available addresses and whether the pool is valid: on change only, and each pool at most
 * once a second, so that a burst of Services costs a handful of writes.
 */

import { isDeepStrictEqual } from 'node:util';
import type { Clock, Millis } from '../../base/clock.ts';
import type { PoolValidity } from '../../config/pool/validity.ts';
import type { Log } from '../../observe/log.ts';
import type { PoolCounts } from '../../observe/pool-gauges.ts';
import type { RequestOutcome } from '../../runtime/ports.ts';

export const WRITE_INTERVAL: Millis = 1000;

/** Time until a failed write is tried again: no other write is less urgent. */
const RETRY_DELAY: Millis = 5000;

/** `validity` is null where it is not known. */
export type PoolStatus = { readonly counts: PoolCounts; readonly validity: PoolValidity | null };

export interface PoolStatusApi {
  write(pool: string, status: PoolStatus): Promise<RequestOutcome<void>>;
}

export type PoolStatusWriterOptions = {
  readonly clock: Clock;
  readonly log: Log;
  readonly api: PoolStatusApi;
  /** The pools as they are now. */
  readonly pools: () => Iterable<string>;
  readonly status: (pool: string) => PoolStatus;
  /** The newest known status of the pool, responses to our own writes included; null where it has none. */
  readonly published: (pool: string) => PoolStatus | null;
};

export class PoolStatusWriter {
  readonly #options: PoolStatusWriterOptions;
  readonly #notBefore = new Map<string, Millis>();
  readonly #writing = new Set<string>();
  #cancel: (() => void) | null = null;
  #running = false;
  /** MetalLB's CRDs have no conditions: the server takes them off, and only the counts tell whether a write is due. */
  #keepsConditions = true;

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
      const status = this.#options.status(pool);
      if (this.#isPublished(status, this.#options.published(pool))) continue;
      if (this.#writing.has(pool) || now < (this.#notBefore.get(pool) ?? 0)) isComplete = false;
      else void this.#write(pool, status);
    }
    if (!isComplete) this.changed();
  }

  #isPublished(status: PoolStatus, published: PoolStatus | null): boolean {
    const [one, other] = this.#keepsConditions ? [status, published] : [status.counts, published?.counts];
    return isDeepStrictEqual(one, other);
  }

  async #write(pool: string, status: PoolStatus): Promise<void> {
    this.#writing.add(pool);
    const { clock, api, log, published } = this.#options;
    const outcome = await api.write(pool, status);
    this.#writing.delete(pool);
    if (outcome.kind === 'done') {
      if (status.validity !== null) this.#keepsConditions = published(pool)?.validity !== null;
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

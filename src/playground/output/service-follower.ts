/** This file watches Services and updates the board, and detects when all of them are reconciled. */
import { type Clock, type Millis, sleep } from '../../base/clock.ts';
import type { ApiSender } from '../../kube/http/api-request.ts';
import type { ApiStreamer } from '../../kube/http/stream.ts';
import { Reflector } from '../../kube/informer/reflector.ts';
import { Store } from '../../kube/informer/store.ts';
import { SERVICES } from '../../kube/resource.ts';
import { readServiceRow, type ServiceRow } from '../cluster/service-row.ts';
import { ServiceBoard } from './service-board.ts';

/**
 * The board is settled after this time without a change; the effects of one change follow within a few milliseconds.
 */
const QUIET_PERIOD: Millis = 150;
/**
 * The same while a Service has no address that should have one: on a busy machine a Service may be reconciled well before the
 * pool that serves it, and is reconciled again afterwards.
 */
const QUIET_PERIOD_UNASSIGNED: Millis = 1500;
/** The table is printed after this time, settled or not. */
export const SETTLE_TIMEOUT: Millis = 10_000;
const POLL_INTERVAL: Millis = 20;

export type ServiceFollowerOptions = {
  readonly client: ApiSender & ApiStreamer;
  readonly clock: Clock;
  readonly random: () => number;
  /** Called with the line for each change. */
  readonly print: (line: string) => void;
};

export class ServiceFollower {
  readonly board = new ServiceBoard();
  readonly #options: ServiceFollowerOptions;
  readonly #reflector: Reflector<ServiceRow>;
  readonly #store = new Store<ServiceRow>(({ key }) => key);
  #changedAt: Millis;

  constructor(options: ServiceFollowerOptions) {
    this.#options = options;
    this.#changedAt = options.clock.now();
    this.#reflector = new Reflector<ServiceRow>({
      ...options,
      resource: SERVICES,
      fieldSelector: 'spec.type=LoadBalancer',
      decode: readServiceRow,
      keyOf: ({ key }) => key,
      handler: {
        replaced: (rows, version) => {
          for (const key of this.#store.replace(rows, version)) this.#update(key);
        },
        changed: (row) => {
          if (this.#store.applyWatchEvent(row)) this.#update(row.key);
        },
        deleted: (key, last) => {
          if (this.#store.applyWatchDeletion(last)) this.#update(key);
        },
        stateChanged: () => {},
      },
    });
  }

  /** Resolves after `signal` was aborted and the watch is closed. */
  run(signal: AbortSignal): Promise<void> {
    return this.#reflector.run(signal);
  }

  /**
   * Resolves when all present Services are reconciled and no change follows. False after SETTLE_TIMEOUT, or where
   * `signal` is aborted.
   */
  async waitUntilSettled(signal: AbortSignal): Promise<boolean> {
    const { clock } = this.#options;
    const deadline = clock.now() + SETTLE_TIMEOUT;
    if (!(await this.#reflector.relist())) return false;
    this.#changedAt = Math.max(this.#changedAt, clock.now());
    while (!signal.aborted && clock.now() < deadline) {
      const isAssigned = this.board.unassigned().length === 0;
      const quiet = isAssigned ? QUIET_PERIOD : QUIET_PERIOD_UNASSIGNED;
      if (this.board.isReconciled && clock.now() - this.#changedAt >= quiet) return true;
      await sleep(clock, POLL_INTERVAL);
    }
    return false;
  }

  #update(key: string): void {
    this.#changedAt = this.#options.clock.now();
    const row = this.#store.get(key);
    const line = row === undefined ? this.board.remove(key) : this.board.put(row);
    if (line !== null) this.#options.print(line);
  }
}

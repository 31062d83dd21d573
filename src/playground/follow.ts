/** Keeps the board up to date by a watch, as `kubectl get services -A --watch` would, and tells when it has calmed down. */
import type { Clock, Millis } from '../base/clock.ts';
import type { ApiSender } from '../kube/outcome.ts';
import { Reflector } from '../kube/reflector.ts';
import { SERVICES } from '../kube/resource.ts';
import { Store } from '../kube/store.ts';
import type { ApiStreamer } from '../kube/stream.ts';
import { Board } from './board.ts';
import { type Row, readRow } from './row.ts';

/** Nothing has changed for so long: what one change brings about comes within a few milliseconds. */
const CALM_FOR: Millis = 150;
/** Longer than this nobody is kept waiting for the table. */
export const SETTLE_WITHIN: Millis = 10_000;
const LOOK_EVERY: Millis = 20;

export type FollowOptions = {
  readonly client: ApiSender & ApiStreamer;
  readonly clock: Clock;
  readonly random: () => number;
  /** Called with each line worth saying. */
  readonly say: (line: string) => void;
};

export class Follower {
  readonly board = new Board();
  readonly #options: FollowOptions;
  readonly #reflector: Reflector<Row>;
  readonly #store = new Store<Row>(({ key }) => key);
  #changedAt: Millis;

  constructor(options: FollowOptions) {
    this.#options = options;
    this.#changedAt = options.clock.now();
    this.#reflector = new Reflector<Row>({
      ...options,
      resource: SERVICES,
      fieldSelector: 'spec.type=LoadBalancer',
      translate: readRow,
      keyOf: ({ key }) => key,
      handler: {
        replaced: (rows, version) => {
          for (const key of this.#store.replace(rows, version)) this.#look(key);
        },
        changed: (row) => {
          if (this.#store.watched(row)) this.#look(row.key);
        },
        deleted: (key, last) => {
          if (this.#store.removed(last)) this.#look(key);
        },
        state: () => {},
      },
    });
  }

  /** Settles after `signal` was aborted and the watch is hung up. */
  run(signal: AbortSignal): Promise<void> {
    return this.#reflector.run(signal);
  }

  /** Everything there is now is in the picture, has been looked at, and nothing moves any more. False where it took too long. */
  async settle(signal: AbortSignal): Promise<boolean> {
    const { clock } = this.#options;
    const deadline = clock.now() + SETTLE_WITHIN;
    if (!(await this.#reflector.refresh())) return false;
    this.#changedAt = Math.max(this.#changedAt, clock.now());
    while (!signal.aborted && clock.now() < deadline) {
      if (this.board.judged && clock.now() - this.#changedAt >= CALM_FOR) return true;
      await new Promise<void>((resolve) => clock.after(LOOK_EVERY, resolve));
    }
    return false;
  }

  #look(key: string): void {
    this.#changedAt = this.#options.clock.now();
    const row = this.#store.get(key);
    const line = row === undefined ? this.board.remove(key) : this.board.put(row);
    if (line !== null) this.#options.say(line);
  }
}

/** When Services were last written to; Events wait until it is quiet. */
import type { Clock, Millis } from '../../base/clock.ts';
import type { ServiceApi } from '../ports.ts';

export class WriteActivity {
  readonly #clock: Clock;
  #lastWriteAt: Millis | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** When a write was last under way, by the monotonic clock; null before the first. */
  get lastWriteAt(): Millis | null {
    return this.#lastWriteAt;
  }

  /** The same API, whose writes are noticed. */
  observe(api: ServiceApi): ServiceApi {
    return {
      read: (key) => api.read(key),
      patch: async (key, body) => {
        this.#lastWriteAt = this.#clock.now();
        const outcome = await api.patch(key, body);
        this.#lastWriteAt = this.#clock.now();
        return outcome;
      },
    };
  }
}

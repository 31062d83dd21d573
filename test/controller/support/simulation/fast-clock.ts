/**
 * Time that runs faster than the machine's, so that leases, back-offs and graces of many seconds fit into a
 * test. All parts of a simulation share one; each controller has its own `ProcessClock` on it, which can be stopped
 * as the kernel stops a process.
 */
import type { Clock, Millis } from '../../../../src/base/clock.ts';

export class FastClock implements Clock {
  readonly #speed: number;
  readonly #start = performance.now();
  readonly #wallStart = Date.now();

  constructor(speed: number) {
    this.#speed = speed;
  }

  now(): Millis {
    return (performance.now() - this.#start) * this.#speed;
  }

  wall(): Millis {
    return Math.floor(this.#wallStart + this.now());
  }

  after(delay: Millis, run: () => void): () => void {
    const timer = setTimeout(run, Math.max(0, delay) / this.#speed);
    return () => clearTimeout(timer);
  }
}

export class ProcessClock implements Clock {
  readonly #clock: Clock;
  #state: 'running' | 'frozen' | 'dead' = 'running';
  #deferred: (() => void)[] = [];
  #wallOffset: Millis = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isDead(): boolean {
    return this.#state === 'dead';
  }

  now(): Millis {
    return this.#clock.now();
  }

  wall(): Millis {
    return this.#clock.wall() + this.#wallOffset;
  }

  /** The calendar jumps, monotonic time does not. */
  jumpWall(by: Millis): void {
    this.#wallOffset += by;
  }

  after(delay: Millis, run: () => void): () => void {
    return this.#clock.after(delay, () => this.deliver(run));
  }

  /** Runs what comes from outside: now, when it is thawed, or never. */
  deliver(run: () => void): void {
    if (this.#state === 'running') run();
    else if (this.#state === 'frozen') this.#deferred.push(run);
  }

  suspend(): void {
    if (this.#state === 'running') this.#state = 'frozen';
  }

  resume(): void {
    if (this.#state !== 'frozen') return;
    this.#state = 'running';
    for (const run of this.#deferred.splice(0)) this.deliver(run);
  }

  die(): void {
    this.#state = 'dead';
    this.#deferred = [];
  }
}

/** One controller in this process, with all that a process has: it can be stopped, killed and put to sleep. */

import type { Clock, Millis } from '../../../src/base/clock.ts';
import { Controller } from '../../../src/controller/main/controller.ts';
import { KubeClient } from '../../../src/kube/client.ts';
import { EventPoster } from '../../../src/kube/events.ts';
import type { LeaseTiming } from '../../../src/kube/leasetiming.ts';
import type { ApiOutcome, ApiRequest, ApiSender } from '../../../src/kube/outcome.ts';
import type { ApiStreamer, StreamRequest, StreamSink } from '../../../src/kube/stream.ts';
import { openTarget } from '../../../src/kube/target.ts';
import { createLog } from '../../../src/observe/log.ts';
import { Metrics } from '../../../src/observe/metrics.ts';
import type { Random } from '../../support/random.ts';
import { MortalClock } from './fastclock.ts';

export const NAMESPACE = 'metallb-system';

export type ActorOptions = {
  readonly clock: Clock;
  readonly url: string;
  readonly random: Random;
  readonly identity: string;
  readonly election: LeaseTiming | null;
  readonly poolGrace: Millis;
};

/** To the world a dead client is silent, and a frozen one late. */
class MortalClient implements ApiSender, ApiStreamer {
  readonly #client: KubeClient;
  readonly #life: MortalClock;

  constructor(client: KubeClient, life: MortalClock) {
    this.#client = client;
    this.#life = life;
  }

  /** Of writes under way, but for the lease's. */
  writing = 0;

  async send(request: ApiRequest): Promise<ApiOutcome> {
    if (this.#life.dead) return new Promise(() => {});
    const counts = request.method !== 'GET' && request.lane !== 'lease' ? 1 : 0;
    this.writing += counts;
    const outcome = await this.#client.send(request);
    this.writing -= counts;
    return new Promise((resolve) => this.#life.deliver(() => resolve(outcome)));
  }

  stream(request: StreamRequest, sink: StreamSink): () => void {
    const life = this.#life;
    let over = false;
    const tell = (run: () => void): void => life.deliver(() => over || run());
    const hangUp = this.#client.stream(request, {
      opened: () => tell(() => sink.opened()),
      bytes: (chunk) => tell(() => sink.bytes(chunk)),
      ended: (end) => tell(() => sink.ended(end)),
    });
    return () => {
      over = true;
      hangUp();
    };
  }
}

const fraction = (random: Random): number => random.below(1_000_000) / 1_000_000;

export class Actor {
  readonly identity: string;
  readonly #life: MortalClock;
  readonly #client: KubeClient;
  readonly #wire: MortalClient;
  readonly #metrics = new Metrics('test');
  readonly #controller: Controller;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  #log = '';
  #failure: unknown = null;

  constructor(options: ActorOptions) {
    const { url, random, identity } = options;
    this.identity = identity;
    const clock = new MortalClock(options.clock);
    this.#life = clock;
    this.#client = new KubeClient({
      target: openTarget(url),
      clock,
      userAgent: `berth/test (${identity})`,
    });
    const client = new MortalClient(this.#client, clock);
    this.#wire = client;
    const log = createLog({
      level: 'debug',
      clock,
      format: 'json',
      sink: (line) => {
        this.#log += line;
      },
    });
    const chance = (): number => fraction(random);
    const poster = new EventPoster({
      client,
      clock,
      random: chance,
      component: 'metallb-controller',
      instance: identity,
      timeout: 5000,
    });
    this.#controller = new Controller(
      { client, clock, random: chance, log, metrics: this.#metrics, poster },
      {
        namespace: NAMESPACE,
        identity,
        election: options.election,
        calico: 'off',
        native: 'off',
        legacyConfig: null,
        desk: { lbClass: null, foreignAddresses: 'keep', ipMode: null, poolGrace: options.poolGrace },
      },
    );
    this.#running = this.#controller.run(this.#stop.signal).catch((error) => {
      this.#failure = error;
    });
  }

  get leading(): boolean {
    return !this.#life.dead && this.#controller.leading;
  }

  /** What broke in it; null where nothing did, as it must be. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Nothing is under way, nor put off till later: what it has not written by now it does not mean to write. */
  async isIdle(): Promise<boolean> {
    if (!this.leading) return true;
    const queued = /^berth_queue_depth\{queue="services"\} (\d+)/m.exec(await this.#metrics.text());
    return this.#wire.writing === 0 && queued?.[1] === '0';
  }

  get log(): string {
    return this.#log;
  }

  /** SIGTERM. */
  async stop(): Promise<void> {
    this.#life.thaw();
    this.#stop.abort();
    await this.#running;
    this.#client.close();
  }

  /** kill -9: what it sent may still arrive, and it learns of nothing any more. */
  kill(): void {
    this.#life.die();
    this.#client.close();
  }

  freeze(): void {
    this.#life.freeze();
  }

  thaw(): void {
    this.#life.thaw();
  }
}

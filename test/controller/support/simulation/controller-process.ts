/** A controller that behaves like a process of its own: it can be stopped, killed and suspended. */

import type { Clock, Millis } from '../../../../src/base/clock.ts';
import { Controller } from '../../../../src/controller/main/controller.ts';
import { anonymousConfig } from '../../../../src/kube/auth/rest-config.ts';
import type { LeaseTiming } from '../../../../src/kube/election/lease-timing.ts';
import { EventRecorder } from '../../../../src/kube/event-recorder.ts';
import type { ApiOutcome, ApiRequest, ApiSender } from '../../../../src/kube/http/api-request.ts';
import { KubeClient } from '../../../../src/kube/http/client.ts';
import type { ApiStreamer, StreamRequest, StreamSink } from '../../../../src/kube/http/stream.ts';
import { createLog } from '../../../../src/observe/log.ts';
import { Metrics } from '../../../../src/observe/metrics.ts';
import type { Random } from '../../../support/random.ts';
import { ProcessClock } from './fast-clock.ts';

export const NAMESPACE = 'metallb-system';

export type ControllerProcessOptions = {
  readonly clock: Clock;
  readonly url: string;
  readonly random: Random;
  readonly identity: string;
  readonly election: LeaseTiming | null;
  readonly poolGrace: Millis;
};

const DECISIVE: readonly string[] = [
  '/api/v1/services',
  '/api/v1/namespaces',
  `/apis/metallb.io/v1beta1/namespaces/${NAMESPACE}/ipaddresspools`,
];

/** The client of a killed controller sends and receives nothing; that of a suspended one does so later. */
class InterruptibleClient implements ApiSender, ApiStreamer {
  readonly #client: KubeClient;
  readonly #clock: ProcessClock;
  /** Watches that the server has answered, by what they watch. */
  readonly #open = new Map<StreamSink, string>();

  constructor(client: KubeClient, clock: ProcessClock) {
    this.#client = client;
    this.#clock = clock;
  }

  /** Writes in flight, without those of the Lease. */
  inFlightWrites = 0;

  /** What addresses are decided by, and what is not watched at the moment. */
  get unwatched(): readonly string[] {
    const watched = new Set(this.#open.values());
    return DECISIVE.filter((path) => !watched.has(path));
  }

  async send(request: ApiRequest): Promise<ApiOutcome> {
    if (this.#clock.isDead) return new Promise(() => {});
    const weight = request.method !== 'GET' && request.connectionPool !== 'lease' ? 1 : 0;
    this.inFlightWrites += weight;
    const outcome = await this.#client.send(request);
    this.inFlightWrites -= weight;
    return new Promise((resolve) => this.#clock.deliver(() => resolve(outcome)));
  }

  stream(request: StreamRequest, sink: StreamSink): () => void {
    const clock = this.#clock;
    let isClosed = false;
    const deliver = (run: () => void): void => clock.deliver(() => isClosed || run());
    const hangUp = this.#client.stream(request, {
      opened: () =>
        deliver(() => {
          this.#open.set(sink, request.path.replace(/\?.*/, ''));
          sink.opened();
        }),
      bytes: (chunk) => deliver(() => sink.bytes(chunk)),
      ended: (end) =>
        deliver(() => {
          this.#open.delete(sink);
          sink.ended(end);
        }),
    });
    return () => {
      isClosed = true;
      this.#open.delete(sink);
      hangUp();
    };
  }
}

const fraction = (random: Random): number => random.below(1_000_000) / 1_000_000;

export class ControllerProcess {
  readonly identity: string;
  readonly #clock: ProcessClock;
  readonly #client: KubeClient;
  readonly #interruptible: InterruptibleClient;
  readonly #metrics = new Metrics('test');
  readonly #controller: Controller;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  #log = '';
  #failure: unknown = null;

  constructor(options: ControllerProcessOptions) {
    const { url, random, identity } = options;
    this.identity = identity;
    const clock = new ProcessClock(options.clock);
    this.#clock = clock;
    this.#client = new KubeClient({
      config: anonymousConfig(url),
      clock,
      userAgent: `berth/test (${identity})`,
    });
    const client = new InterruptibleClient(this.#client, clock);
    this.#interruptible = client;
    const log = createLog({
      level: 'debug',
      clock,
      format: 'json',
      sink: (line) => {
        this.#log += line;
      },
    });
    const draw = (): number => fraction(random);
    const poster = new EventRecorder({
      client,
      clock,
      random: draw,
      component: 'metallb-controller',
      instance: identity,
      timeout: 5000,
    });
    this.#controller = new Controller(
      { client, clock, random: draw, log, metrics: this.#metrics, poster },
      {
        namespace: NAMESPACE,
        identity,
        election: options.election,
        calico: 'off',
        native: 'off',
        legacyConfig: null,
        speakerSecret: '',
        allocator: {
          poolNamespace: NAMESPACE,
          lbClass: null,
          foreignAddresses: 'keep',
          unmetRequests: 'keep',
          ipMode: null,
          poolGrace: options.poolGrace,
        },
      },
    );
    this.#running = this.#controller.run(this.#stop.signal).catch((error) => {
      this.#failure = error;
    });
  }

  get isLeading(): boolean {
    return !this.#clock.isDead && this.#controller.isLeading;
  }

  /** The error that ended it; null, as it must be. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Nothing is in flight or queued: it has written all that it intends to write. */
  async isIdle(): Promise<boolean> {
    if (!this.isLeading) return true;
    const queued = /^berth_queue_depth\{queue="services"\} (\d+)/m.exec(await this.#metrics.text());
    return this.#interruptible.inFlightWrites === 0 && queued?.[1] === '0';
  }

  /** What it decides by and does not watch at the moment: it may list, or wait for a retry. A standby's lists are not needed. */
  get unwatched(): readonly string[] {
    return this.isLeading ? this.#interruptible.unwatched : [];
  }

  get log(): string {
    return this.#log;
  }

  /** SIGTERM. */
  async stop(): Promise<void> {
    this.#clock.resume();
    this.#stop.abort();
    await this.#running;
    this.#client.close();
  }

  /** kill -9: what it has sent may still arrive, and it receives nothing any more. */
  kill(): void {
    this.#clock.die();
    this.#client.close();
  }

  /** The calendar of its machine jumps. */
  jumpWall(by: Millis): void {
    this.#clock.jumpWall(by);
  }

  suspend(): void {
    this.#clock.suspend();
  }

  resume(): void {
    this.#clock.resume();
  }
}

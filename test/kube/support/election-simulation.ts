/** Simulates leader elections: one API server, machines that are suspended or stopped, and a network that loses and delays. */

import type { Clock, Millis } from '../../../src/base/clock.ts';
import { fieldsOf, type Raw } from '../../../src/base/json.ts';
import type { ApiOutcome, ApiRequest, ApiSender } from '../../../src/kube/http/api-request.ts';
import type { ApiStreamer, StreamRequest, StreamSink } from '../../../src/kube/http/stream.ts';
import { metadataOf } from '../../../src/objects/metadata.ts';
import type { FakeClock } from '../../support/fake-clock.ts';
import { seeded } from '../../support/random.ts';
import { refusedOutcome } from './scripted-client.ts';

export type Random = () => number;

/** In [0, 1). */
export function seededUnit(seed: number): Random {
  const random = seeded(seed);
  return () => random.below(2 ** 30) / 2 ** 30;
}

/** Serves one Lease, with versions, preconditions and watches. */
export class FakeLeaseServer {
  lease: Raw | null = null;
  readonly watchers = new Set<(event: object) => void>();
  #version = 100;

  handle({ method, path, body }: ApiRequest): ApiOutcome {
    if (method === 'GET' && path.includes('?')) {
      const items = this.lease === null ? [] : [this.lease];
      return {
        kind: 'ok',
        status: 200,
        body: { metadata: { resourceVersion: String(this.#version) }, items },
      };
    }
    if (method === 'POST') return this.lease === null ? this.#store('ADDED', body) : refusedOutcome(409);
    if (this.lease === null) return refusedOutcome(404);
    if (method === 'GET') return { kind: 'ok', status: 200, body: this.lease };
    const expected = metadataOf(fieldsOf(body))['resourceVersion'];
    if (expected !== metadataOf(this.lease)['resourceVersion']) return refusedOutcome(409);
    return this.#store('MODIFIED', body);
  }

  remove(): void {
    this.lease = null;
    this.#version++;
  }

  #store(type: string, body: unknown): ApiOutcome {
    const object = fieldsOf(body);
    const metadata = { ...metadataOf(object), resourceVersion: String(++this.#version) };
    this.lease = { ...object, metadata };
    for (const watcher of this.watchers) watcher({ type, object: this.lease });
    return { kind: 'ok', status: 200, body: this.lease };
  }
}

/** A machine with one process: its clocks, and whether it runs. */
export class SimulatedMachine implements Clock {
  readonly #clock: FakeClock;
  #suspendedFor: Millis = 0;
  #suspendedSince: Millis | null = null;
  #wallOffset: Millis;
  #isFrozen = false;
  #deferred: (() => void)[] = [];

  constructor(clock: FakeClock, wallOffset: Millis) {
    this.#clock = clock;
    this.#wallOffset = wallOffset;
  }

  now(): Millis {
    return (this.#suspendedSince ?? this.#clock.now()) - this.#suspendedFor;
  }

  wall(): Millis {
    return this.#clock.wall() + this.#wallOffset;
  }

  after(delay: Millis, run: () => void): () => void {
    const due = this.now() + Math.max(0, delay);
    let cancelled = false;
    const wait = (): void => {
      this.#clock.after(due - this.now(), () =>
        this.deliver(() => {
          if (cancelled) return;
          // Monotonic time may have been stopped meanwhile.
          if (this.now() < due) wait();
          else run();
        }),
      );
    };
    wait();
    return () => {
      cancelled = true;
    };
  }

  /** Runs a callback of the process; deferred while the process is stopped or the machine suspended. */
  deliver(run: () => void): void {
    if (this.#isFrozen) this.#deferred.push(run);
    else run();
  }

  /** SIGSTOP: the clocks keep running. */
  freeze(duration: Millis): void {
    if (this.#isFrozen) return;
    this.#isFrozen = true;
    this.#clock.after(duration, () => this.#resume());
  }

  /** Suspend: monotonic time stops. */
  suspend(duration: Millis): void {
    if (this.#isFrozen) return;
    this.#suspendedSince = this.#clock.now();
    this.freeze(duration);
  }

  shiftWallClock(by: Millis): void {
    // Wall time that is set back during a suspend cannot be detected.
    if (!this.#isFrozen) this.#wallOffset += by;
  }

  #resume(): void {
    if (this.#suspendedSince !== null) this.#suspendedFor += this.#clock.now() - this.#suspendedSince;
    this.#suspendedSince = null;
    this.#isFrozen = false;
    for (const run of this.#deferred.splice(0)) this.deliver(run);
  }
}

export type NetworkConditions = { lossProbability: number; delayProbability: number };

/** The client of one machine: the network to the server and back. */
export class SimulatedClient implements ApiSender, ApiStreamer {
  readonly #clock: FakeClock;
  readonly #machine: SimulatedMachine;
  readonly #server: FakeLeaseServer;
  readonly #random: Random;
  readonly #network: NetworkConditions;

  constructor(
    clock: FakeClock,
    machine: SimulatedMachine,
    server: FakeLeaseServer,
    random: Random,
    network: NetworkConditions,
  ) {
    this.#clock = clock;
    this.#machine = machine;
    this.#server = server;
    this.#random = random;
    this.#network = network;
  }

  send(request: ApiRequest): Promise<ApiOutcome> {
    return new Promise((resolve) => {
      this.#machine.after(request.timeout, () => resolve({ kind: 'unknown', because: 'timeout' }));
      if (this.#isLost()) return;
      // A late request is still applied, long after the client has given it up.
      this.#clock.after(this.#latency(), () => {
        const outcome = this.#server.handle(request);
        if (this.#isLost()) return;
        this.#clock.after(this.#latency(), () => this.#machine.deliver(() => resolve(outcome)));
      });
    });
  }

  stream(_: StreamRequest, sink: StreamSink): () => void {
    const deliverEvent = (event: object): void => {
      if (this.#isLost()) return;
      const bytes = Buffer.from(`${JSON.stringify(event)}\n`);
      this.#clock.after(this.#latency(), () =>
        this.#machine.deliver(() => {
          if (this.#server.watchers.has(deliverEvent)) sink.bytes(bytes);
        }),
      );
    };
    this.#server.watchers.add(deliverEvent);
    this.#machine.deliver(() => sink.opened());
    return () => {
      this.#server.watchers.delete(deliverEvent);
    };
  }

  #isLost(): boolean {
    return this.#random() < this.#network.lossProbability;
  }

  #latency(): Millis {
    return this.#random() < this.#network.delayProbability
      ? 1_000 + 19_000 * this.#random()
      : 1 + 100 * this.#random();
  }
}

/** A simulated world for elections: one API server, machines that sleep and stop, and wires that lose and delay. */

import type { Clock, Millis } from '../../src/base/clock.ts';
import { fieldsOf, metadataOf, type Raw } from '../../src/cluster/fields.ts';
import type { ApiOutcome, ApiRequest, ApiSender } from '../../src/kube/outcome.ts';
import type { ApiStreamer, StreamRequest, StreamSink } from '../../src/kube/stream.ts';
import type { FakeClock } from '../support/clock.ts';
import { seeded } from '../support/random.ts';

export type Random = () => number;

/** In [0, 1). */
export function unit(seed: number): Random {
  const random = seeded(seed);
  return () => random.below(2 ** 30) / 2 ** 30;
}

/** One Lease, with versions, preconditions and watchers. */
export class LeaseServer {
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
    if (method === 'POST') return this.lease === null ? this.#store('ADDED', body) : refuse(409);
    if (this.lease === null) return refuse(404);
    if (method === 'GET') return { kind: 'ok', status: 200, body: this.lease };
    const expected = metadataOf(fieldsOf(body))['resourceVersion'];
    if (expected !== metadataOf(this.lease)['resourceVersion']) return refuse(409);
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

const refuse = (status: number): ApiOutcome => ({
  kind: 'refused',
  status,
  reason: '',
  message: '',
  retryAfter: null,
});

/** A machine with a process on it: its clocks, and whether it is awake. */
export class Machine implements Clock {
  readonly #world: FakeClock;
  #asleep: Millis = 0;
  #sleepingSince: Millis | null = null;
  #wallOffset: Millis;
  #halted = false;
  #waiting: (() => void)[] = [];

  constructor(world: FakeClock, wallOffset: Millis) {
    this.#world = world;
    this.#wallOffset = wallOffset;
  }

  now(): Millis {
    return (this.#sleepingSince ?? this.#world.now()) - this.#asleep;
  }

  wall(): Millis {
    return this.#world.wall() + this.#wallOffset;
  }

  after(delay: Millis, run: () => void): () => void {
    const due = this.now() + Math.max(0, delay);
    let cancelled = false;
    const wait = (): void => {
      this.#world.after(due - this.now(), () =>
        this.deliver(() => {
          if (cancelled) return;
          // Monotonic time may have stood still meanwhile.
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

  /** What reaches the process; kept for later while it is stopped or the machine sleeps. */
  deliver(run: () => void): void {
    if (this.#halted) this.#waiting.push(run);
    else run();
  }

  /** SIGSTOP: the clocks go on. */
  halt(duration: Millis): void {
    if (this.#halted) return;
    this.#halted = true;
    this.#world.after(duration, () => this.#wake());
  }

  /** Suspend: monotonic time stands still. */
  sleep(duration: Millis): void {
    if (this.#halted) return;
    this.#sleepingSince = this.#world.now();
    this.halt(duration);
  }

  jump(by: Millis): void {
    // A calendar that goes back during a suspend is the one thing that nobody can notice.
    if (!this.#halted) this.#wallOffset += by;
  }

  #wake(): void {
    if (this.#sleepingSince !== null) this.#asleep += this.#world.now() - this.#sleepingSince;
    this.#sleepingSince = null;
    this.#halted = false;
    for (const run of this.#waiting.splice(0)) this.deliver(run);
  }
}

export type Weather = { loss: number; stall: number };

/** The way from a machine to the server and back. */
export class Wire implements ApiSender, ApiStreamer {
  readonly #world: FakeClock;
  readonly #machine: Machine;
  readonly #server: LeaseServer;
  readonly #random: Random;
  readonly #weather: Weather;

  constructor(world: FakeClock, machine: Machine, server: LeaseServer, random: Random, weather: Weather) {
    this.#world = world;
    this.#machine = machine;
    this.#server = server;
    this.#random = random;
    this.#weather = weather;
  }

  send(request: ApiRequest): Promise<ApiOutcome> {
    return new Promise((resolve) => {
      this.#machine.after(request.timeout, () => resolve({ kind: 'unknown', because: 'timeout' }));
      if (this.#lost()) return;
      // A late request still does its work, long after we have given it up.
      this.#world.after(this.#latency(), () => {
        const outcome = this.#server.handle(request);
        if (this.#lost()) return;
        this.#world.after(this.#latency(), () => this.#machine.deliver(() => resolve(outcome)));
      });
    });
  }

  stream(_: StreamRequest, sink: StreamSink): () => void {
    const tell = (event: object): void => {
      if (this.#lost()) return;
      const bytes = Buffer.from(`${JSON.stringify(event)}\n`);
      this.#world.after(this.#latency(), () =>
        this.#machine.deliver(() => {
          if (this.#server.watchers.has(tell)) sink.bytes(bytes);
        }),
      );
    };
    this.#server.watchers.add(tell);
    this.#machine.deliver(() => sink.opened());
    return () => {
      this.#server.watchers.delete(tell);
    };
  }

  #lost(): boolean {
    return this.#random() < this.#weather.loss;
  }

  #latency(): Millis {
    return this.#random() < this.#weather.stall ? 1_000 + 19_000 * this.#random() : 1 + 100 * this.#random();
  }
}

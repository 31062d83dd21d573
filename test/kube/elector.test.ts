/**
 * Three electors and one API server, all in one simulated world in which messages are late or lost, machines
 * sleep, processes are stopped and calendars jump. Whatever happens, no two may write at one time.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Clock, Millis } from '../../src/base/clock.ts';
import { Elector } from '../../src/kube/elector.ts';
import { LEASE_TIMING } from '../../src/kube/leasetiming.ts';
import type { ApiOutcome, ApiRequest, ApiSender } from '../../src/kube/outcome.ts';
import { fieldsOf, type KubeObject, metadataOf } from '../../src/kube/raw.ts';
import type { ApiStreamer, StreamRequest, StreamSink } from '../../src/kube/stream.ts';
import { FakeClock, turn } from '../support/clock.ts';
import { seeded, seeds } from '../support/random.ts';

type Random = () => number;

/** In [0, 1). */
function unit(seed: number): Random {
  const random = seeded(seed);
  return () => random.below(2 ** 30) / 2 ** 30;
}

/** One Lease, with versions, preconditions and watchers. */
class LeaseServer {
  lease: KubeObject | null = null;
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
class Machine implements Clock {
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

type Weather = { loss: number; stall: number };

/** The way from a machine to the server and back. */
class Wire implements ApiSender, ApiStreamer {
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

type Node = {
  readonly name: string;
  readonly machine: Machine;
  readonly elector: Elector;
  readonly stop: AbortController;
  done: Promise<void>;
};

class World {
  readonly clock = new FakeClock();
  readonly server = new LeaseServer();
  readonly weather: Weather = { loss: 0, stall: 0 };
  readonly nodes: Node[] = [];
  readonly log: string[] = [];
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  join(name: string): Node {
    const machine = new Machine(this.clock, Math.floor((this.#random() - 0.5) * 600_000));
    const say = (what: string) => this.log.push(`${this.clock.now()} ${name} ${what}`);
    const elector = new Elector({
      client: new Wire(this.clock, machine, this.server, this.#random, this.weather),
      clock: machine,
      random: this.#random,
      namespace: 'metallb-system',
      name: 'berth-controller',
      identity: name,
      on: { elected: () => say('elected'), lost: () => say('lost'), trouble: () => {} },
    });
    const stop = new AbortController();
    const node = { name, machine, elector, stop, done: elector.run(stop.signal) };
    this.nodes.push(node);
    return node;
  }

  writers(): readonly string[] {
    return this.nodes.filter(({ elector }) => elector.mayWrite()).map(({ name }) => name);
  }

  /** Passes time event by event; after each, no two may write. */
  async pass(duration: Millis, meanwhile: () => void = () => {}): Promise<void> {
    const until = this.clock.now() + duration;
    await turn();
    while ((this.clock.nextAt ?? until) < until) {
      this.clock.advance((this.clock.nextAt ?? until) - this.clock.now());
      await turn();
      const writers = this.writers();
      assert.ok(
        writers.length <= 1,
        `${writers.join(' and ')} may write at ${this.clock.now()}\n${this.log.join('\n')}`,
      );
      meanwhile();
    }
    this.clock.advance(until - this.clock.now());
    await turn();
  }

  async end(): Promise<void> {
    for (const { stop } of this.nodes) stop.abort();
    await this.pass(60_000);
    await Promise.all(this.nodes.map(({ done }) => done));
  }
}

describe('electors', () => {
  it('hand over within a second of a stop', async () => {
    const world = new World(unit(1));
    const first = world.join('first');
    await world.pass(1_000);
    world.join('second');
    await world.pass(30_000);
    assert.deepEqual(world.writers(), ['first']);
    first.stop.abort();
    assert.deepEqual(world.writers(), []);
    await world.pass(1_000);
    assert.deepEqual(world.writers(), ['second']);
    await world.end();
  });

  it('take over from one that was killed, after the lease and one look', async () => {
    const world = new World(unit(2));
    const first = world.join('first');
    await world.pass(1_000);
    world.join('second');
    await world.pass(10_000);
    first.machine.halt(Number.MAX_SAFE_INTEGER);
    await world.pass(LEASE_TIMING.leaseDuration + LEASE_TIMING.retryPeriod + 1_000);
    assert.deepEqual(world.writers(), ['second']);
    second(world).stop.abort();
    await world.pass(10_000);
  });

  it('count their terms, and tell of each beginning and end once', async () => {
    const world = new World(unit(3));
    const only = world.join('only');
    await world.pass(5_000);
    only.machine.halt(20_000);
    await world.pass(40_000);
    await world.end();
    assert.deepEqual(
      world.log.map((line) => line.split(' ')[2]),
      ['elected', 'lost', 'elected', 'lost'],
    );
  });

  for (const seed of seeds(12, 500)) {
    it(`never let two write at one time, whatever the weather (seed ${seed})`, async () => {
      const random = unit(seed);
      const world = new World(random);
      for (const name of ['a', 'b', 'c']) world.join(name);
      Object.assign(world.weather, { loss: random() * 0.4, stall: random() * 0.3 });
      await world.pass(240_000, () => {
        const { machine } = world.nodes[Math.floor(random() * world.nodes.length)] ?? assert.fail();
        const fate = random();
        if (fate < 0.004) machine.halt(random() * 40_000);
        else if (fate < 0.008) machine.sleep(random() * 40_000);
        else if (fate < 0.012) machine.jump((random() - 0.5) * 120_000);
      });
      Object.assign(world.weather, { loss: 0, stall: 0 });
      await world.pass(LEASE_TIMING.leaseDuration * 4);
      assert.equal(world.writers().length, 1, `one leads once the weather is fine\n${world.log.join('\n')}`);
      await world.end();
      assert.deepEqual(world.writers(), []);
    });
  }
});

const second = (world: World): Node => world.nodes[1] ?? assert.fail();

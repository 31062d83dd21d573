/**
 * Three electors and one API server, all in one simulated world in which messages are late or lost, machines
 * sleep, processes are stopped and calendars jump. Whatever happens, no two may write at one time.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Millis } from '../../src/base/clock.ts';
import { Elector } from '../../src/kube/elector.ts';
import { LEASE_TIMING } from '../../src/kube/leasetiming.ts';
import { FakeClock, turn } from '../support/clock.ts';
import { seeds } from '../support/random.ts';
import { LeaseServer, Machine, type Random, unit, type Weather, Wire } from './weather.ts';

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
      writtenUpTo: () => `${name}'s`,
      on: {
        elected: (_, inherits) => say(`elected ${inherits}`),
        lost: () => say('lost'),
        trouble: () => {},
      },
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
    assert.equal(world.log.at(-1)?.endsWith(" second elected first's"), true, world.log.at(-1));
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

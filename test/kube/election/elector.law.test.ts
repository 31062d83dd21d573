/**
 * Three electors and one API server, all in one simulated world in which messages are late or lost, machines
 * sleep, processes are stopped and calendars jump. Whatever happens, no two may write at one time.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Millis } from '../../../src/base/clock.ts';
import { Elector } from '../../../src/kube/election/elector.ts';
import { LEASE_TIMING } from '../../../src/kube/election/lease-timing.ts';
import { FakeClock, flushPromises } from '../../support/fake-clock.ts';
import { seeds } from '../../support/random.ts';
import {
  FakeLeaseServer,
  type NetworkConditions,
  type Random,
  SimulatedClient,
  SimulatedMachine,
  seededUnit,
} from '../support/election-simulation.ts';

type Participant = {
  readonly name: string;
  readonly machine: SimulatedMachine;
  readonly elector: Elector;
  readonly stop: AbortController;
  done: Promise<void>;
};

class ElectionSimulation {
  readonly clock = new FakeClock();
  readonly server = new FakeLeaseServer();
  readonly network: NetworkConditions = { lossProbability: 0, delayProbability: 0 };
  readonly participants: Participant[] = [];
  readonly log: string[] = [];
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  addElector(name: string): Participant {
    const machine = new SimulatedMachine(this.clock, Math.floor((this.#random() - 0.5) * 600_000));
    const record = (what: string) => this.log.push(`${this.clock.now()} ${name} ${what}`);
    const elector = new Elector({
      client: new SimulatedClient(this.clock, machine, this.server, this.#random, this.network),
      clock: machine,
      random: this.#random,
      namespace: 'metallb-system',
      name: 'berth-controller',
      identity: name,
      lastWrittenVersion: () => `${name}'s`,
      on: {
        elected: (_, inheritedVersion) => record(`elected ${inheritedVersion}`),
        lost: () => record('lost'),
        requestFailed: () => {},
      },
    });
    const stop = new AbortController();
    const node = { name, machine, elector, stop, done: elector.run(stop.signal) };
    this.participants.push(node);
    return node;
  }

  writers(): readonly string[] {
    return this.participants.filter(({ elector }) => elector.mayWrite()).map(({ name }) => name);
  }

  /** Passes time event by event; after each, no two may write. */
  async advance(duration: Millis, afterEachEvent: () => void = () => {}): Promise<void> {
    const until = this.clock.now() + duration;
    await flushPromises();
    while ((this.clock.nextAt ?? until) < until) {
      this.clock.advance((this.clock.nextAt ?? until) - this.clock.now());
      await flushPromises();
      const writers = this.writers();
      assert.ok(
        writers.length <= 1,
        `${writers.join(' and ')} may write at ${this.clock.now()}\n${this.log.join('\n')}`,
      );
      afterEachEvent();
    }
    this.clock.advance(until - this.clock.now());
    await flushPromises();
  }

  async stop(): Promise<void> {
    for (const { stop } of this.participants) stop.abort();
    await this.advance(60_000);
    await Promise.all(this.participants.map(({ done }) => done));
  }
}

describe('electors', () => {
  it('hand over within a second of a stop', async () => {
    const world = new ElectionSimulation(seededUnit(1));
    const first = world.addElector('first');
    await world.advance(1_000);
    world.addElector('second');
    await world.advance(30_000);
    assert.deepEqual(world.writers(), ['first']);
    first.stop.abort();
    assert.deepEqual(world.writers(), []);
    await world.advance(1_000);
    assert.deepEqual(world.writers(), ['second']);
    assert.equal(world.log.at(-1)?.endsWith(" second elected first's"), true, world.log.at(-1));
    await world.stop();
  });

  it('take over from one that was killed, after the lease and one look', async () => {
    const world = new ElectionSimulation(seededUnit(2));
    const first = world.addElector('first');
    await world.advance(1_000);
    world.addElector('second');
    await world.advance(10_000);
    first.machine.freeze(Number.MAX_SAFE_INTEGER);
    await world.advance(LEASE_TIMING.leaseDuration + LEASE_TIMING.retryPeriod + 1_000);
    assert.deepEqual(world.writers(), ['second']);
    secondParticipant(world).stop.abort();
    await world.advance(10_000);
  });

  it('count their terms, and tell of each beginning and end once', async () => {
    const world = new ElectionSimulation(seededUnit(3));
    const only = world.addElector('only');
    await world.advance(5_000);
    only.machine.freeze(20_000);
    await world.advance(40_000);
    await world.stop();
    assert.deepEqual(
      world.log.map((line) => line.split(' ')[2]),
      ['elected', 'lost', 'elected', 'lost'],
    );
  });

  for (const seed of seeds(12, 500)) {
    it(`never let two write at one time, whatever the weather (seed ${seed})`, async () => {
      const random = seededUnit(seed);
      const world = new ElectionSimulation(random);
      for (const name of ['a', 'b', 'c']) world.addElector(name);
      Object.assign(world.network, { lossProbability: random() * 0.4, delayProbability: random() * 0.3 });
      await world.advance(240_000, () => {
        const { machine } =
          world.participants[Math.floor(random() * world.participants.length)] ?? assert.fail();
        const fate = random();
        if (fate < 0.004) machine.freeze(random() * 40_000);
        else if (fate < 0.008) machine.suspend(random() * 40_000);
        else if (fate < 0.012) machine.shiftWallClock((random() - 0.5) * 120_000);
      });
      Object.assign(world.network, { lossProbability: 0, delayProbability: 0 });
      await world.advance(LEASE_TIMING.leaseDuration * 4);
      assert.equal(world.writers().length, 1, `one leads once the weather is fine\n${world.log.join('\n')}`);
      await world.stop();
      assert.deepEqual(world.writers(), []);
    });
  }
});

const secondParticipant = (simulation: ElectionSimulation): Participant =>
  simulation.participants[1] ?? assert.fail();

/**
 * Runs three electors against one simulated API server, where messages are delayed or lost, machines are suspended,
 * processes are stopped, and wall clocks jump. At no time may two of them write.
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

  /** Advances time event by event; after each event at most one elector may write. */
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
    const simulation = new ElectionSimulation(seededUnit(1));
    const first = simulation.addElector('first');
    await simulation.advance(1_000);
    simulation.addElector('second');
    await simulation.advance(30_000);
    assert.deepEqual(simulation.writers(), ['first']);
    first.stop.abort();
    assert.deepEqual(simulation.writers(), []);
    await simulation.advance(1_000);
    assert.deepEqual(simulation.writers(), ['second']);
    assert.equal(simulation.log.at(-1)?.endsWith(" second elected first's"), true, simulation.log.at(-1));
    await simulation.stop();
  });

  it('take over from a killed one after the lease duration and one poll', async () => {
    const simulation = new ElectionSimulation(seededUnit(2));
    const first = simulation.addElector('first');
    await simulation.advance(1_000);
    simulation.addElector('second');
    await simulation.advance(10_000);
    first.machine.freeze(Number.MAX_SAFE_INTEGER);
    await simulation.advance(LEASE_TIMING.leaseDuration + LEASE_TIMING.retryPeriod + 1_000);
    assert.deepEqual(simulation.writers(), ['second']);
    secondParticipant(simulation).stop.abort();
    await simulation.advance(10_000);
  });

  it('report the beginning and the end of each term once', async () => {
    const simulation = new ElectionSimulation(seededUnit(3));
    const only = simulation.addElector('only');
    await simulation.advance(5_000);
    only.machine.freeze(20_000);
    await simulation.advance(40_000);
    await simulation.stop();
    assert.deepEqual(
      simulation.log.map((line) => line.split(' ')[2]),
      ['elected', 'lost', 'elected', 'lost'],
    );
  });

  for (const seed of seeds(12, 500)) {
    it(`never let two write at one time, whatever fails (seed ${seed})`, async () => {
      const random = seededUnit(seed);
      const simulation = new ElectionSimulation(random);
      for (const name of ['a', 'b', 'c']) simulation.addElector(name);
      Object.assign(simulation.network, {
        lossProbability: random() * 0.4,
        delayProbability: random() * 0.3,
      });
      await simulation.advance(240_000, () => {
        const { machine } =
          simulation.participants[Math.floor(random() * simulation.participants.length)] ?? assert.fail();
        const fault = random();
        if (fault < 0.004) machine.freeze(random() * 40_000);
        else if (fault < 0.008) machine.suspend(random() * 40_000);
        else if (fault < 0.012) machine.shiftWallClock((random() - 0.5) * 120_000);
      });
      Object.assign(simulation.network, { lossProbability: 0, delayProbability: 0 });
      await simulation.advance(LEASE_TIMING.leaseDuration * 4);
      assert.equal(
        simulation.writers().length,
        1,
        `one leads once nothing fails\n${simulation.log.join('\n')}`,
      );
      await simulation.stop();
      assert.deepEqual(simulation.writers(), []);
    });
  }
});

/** The longest write of a leader to anything else than the Lease, and the lease that it needs. */
const SLOW_WRITE: Millis = 35_000;
const EXTENDED = LEASE_TIMING.renewDeadline + SLOW_WRITE;

describe('a write that takes longer than the usual lease', () => {
  for (const seed of seeds(12, 300)) {
    it(`has ended before another leads, whatever fails (seed ${seed})`, async () => {
      const random = seededUnit(seed);
      const simulation = new ElectionSimulation(random);
      const participants = ['a', 'b', 'c'].map((name) => simulation.addElector(name));
      Object.assign(simulation.network, {
        lossProbability: random() * 0.3,
        delayProbability: random() * 0.2,
      });
      let sent = 0;
      /** The server works on it until then, whatever becomes of its client. */
      let working: { readonly by: string; readonly until: Millis } | null = null;
      const write = async ({ name, elector, machine }: Participant): Promise<void> => {
        const end = await elector.extendLease(EXTENDED);
        if (end === null) return;
        if (elector.mayWrite()) {
          sent++;
          working = { by: name, until: simulation.clock.now() + SLOW_WRITE };
          simulation.log.push(`${simulation.clock.now()} ${name} sends`);
        }
        // The response comes when the server is done, and ends the extension.
        simulation.clock.after(SLOW_WRITE, () => machine.deliver(end));
      };
      await simulation.advance(600_000, () => {
        for (const { name, elector } of participants)
          if (elector.mayWrite() && working !== null && working.until > simulation.clock.now())
            assert.equal(name, working.by, `leads during a write\n${simulation.log.join('\n')}`);
        const one = participants[Math.floor(random() * participants.length)] ?? assert.fail();
        const fault = random();
        if (fault < 0.002) one.machine.freeze(random() * 60_000);
        else if (fault < 0.004) one.machine.suspend(random() * 60_000);
        else if (fault < 0.1 && one.elector.mayWrite()) void write(one);
      });
      assert.ok(sent > 0, 'no write was sent');
      await simulation.stop();
    });
  }

  it('delays the next leader by as much, and only then', async () => {
    const simulation = new ElectionSimulation(seededUnit(1));
    const first = simulation.addElector('first');
    await simulation.advance(1_000);
    simulation.addElector('second');
    const extension = first.elector.extendLease(EXTENDED);
    await simulation.advance(LEASE_TIMING.retryPeriod + 1_000);
    const end = await extension;
    first.machine.freeze(Number.MAX_SAFE_INTEGER);
    await simulation.advance(EXTENDED - LEASE_TIMING.retryPeriod);
    assert.deepEqual(simulation.writers(), []);
    await simulation.advance(LEASE_TIMING.retryPeriod * 3);
    assert.deepEqual(simulation.writers(), ['second']);
    end?.();
    secondParticipant(simulation).stop.abort();
    await simulation.advance(10_000);
  });
});

const secondParticipant = (simulation: ElectionSimulation): Participant =>
  simulation.participants[1] ?? assert.fail();

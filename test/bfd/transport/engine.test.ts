/** The engine with a clock moved by hand and a wire in memory. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BfdStateChange } from '../../../src/bfd/sessions.ts';
import type { BfdSessionSpec, BfdSettings } from '../../../src/bfd/settings.ts';
import { BFD_SESSIONS_MAX, BfdEngine, SOCKET_RETRY } from '../../../src/bfd/transport/engine.ts';
import { parseAddress } from '../../../src/net/address.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { seeded } from '../../support/random.ts';
import { SETTINGS } from '../support/harness.ts';
import { MemorySockets, MemoryWire } from './support/memory-sockets.ts';

const WEST = '192.0.2.1';
const EAST = '192.0.2.2';

function addressOf(text: string): BfdSessionSpec['remote'] {
  const address = parseAddress(text);
  assert.ok(address.ok);
  return address.value;
}

const specTo = (remote: string, differing: Partial<BfdSessionSpec> = {}): BfdSessionSpec => ({
  ...{ key: remote, remote: addressOf(remote), local: null, interface: null },
  ...{ multihop: false, port: null, settings: SETTINGS },
  ...differing,
});

const withSettings = (settings: Partial<BfdSettings>): Partial<BfdSessionSpec> => ({
  settings: { ...SETTINGS, ...settings },
});

class World {
  readonly clock = new FakeClock();
  readonly wire = new MemoryWire();
  readonly changes: string[] = [];
  readonly westSockets = new MemorySockets(this.wire, WEST);
  readonly eastSockets = new MemorySockets(this.wire, EAST);
  readonly west = this.#engine('west', this.westSockets, 1);
  readonly east = this.#engine('east', this.eastSockets, 2);

  #engine(name: string, sockets: MemorySockets, seed: number): BfdEngine {
    const random = seeded(seed);
    return new BfdEngine({
      clock: this.clock,
      random: () => random.below(2 ** 32) / 2 ** 32,
      sockets,
      changed: ({ from, status }: BfdStateChange) =>
        this.changes.push(`${name}: ${from} → ${status.state} (${status.remoteState})`),
    });
  }

  /** Both sides want each other, and are up. */
  async comesUp(differing: Partial<BfdSessionSpec> = {}): Promise<this> {
    this.west.apply([specTo(EAST, differing)]);
    this.east.apply([specTo(WEST, differing)]);
    await this.clock.advanceAsync(3000);
    assert.deepEqual(this.states, ['Up', 'Up']);
    this.changes.length = 0;
    return this;
  }

  get states(): readonly string[] {
    return [...this.west.statuses, ...this.east.statuses].map(({ state }) => state);
  }

  get problems(): readonly (string | null)[] {
    return this.west.statuses.map(({ problem }) => problem);
  }
}

describe('a BFD engine', () => {
  it('brings up a session with another engine, and reports it', async () => {
    const world = new World();
    world.west.apply([specTo(EAST)]);
    world.east.apply([specTo(WEST)]);
    await world.clock.advanceAsync(100);
    assert.deepEqual(world.states, ['Up', 'Up']);
    assert.ok(
      world.changes.includes('west: Init → Up (Up)') || world.changes.includes('west: Init → Up (Init)'),
    );
    const [status] = world.west.statuses;
    assert.equal(status?.counters.upEvents, 1);
    assert.equal(status?.remoteDiscriminator, world.east.statuses[0]?.localDiscriminator);
  });

  it('reports silence after the detection time, and counts it', async () => {
    const world = await new World().comesUp();
    world.wire.isCut = true;
    await world.clock.advanceAsync(500);
    assert.deepEqual(world.states, ['Up', 'Up']);
    await world.clock.advanceAsync(500);
    assert.deepEqual(world.states, ['Down', 'Down']);
    assert.equal(world.west.statuses[0]?.diagnostic, 'detection-time-expired');
    assert.equal(world.west.statuses[0]?.counters.downEvents, 1);
  });

  it('reads what has arrived before it judges silence: its thread may have been stopped', async () => {
    const world = await new World().comesUp();
    world.wire.isHeld = true;
    let reads = 0;
    for (const sockets of [world.westSockets, world.eastSockets])
      sockets.onArrived = () => {
        reads += 1;
        world.wire.release();
      };
    await world.clock.advanceAsync(1000);
    assert.ok(reads > 0);
    assert.deepEqual(world.states, ['Up', 'Up']);
    assert.deepEqual(world.changes, []);
  });

  it('says AdminDown when a session is not wanted any more, and reports nothing of it', async () => {
    const world = await new World().comesUp();
    world.west.apply([]);
    await world.clock.advanceAsync(100);
    assert.deepEqual(world.changes, ['east: Up → Down (AdminDown)']);
    assert.deepEqual(world.west.statuses, []);
    assert.deepEqual([world.westSockets.listening.size, world.westSockets.senders.length], [0, 0]);
  });

  it('says AdminDown on every session when it stops, also when one of its packets is lost', async () => {
    const world = await new World().comesUp();
    world.wire.isCut = true;
    const stopped = world.west.stop();
    await world.clock.advanceAsync(1);
    world.wire.isCut = false;
    await world.clock.advanceAsync(100);
    await stopped;
    assert.deepEqual(world.changes, ['east: Up → Down (AdminDown)']);
    assert.equal(world.westSockets.listening.size, 0);
    world.west.apply([specTo(EAST)]);
    assert.deepEqual(world.west.statuses, []);
  });

  it('applies other intervals to the running session', async () => {
    const world = await new World().comesUp();
    world.west.apply([specTo(EAST, withSettings({ requiredMinRx: 1000 }))]);
    await world.clock.advanceAsync(5000);
    assert.deepEqual(world.changes, []);
    assert.equal(world.east.statuses[0]?.transmitInterval, 1000);
    assert.equal(world.west.statuses[0]?.detectionTime, 3000);
  });

  it('begins a new session when the port changes', async () => {
    const world = await new World().comesUp();
    const before = world.west.statuses[0]?.localDiscriminator;
    world.west.apply([specTo(EAST, { port: 13_784 })]);
    world.east.apply([specTo(WEST, { port: 13_784 })]);
    await world.clock.advanceAsync(3000);
    assert.deepEqual(world.states, ['Up', 'Up']);
    assert.notEqual(world.west.statuses[0]?.localDiscriminator, before);
    assert.deepEqual([...world.westSockets.listening.keys()], [`${WEST} 13784`]);
  });

  it('uses the ports and the TTL of the RFCs', async () => {
    const world = new World();
    const multihop = specTo('192.0.2.3', { multihop: true, ...withSettings({ minimumTtl: 250 }) });
    world.west.apply([specTo(EAST, withSettings({ minimumTtl: 1 })), multihop]);
    await world.clock.advanceAsync(10);
    assert.deepEqual(
      [...world.westSockets.listening].map(([name, [first]]) => [name, first?.minimumTtl]),
      [
        [`${WEST} 3784`, 255],
        [`${WEST} 4784`, 250],
      ],
    );
  });

  it('says why a socket cannot be opened, and opens it when that is possible', async () => {
    const world = new World();
    world.westSockets.refusal = 'port 3784 is taken';
    world.west.apply([specTo(EAST)]);
    world.east.apply([specTo(WEST)]);
    await world.clock.advanceAsync(SOCKET_RETRY * 2);
    assert.deepEqual(world.problems, ['port 3784 is taken']);
    world.westSockets.refusal = null;
    await world.clock.advanceAsync(SOCKET_RETRY + 2000);
    assert.deepEqual(world.problems, [null]);
    assert.deepEqual(world.states, ['Up', 'Up']);
  });

  it('tries no longer to open a socket that nobody wants', async () => {
    const world = new World();
    world.westSockets.refusal = 'port 3784 is taken';
    world.west.apply([specTo(EAST)]);
    await world.clock.advanceAsync(10);
    world.west.apply([]);
    world.westSockets.refusal = null;
    await world.clock.advanceAsync(SOCKET_RETRY * 3);
    assert.deepEqual([world.westSockets.listening.size, world.clock.pending], [0, 0]);
  });

  it('has one session with a remote on a port, and names the other one', async () => {
    const world = new World();
    world.west.apply([specTo(EAST), specTo(EAST, { key: 'again' })]);
    await world.clock.advanceAsync(10);
    assert.deepEqual(world.problems, [
      null,
      `another session with ${EAST} uses the same port: remove one of them`,
    ]);
    world.west.apply([specTo(EAST)]);
    await world.clock.advanceAsync(10);
    assert.deepEqual(world.problems, [null]);
  });

  it('begins a session when the one that was in its way is not wanted any more', async () => {
    const world = new World();
    world.east.apply([specTo(WEST)]);
    const [first, again] = [specTo(EAST), specTo(EAST, { key: 'again' })];
    world.west.apply([first, again]);
    await world.clock.advanceAsync(10);
    world.west.apply([again]);
    await world.clock.advanceAsync(5000);
    assert.deepEqual([world.problems, world.states], [[null], ['Up', 'Up']]);
  });

  it('counts packets that are not taken, and goes on', async () => {
    const world = await new World().comesUp();
    world.westSockets.isFull = true;
    await world.clock.advanceAsync(2000);
    assert.equal(world.east.statuses[0]?.state, 'Down');
    assert.ok((world.west.statuses[0]?.counters.sendErrors ?? 0) > 0);
    world.westSockets.isFull = false;
    await world.clock.advanceAsync(3000);
    assert.deepEqual(world.states, ['Up', 'Up']);
  });

  it('discards what is malformed, from elsewhere, or for a session of before', async () => {
    const world = await new World().comesUp();
    const { packetsDiscarded = 0 } = world.west.statuses[0]?.counters ?? {};
    const stale = new Uint8Array(24).fill(9);
    for (const octets of [new Uint8Array(3), stale]) world.wire.send(`${WEST} 3784`, octets, EAST);
    world.wire.send(`${WEST} 3784`, stale, '192.0.2.99');
    await world.clock.advanceAsync(10);
    assert.equal(world.west.statuses[0]?.counters.packetsDiscarded, packetsDiscarded + 2);
    assert.deepEqual(world.changes, []);
  });

  it('has a limit of sessions, and says so for those beyond it', async () => {
    const world = new World();
    const remotes = Array.from({ length: BFD_SESSIONS_MAX + 1 }, (_, at) => `10.0.${at >> 8}.${at & 255}`);
    world.west.apply(remotes.map((remote) => specTo(remote)));
    await world.clock.advanceAsync(10);
    assert.deepEqual(
      world.problems.filter((problem) => problem !== null),
      [`the session is one too many: at most ${BFD_SESSIONS_MAX} are possible`],
    );
    world.west.apply(remotes.slice(1).map((remote) => specTo(remote)));
    await world.clock.advanceAsync(10);
    assert.equal(world.westSockets.senders.length, BFD_SESSIONS_MAX);
    assert.ok(world.problems.every((problem) => problem === null));
    await world.west.stop();
  });
});

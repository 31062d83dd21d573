/** How a node goes: asked for others first, withdrawn later, and no word where a restart is bridged. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { silentLog } from '../../src/observe/log.ts';
import { NodeDrain } from '../../src/speaker/node-drain.ts';
import { BATCH_WINDOW } from '../../src/speaker/speaker.ts';
import { peer, serviceWithEndpoint } from '../announce/support/cluster.ts';
import { flushPromises } from '../support/fake-clock.ts';
import { routerOpen } from './support/fake-router.ts';
import { CONNECT_TIME, RETRY_TIME } from './support/fake-session.ts';
import { oneService, R1, R2, SpeakerWorld, settledWorld, smallCluster } from './support/speaker-world.ts';

const DRAIN_WAIT = 10_000;
const SHUTDOWN_NOTIFICATION = '6/2 "BGP speaker shutting down"';
const [PLAIN, DRAINED] = ['10.20.1.1/32 via 10.213.0.11', '10.20.1.1/32 via 10.213.0.11 graceful-shutdown'];

const graceful = (name: string, peerAddress: string) =>
  peer(name, { peerAddress, enableGracefulRestart: true });

describe('a drain (RFC 8326)', () => {
  it('tells everything again as the last resort, and takes that back', async () => {
    const world = await settledWorld(...oneService());
    world.speaker.setDraining(true);
    assert.deepEqual(world.router(R1).table, [DRAINED]);
    world.speaker.setDraining(false);
    assert.deepEqual(world.router(R1).table, [PLAIN]);
    assert.deepEqual(world.router(R1).takeEvents(), ['+10.20.1.1/32', '+10.20.1.1/32']);
  });

  it('is LOCAL_PREF 0 inside of an AS', async () => {
    const inside = peer('r1', { peerAddress: R1, myASN: 64512 });
    const world = await settledWorld(...smallCluster(inside), ...serviceWithEndpoint('a', '10.20.1.1'));
    assert.deepEqual(world.router(R1).table, ['10.20.1.1/32 via 10.213.0.11 pref 100']);
    world.speaker.setDraining(true);
    assert.deepEqual(world.router(R1).table, ['10.20.1.1/32 via 10.213.0.11 pref 0 graceful-shutdown']);
  });

  it('holds for what comes in it: Services, peers, and sessions that come up again', async () => {
    const world = await settledWorld(...oneService());
    world.speaker.setDraining(true);
    await world.changeAndSettle((store) => {
      for (const raw of [...serviceWithEndpoint('b', '10.20.1.2'), peer('r2', { peerAddress: R2 })])
        store.create(raw);
    });
    world.sessions[0]?.lose();
    await world.clock.advanceAsync(RETRY_TIME);
    for (const at of [R1, R2])
      assert.deepEqual(world.router(at).table, [DRAINED, '10.20.1.2/32 via 10.213.0.11 graceful-shutdown']);
  });

  it('is nothing before the speaker speaks', () => {
    const world = new SpeakerWorld(oneService());
    world.speaker.setDraining(true);
    assert.equal(world.speaker.phase, 'waiting');
  });
});

describe('the end of the process', () => {
  const stop = async (world: SpeakerWorld, isDraining = false): Promise<boolean> => {
    let over = false;
    void world.speaker.stop({ isDraining, wait: DRAIN_WAIT }).then(() => {
      over = true;
    });
    await world.clock.advanceAsync(DRAIN_WAIT - 1);
    const early = over;
    await world.clock.advanceAsync(1);
    assert.ok(over);
    return early;
  };

  it('drains, waits, and then withdraws where nobody bridges it', async () => {
    const world = await settledWorld(...oneService());
    assert.equal(await stop(world), false);
    assert.deepEqual(world.router(R1).takeEvents(), [
      '+10.20.1.1/32',
      '-10.20.1.1/32',
      SHUTDOWN_NOTIFICATION,
    ]);
  });

  it('is without a word where the peer keeps the routes (RFC 4724)', async () => {
    const world = new SpeakerWorld([
      ...smallCluster(graceful('r1', R1)),
      ...serviceWithEndpoint('a', '10.20.1.1'),
    ]);
    world.router(R1).open = routerOpen({ restart: true });
    await world.start();
    world.router(R1).takeEvents();
    assert.equal(await stop(world), true);
    assert.deepEqual(world.router(R1).takeEvents(), ['lost']);
    assert.deepEqual(world.router(R1).table, [PLAIN]);
  });

  it('is each peer for itself: who bridges it is left alone until the others have been told', async () => {
    const world = new SpeakerWorld([
      ...smallCluster(graceful('r1', R1), graceful('r2', R2)),
      ...serviceWithEndpoint('a', '10.20.1.1'),
    ]);
    world.router(R1).open = routerOpen({ restart: true });
    await world.start();
    for (const at of [R1, R2]) world.router(at).takeEvents();
    assert.equal(await stop(world), false);
    assert.deepEqual(world.router(R1).takeEvents(), ['lost']);
    assert.deepEqual(world.router(R2).takeEvents(), [
      '+10.20.1.1/32',
      '-10.20.1.1/32',
      SHUTDOWN_NOTIFICATION,
    ]);
  });

  it('of a node that leaves bridges nothing, and the N bit makes it a hard reset (RFC 8538)', async () => {
    const world = new SpeakerWorld([
      ...smallCluster(graceful('r1', R1)),
      ...serviceWithEndpoint('a', '10.20.1.1'),
    ]);
    world.router(R1).open = routerOpen({ restart: true, notification: true });
    await world.start();
    world.router(R1).takeEvents();
    await stop(world, true);
    assert.deepEqual(world.router(R1).takeEvents(), [
      '+10.20.1.1/32',
      '-10.20.1.1/32',
      `hard reset ${SHUTDOWN_NOTIFICATION}`,
    ]);
    assert.deepEqual(world.router(R1).table, []);
  });

  it('waits for nobody where no session stands', async () => {
    const world = new SpeakerWorld(oneService());
    world.router(R1).acceptsSessions = false;
    await world.start();
    assert.equal(await stop(world), true);
  });

  it('lasts until the last word of a departure has been read too', async () => {
    const world = await settledWorld(...oneService());
    world.router(R1).lingerMs = 3000;
    void world.speaker.shutDown();
    let over = false;
    void world.speaker.stop({ isDraining: true, wait: DRAIN_WAIT }).then(() => {
      over = true;
    });
    await world.clock.advanceAsync(2999);
    assert.equal(over, false);
    await world.clock.advanceAsync(1);
    assert.equal(over, true);
  });

  it('is the end: nothing brings it back', async () => {
    const world = await settledWorld(...oneService());
    await stop(world);
    world.speaker.resume();
    world.change((store) => store.delete('Service web/a'));
    await world.clock.advanceAsync(3_600_000);
    assert.deepEqual([world.router(R1).opens.length, world.speaker.phase], [1, 'left']);
  });
});

describe('a node that leaves', () => {
  const departing = async (world: SpeakerWorld): Promise<{ departure: NodeDrain; left: () => number }> => {
    let left = 0;
    const departure = new NodeDrain({
      ...{ clock: world.clock, log: silentLog, wait: DRAIN_WAIT, speaker: world.speaker },
      drained: () => {
        left += 1;
      },
    });
    await flushPromises();
    return { departure, left: () => left };
  };

  it('asks for others, waits, and only then withdraws and hangs up', async () => {
    const world = await settledWorld(...oneService());
    const { departure, left } = await departing(world);
    departure.setReason('it is cordoned');
    await world.clock.advanceAsync(DRAIN_WAIT - 1);
    assert.deepEqual([world.router(R1).table, departure.isDraining, left()], [[DRAINED], true, 0]);
    world.router(R1).takeEvents();
    await world.clock.advanceAsync(1);
    assert.deepEqual(world.router(R1).takeEvents(), ['-10.20.1.1/32', SHUTDOWN_NOTIFICATION]);
    assert.deepEqual([departure.isDraining, left(), world.speaker.phase], [true, 1, 'left']);
  });

  it('that leaves for another reason while it leaves does not begin anew', async () => {
    const world = await settledWorld(...oneService());
    const { departure, left } = await departing(world);
    departure.setReason('it is cordoned');
    await world.clock.advanceAsync(DRAIN_WAIT / 2);
    departure.setReason('its Node was deleted');
    await world.clock.advanceAsync(DRAIN_WAIT / 2);
    assert.equal(left(), 1);
  });

  it('stays after all: what was asked for is taken back, and no session has moved', async () => {
    const world = await settledWorld(...oneService());
    const { departure } = await departing(world);
    departure.setReason('it is cordoned');
    await world.clock.advanceAsync(DRAIN_WAIT - 1);
    departure.setReason(null);
    await world.clock.advanceAsync(3_600_000);
    assert.deepEqual([world.router(R1).table, world.router(R1).opens.length], [[PLAIN], 1]);
    assert.equal(departure.isDraining, false);
  });

  it('that comes back while its last words are still read has not left', async () => {
    const world = await settledWorld(...oneService());
    world.router(R1).lingerMs = 3000;
    const { departure, left } = await departing(world);
    departure.setReason('its Node was deleted');
    await world.clock.advanceAsync(DRAIN_WAIT + 1000);
    departure.setReason(null);
    await world.clock.advanceAsync(3000);
    assert.deepEqual([left(), departure.isDraining, world.speaker.phase], [0, false, 'speaking']);
    assert.deepEqual(world.router(R1).table, [PLAIN]);
  });

  it('waits for nobody where no session stands', async () => {
    const world = new SpeakerWorld(oneService());
    world.router(R1).acceptsSessions = false;
    await world.start();
    const { departure, left } = await departing(world);
    departure.setReason('it is cordoned');
    await world.clock.advanceAsync(0);
    assert.equal(left(), 1);
  });

  it('dials nobody any more, whatever changes', async () => {
    const world = await settledWorld(...oneService());
    const { departure } = await departing(world);
    departure.setReason('it is cordoned');
    await world.clock.advanceAsync(DRAIN_WAIT);
    world.add(peer('r2', { peerAddress: R2 }), ...serviceWithEndpoint('b', '10.20.1.2'));
    await world.clock.advanceAsync(3_600_000);
    assert.equal(world.sessions.length, 1);
  });

  it('comes back, with the peers, Services and addresses that there are by then', async () => {
    const world = await settledWorld(...oneService());
    const { departure } = await departing(world);
    departure.setReason('its Node was deleted');
    await world.clock.advanceAsync(DRAIN_WAIT);
    const [node] = smallCluster();
    world.change((store) => store.delete('Node n1'));
    await world.clock.advanceAsync(60_000);
    world.change((store) => {
      store.delete('BGPPeer r1');
      for (const raw of [peer('r2', { peerAddress: R2, dualStackAddressFamily: true })]) store.create(raw);
      for (const raw of [...serviceWithEndpoint('b', '10.20.1.2'), ...serviceWithEndpoint('c', 'fd00:20::3')])
        store.create(raw);
    });
    departure.setReason(null);
    world.change((store) => store.create({ ...node }));
    await world.clock.advanceAsync(2 * BATCH_WINDOW + CONNECT_TIME);
    assert.equal(world.router(R1).opens.length, 1);
    assert.deepEqual(world.router(R2).table, [
      PLAIN,
      '10.20.1.2/32 via 10.213.0.11',
      'fd00:20::3/128 via fd00:213::11',
    ]);
    assert.equal(world.router(R2).opens[0]?.routerId, 0x0ad5000b);
  });

  it('is nothing that the end of the process waits for twice', async () => {
    const world = await settledWorld(...oneService());
    const { departure, left } = await departing(world);
    departure.setReason('it is cordoned');
    departure.stop();
    await world.clock.advanceAsync(DRAIN_WAIT);
    assert.equal(left(), 0);
  });
});

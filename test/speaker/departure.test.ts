/** How a node goes: asked for others first, withdrawn later, and no word where a restart is bridged. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { silentLog } from '../../src/observe/log.ts';
import { Departure } from '../../src/speaker/departure.ts';
import { GATHER } from '../../src/speaker/speaker.ts';
import { peer, served } from '../announce/cluster.ts';
import { turn } from '../support/clock.ts';
import { DIAL, RETRY } from './line.ts';
import { routerOpen } from './router.ts';
import { one, quiet, R1, R2, small, World } from './world.ts';

const WAIT = 10_000;
const BYE = '6/2 "this node is leaving"';
const [PLAIN, DRAINED] = ['10.20.1.1/32 via 10.213.0.11', '10.20.1.1/32 via 10.213.0.11 graceful-shutdown'];

const graceful = (name: string, peerAddress: string) =>
  peer(name, { peerAddress, enableGracefulRestart: true });

describe('a drain (RFC 8326)', () => {
  it('tells everything again as the last resort, and takes that back', async () => {
    const world = await quiet(...one());
    world.speaker.drain(true);
    assert.deepEqual(world.router(R1).table, [DRAINED]);
    world.speaker.drain(false);
    assert.deepEqual(world.router(R1).table, [PLAIN]);
    assert.deepEqual(world.router(R1).news(), ['+10.20.1.1/32', '+10.20.1.1/32']);
  });

  it('is LOCAL_PREF 0 inside of an AS', async () => {
    const inside = peer('r1', { peerAddress: R1, myASN: 64512 });
    const world = await quiet(...small(inside), ...served('a', '10.20.1.1'));
    assert.deepEqual(world.router(R1).table, ['10.20.1.1/32 via 10.213.0.11 pref 100']);
    world.speaker.drain(true);
    assert.deepEqual(world.router(R1).table, ['10.20.1.1/32 via 10.213.0.11 pref 0 graceful-shutdown']);
  });

  it('holds for what comes in it: Services, peers, and sessions that come up again', async () => {
    const world = await quiet(...one());
    world.speaker.drain(true);
    await world.settle((store) => {
      for (const raw of [...served('b', '10.20.1.2'), peer('r2', { peerAddress: R2 })]) store.create(raw);
    });
    world.lines[0]?.lose();
    await world.clock.pass(RETRY);
    for (const at of [R1, R2])
      assert.deepEqual(world.router(at).table, [DRAINED, '10.20.1.2/32 via 10.213.0.11 graceful-shutdown']);
  });

  it('is nothing before the speaker speaks', () => {
    const world = new World(one());
    world.speaker.drain(true);
    assert.equal(world.speaker.phase, 'waiting');
  });
});

describe('the end of the process', () => {
  const stop = async (world: World, isLeaving = false): Promise<boolean> => {
    let over = false;
    void world.speaker.stop({ isLeaving, wait: WAIT }).then(() => {
      over = true;
    });
    await world.clock.pass(WAIT - 1);
    const early = over;
    await world.clock.pass(1);
    assert.ok(over);
    return early;
  };

  it('drains, waits, and then withdraws where nobody bridges it', async () => {
    const world = await quiet(...one());
    assert.equal(await stop(world), false);
    assert.deepEqual(world.router(R1).news(), ['+10.20.1.1/32', '-10.20.1.1/32', BYE]);
  });

  it('is without a word where the peer keeps the routes (RFC 4724)', async () => {
    const world = new World([...small(graceful('r1', R1)), ...served('a', '10.20.1.1')]);
    world.router(R1).open = routerOpen({ restart: true });
    await world.begin();
    world.router(R1).news();
    assert.equal(await stop(world), true);
    assert.deepEqual(world.router(R1).news(), ['lost']);
    assert.deepEqual(world.router(R1).table, [PLAIN]);
  });

  it('is each peer for itself: who bridges it is left alone until the others have been told', async () => {
    const world = new World([...small(graceful('r1', R1), graceful('r2', R2)), ...served('a', '10.20.1.1')]);
    world.router(R1).open = routerOpen({ restart: true });
    await world.begin();
    for (const at of [R1, R2]) world.router(at).news();
    assert.equal(await stop(world), false);
    assert.deepEqual(world.router(R1).news(), ['lost']);
    assert.deepEqual(world.router(R2).news(), ['+10.20.1.1/32', '-10.20.1.1/32', BYE]);
  });

  it('of a node that leaves bridges nothing, and the N bit makes it a hard reset (RFC 8538)', async () => {
    const world = new World([...small(graceful('r1', R1)), ...served('a', '10.20.1.1')]);
    world.router(R1).open = routerOpen({ restart: true, notification: true });
    await world.begin();
    world.router(R1).news();
    await stop(world, true);
    assert.deepEqual(world.router(R1).news(), ['+10.20.1.1/32', '-10.20.1.1/32', `hard reset ${BYE}`]);
    assert.deepEqual(world.router(R1).table, []);
  });

  it('waits for nobody where no session stands', async () => {
    const world = new World(one());
    world.router(R1).isUp = false;
    await world.begin();
    assert.equal(await stop(world), true);
  });

  it('lasts until the last word of a departure has been read too', async () => {
    const world = await quiet(...one());
    world.router(R1).lingers = 3000;
    void world.speaker.leave();
    let over = false;
    void world.speaker.stop({ isLeaving: true, wait: WAIT }).then(() => {
      over = true;
    });
    await world.clock.pass(2999);
    assert.equal(over, false);
    await world.clock.pass(1);
    assert.equal(over, true);
  });

  it('is the end: nothing brings it back', async () => {
    const world = await quiet(...one());
    await stop(world);
    world.speaker.comeBack();
    world.change((store) => store.delete('Service web/a'));
    await world.clock.pass(3_600_000);
    assert.deepEqual([world.router(R1).opens.length, world.speaker.phase], [1, 'left']);
  });
});

describe('a node that leaves', () => {
  const departing = async (world: World): Promise<{ departure: Departure; left: () => number }> => {
    let left = 0;
    const departure = new Departure({
      ...{ clock: world.clock, log: silentLog, wait: WAIT, speaker: world.speaker },
      left: () => {
        left += 1;
      },
    });
    await turn();
    return { departure, left: () => left };
  };

  it('asks for others, waits, and only then withdraws and hangs up', async () => {
    const world = await quiet(...one());
    const { departure, left } = await departing(world);
    departure.set('it is cordoned');
    await world.clock.pass(WAIT - 1);
    assert.deepEqual([world.router(R1).table, departure.isLeaving, left()], [[DRAINED], true, 0]);
    world.router(R1).news();
    await world.clock.pass(1);
    assert.deepEqual(world.router(R1).news(), ['-10.20.1.1/32', BYE]);
    assert.deepEqual([departure.isLeaving, left(), world.speaker.phase], [true, 1, 'left']);
  });

  it('that leaves for another reason while it leaves does not begin anew', async () => {
    const world = await quiet(...one());
    const { departure, left } = await departing(world);
    departure.set('it is cordoned');
    await world.clock.pass(WAIT / 2);
    departure.set('its Node was deleted');
    await world.clock.pass(WAIT / 2);
    assert.equal(left(), 1);
  });

  it('stays after all: what was asked for is taken back, and no session has moved', async () => {
    const world = await quiet(...one());
    const { departure } = await departing(world);
    departure.set('it is cordoned');
    await world.clock.pass(WAIT - 1);
    departure.set(null);
    await world.clock.pass(3_600_000);
    assert.deepEqual([world.router(R1).table, world.router(R1).opens.length], [[PLAIN], 1]);
    assert.equal(departure.isLeaving, false);
  });

  it('that comes back while its last words are still read has not left', async () => {
    const world = await quiet(...one());
    world.router(R1).lingers = 3000;
    const { departure, left } = await departing(world);
    departure.set('its Node was deleted');
    await world.clock.pass(WAIT + 1000);
    departure.set(null);
    await world.clock.pass(3000);
    assert.deepEqual([left(), departure.isLeaving, world.speaker.phase], [0, false, 'speaking']);
    assert.deepEqual(world.router(R1).table, [PLAIN]);
  });

  it('waits for nobody where no session stands', async () => {
    const world = new World(one());
    world.router(R1).isUp = false;
    await world.begin();
    const { departure, left } = await departing(world);
    departure.set('it is cordoned');
    await world.clock.pass(0);
    assert.equal(left(), 1);
  });

  it('dials nobody any more, whatever changes', async () => {
    const world = await quiet(...one());
    const { departure } = await departing(world);
    departure.set('it is cordoned');
    await world.clock.pass(WAIT);
    world.add(peer('r2', { peerAddress: R2 }), ...served('b', '10.20.1.2'));
    await world.clock.pass(3_600_000);
    assert.equal(world.lines.length, 1);
  });

  it('comes back, with the peers, Services and addresses that there are by then', async () => {
    const world = await quiet(...one());
    const { departure } = await departing(world);
    departure.set('its Node was deleted');
    await world.clock.pass(WAIT);
    const [node] = world.objects.nodes;
    world.change((store) => store.delete('Node n1'));
    await world.clock.pass(60_000);
    world.change((store) => {
      store.delete('BGPPeer r1');
      for (const raw of [peer('r2', { peerAddress: R2, dualStackAddressFamily: true })]) store.create(raw);
      for (const raw of [...served('b', '10.20.1.2'), ...served('c', 'fd00:20::3')]) store.create(raw);
    });
    departure.set(null);
    world.change((store) => store.create({ ...(node as Record<string, unknown>) }));
    await world.clock.pass(2 * GATHER + DIAL);
    assert.equal(world.router(R1).opens.length, 1);
    assert.deepEqual(world.router(R2).table, [
      PLAIN,
      '10.20.1.2/32 via 10.213.0.11',
      'fd00:20::3/128 via fd00:213::11',
    ]);
    assert.equal(world.router(R2).opens[0]?.routerId, 0x0ad5000b);
  });

  it('is nothing that the end of the process waits for twice', async () => {
    const world = await quiet(...one());
    const { departure, left } = await departing(world);
    departure.set('it is cordoned');
    departure.stop();
    await world.clock.pass(WAIT);
    assert.equal(left(), 0);
  });
});

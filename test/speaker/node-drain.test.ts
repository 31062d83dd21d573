/** Drain and shutdown: GRACEFUL_SHUTDOWN, then withdrawal; nothing is sent if graceful restart covers it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { silentLog } from '../../src/observe/log.ts';
import { NodeDrain } from '../../src/speaker/node-drain.ts';
import { BATCH_WINDOW } from '../../src/speaker/speaker.ts';
import { peer, serviceWithEndpoint } from '../announce/support/cluster.ts';
import { flushPromises } from '../support/fake-clock.ts';
import { routerOpen } from './support/fake-router.ts';
import { CONNECT_TIME, RETRY_TIME } from './support/fake-session.ts';
import {
  oneService,
  R1,
  R2,
  SpeakerHarness,
  settledHarness,
  smallCluster,
} from './support/speaker-harness.ts';

const DRAIN_WAIT = 10_000;
const SHUTDOWN_NOTIFICATION = '6/2 "BGP speaker shutting down"';
const [PLAIN, DRAINED] = ['10.20.1.1/32 via 10.213.0.11', '10.20.1.1/32 via 10.213.0.11 graceful-shutdown'];

const graceful = (name: string, peerAddress: string) =>
  peer(name, { peerAddress, enableGracefulRestart: true });

describe('a drain (RFC 8326)', () => {
  it('re-advertises everything with GRACEFUL_SHUTDOWN, and reverts that', async () => {
    const harness = await settledHarness(...oneService());
    harness.speaker.setDraining(true);
    assert.deepEqual(harness.router(R1).table, [DRAINED]);
    harness.speaker.setDraining(false);
    assert.deepEqual(harness.router(R1).table, [PLAIN]);
    assert.deepEqual(harness.router(R1).takeEvents(), ['+10.20.1.1/32', '+10.20.1.1/32']);
  });

  it('sets LOCAL_PREF 0 over iBGP', async () => {
    const inside = peer('r1', { peerAddress: R1, myASN: 64512 });
    const harness = await settledHarness(...smallCluster(inside), ...serviceWithEndpoint('a', '10.20.1.1'));
    assert.deepEqual(harness.router(R1).table, ['10.20.1.1/32 via 10.213.0.11 pref 100']);
    harness.speaker.setDraining(true);
    assert.deepEqual(harness.router(R1).table, ['10.20.1.1/32 via 10.213.0.11 pref 0 graceful-shutdown']);
  });

  it('covers Services, peers and sessions that are added meanwhile', async () => {
    const harness = await settledHarness(...oneService());
    harness.speaker.setDraining(true);
    await harness.changeAndSettle((store) => {
      for (const raw of [...serviceWithEndpoint('b', '10.20.1.2'), peer('r2', { peerAddress: R2 })])
        store.create(raw);
    });
    harness.sessions[0]?.lose();
    await harness.clock.advanceAsync(RETRY_TIME);
    for (const at of [R1, R2])
      assert.deepEqual(harness.router(at).table, [DRAINED, '10.20.1.2/32 via 10.213.0.11 graceful-shutdown']);
  });

  it('has no effect before the speaker has started', () => {
    const harness = new SpeakerHarness(oneService());
    harness.speaker.setDraining(true);
    assert.equal(harness.speaker.phase, 'waiting');
  });
});

describe('a stop of the process', () => {
  const stop = async (harness: SpeakerHarness, isDraining = false): Promise<boolean> => {
    let isDone = false;
    void harness.speaker.stop({ isDraining, wait: DRAIN_WAIT }).then(() => {
      isDone = true;
    });
    await harness.clock.advanceAsync(DRAIN_WAIT - 1);
    const early = isDone;
    await harness.clock.advanceAsync(1);
    assert.ok(isDone);
    return early;
  };

  it('drains, waits, and then withdraws without graceful restart', async () => {
    const harness = await settledHarness(...oneService());
    assert.equal(await stop(harness), false);
    assert.deepEqual(harness.router(R1).takeEvents(), [
      '+10.20.1.1/32',
      '-10.20.1.1/32',
      SHUTDOWN_NOTIFICATION,
    ]);
  });

  it('sends nothing to a peer that retains the routes (RFC 4724)', async () => {
    const harness = new SpeakerHarness([
      ...smallCluster(graceful('r1', R1)),
      ...serviceWithEndpoint('a', '10.20.1.1'),
    ]);
    harness.router(R1).open = routerOpen({ restart: true });
    await harness.start();
    harness.router(R1).takeEvents();
    assert.equal(await stop(harness), true);
    assert.deepEqual(harness.router(R1).takeEvents(), ['lost']);
    assert.deepEqual(harness.router(R1).table, [PLAIN]);
  });

  it('treats each peer separately: one with graceful restart gets nothing while others are drained', async () => {
    const harness = new SpeakerHarness([
      ...smallCluster(graceful('r1', R1), graceful('r2', R2)),
      ...serviceWithEndpoint('a', '10.20.1.1'),
    ]);
    harness.router(R1).open = routerOpen({ restart: true });
    await harness.start();
    for (const at of [R1, R2]) harness.router(at).takeEvents();
    assert.equal(await stop(harness), false);
    assert.deepEqual(harness.router(R1).takeEvents(), ['lost']);
    assert.deepEqual(harness.router(R2).takeEvents(), [
      '+10.20.1.1/32',
      '-10.20.1.1/32',
      SHUTDOWN_NOTIFICATION,
    ]);
  });

  it('of a draining node uses no graceful restart, and with the N bit a hard reset (RFC 8538)', async () => {
    const harness = new SpeakerHarness([
      ...smallCluster(graceful('r1', R1)),
      ...serviceWithEndpoint('a', '10.20.1.1'),
    ]);
    harness.router(R1).open = routerOpen({ restart: true, notification: true });
    await harness.start();
    harness.router(R1).takeEvents();
    await stop(harness, true);
    assert.deepEqual(harness.router(R1).takeEvents(), [
      '+10.20.1.1/32',
      '-10.20.1.1/32',
      `hard reset ${SHUTDOWN_NOTIFICATION}`,
    ]);
    assert.deepEqual(harness.router(R1).table, []);
  });

  it('waits for nobody where no session stands', async () => {
    const harness = new SpeakerHarness(oneService());
    harness.router(R1).acceptsSessions = false;
    await harness.start();
    assert.equal(await stop(harness), true);
  });

  it('waits until the sessions closed by a drain are closed too', async () => {
    const harness = await settledHarness(...oneService());
    harness.router(R1).lingerMs = 3000;
    void harness.speaker.shutDown();
    let isDone = false;
    void harness.speaker.stop({ isDraining: true, wait: DRAIN_WAIT }).then(() => {
      isDone = true;
    });
    await harness.clock.advanceAsync(2999);
    assert.equal(isDone, false);
    await harness.clock.advanceAsync(1);
    assert.equal(isDone, true);
  });

  it('is final: no session is opened afterwards', async () => {
    const harness = await settledHarness(...oneService());
    await stop(harness);
    harness.speaker.resume();
    harness.change((store) => store.delete('Service web/a'));
    await harness.clock.advanceAsync(3_600_000);
    assert.deepEqual([harness.router(R1).opens.length, harness.speaker.phase], [1, 'left']);
  });
});

describe('a node that drains', () => {
  const createDrain = async (
    harness: SpeakerHarness,
  ): Promise<{ drain: NodeDrain; drainedCount: () => number }> => {
    let drainedCount = 0;
    const drain = new NodeDrain({
      ...{ clock: harness.clock, log: silentLog, wait: DRAIN_WAIT, speaker: harness.speaker },
      drained: () => {
        drainedCount += 1;
      },
    });
    await flushPromises();
    return { drain, drainedCount: () => drainedCount };
  };

  it('advertises GRACEFUL_SHUTDOWN, waits, and then withdraws and closes its sessions', async () => {
    const harness = await settledHarness(...oneService());
    const { drain, drainedCount } = await createDrain(harness);
    drain.setReason('it is cordoned');
    await harness.clock.advanceAsync(DRAIN_WAIT - 1);
    assert.deepEqual([harness.router(R1).table, drain.isDraining, drainedCount()], [[DRAINED], true, 0]);
    harness.router(R1).takeEvents();
    await harness.clock.advanceAsync(1);
    assert.deepEqual(harness.router(R1).takeEvents(), ['-10.20.1.1/32', SHUTDOWN_NOTIFICATION]);
    assert.deepEqual([drain.isDraining, drainedCount(), harness.speaker.phase], [true, 1, 'left']);
  });

  it('for another reason meanwhile does not start over', async () => {
    const harness = await settledHarness(...oneService());
    const { drain, drainedCount } = await createDrain(harness);
    drain.setReason('it is cordoned');
    await harness.clock.advanceAsync(DRAIN_WAIT / 2);
    drain.setReason('its Node was deleted');
    await harness.clock.advanceAsync(DRAIN_WAIT / 2);
    assert.equal(drainedCount(), 1);
  });

  it('can be cancelled: the routes are as before, and no session was closed', async () => {
    const harness = await settledHarness(...oneService());
    const { drain } = await createDrain(harness);
    drain.setReason('it is cordoned');
    await harness.clock.advanceAsync(DRAIN_WAIT - 1);
    drain.setReason(null);
    await harness.clock.advanceAsync(3_600_000);
    assert.deepEqual([harness.router(R1).table, harness.router(R1).opens.length], [[PLAIN], 1]);
    assert.equal(drain.isDraining, false);
  });

  it('can be cancelled while its sessions are closing', async () => {
    const harness = await settledHarness(...oneService());
    harness.router(R1).lingerMs = 3000;
    const { drain, drainedCount } = await createDrain(harness);
    drain.setReason('its Node was deleted');
    await harness.clock.advanceAsync(DRAIN_WAIT + 1000);
    drain.setReason(null);
    await harness.clock.advanceAsync(3000);
    assert.deepEqual([drainedCount(), drain.isDraining, harness.speaker.phase], [0, false, 'speaking']);
    assert.deepEqual(harness.router(R1).table, [PLAIN]);
  });

  it('is drained once where it was cancelled while its sessions were closing, and drained again', async () => {
    const harness = await settledHarness(...oneService());
    harness.router(R1).lingerMs = 3000;
    const { drain, drainedCount } = await createDrain(harness);
    drain.setReason('it is cordoned');
    await harness.clock.advanceAsync(DRAIN_WAIT + 1000);
    drain.setReason(null);
    drain.setReason('its Node was deleted');
    await harness.clock.advanceAsync(3000);
    assert.deepEqual([drainedCount(), drain.isDraining, harness.speaker.phase], [1, true, 'left']);
  });

  it('waits for nobody where no session stands', async () => {
    const harness = new SpeakerHarness(oneService());
    harness.router(R1).acceptsSessions = false;
    await harness.start();
    const { drain, drainedCount } = await createDrain(harness);
    drain.setReason('it is cordoned');
    await harness.clock.advanceAsync(0);
    assert.equal(drainedCount(), 1);
  });

  it('opens no session once drained', async () => {
    const harness = await settledHarness(...oneService());
    const { drain } = await createDrain(harness);
    drain.setReason('it is cordoned');
    await harness.clock.advanceAsync(DRAIN_WAIT);
    harness.add(peer('r2', { peerAddress: R2 }), ...serviceWithEndpoint('b', '10.20.1.2'));
    await harness.clock.advanceAsync(3_600_000);
    assert.equal(harness.sessions.length, 1);
  });

  it('resumes with the current peers, Services and addresses', async () => {
    const harness = await settledHarness(...oneService());
    const { drain } = await createDrain(harness);
    drain.setReason('its Node was deleted');
    await harness.clock.advanceAsync(DRAIN_WAIT);
    const [node] = smallCluster();
    harness.change((store) => store.delete('Node n1'));
    await harness.clock.advanceAsync(60_000);
    harness.change((store) => {
      store.delete('BGPPeer r1');
      for (const raw of [peer('r2', { peerAddress: R2, dualStackAddressFamily: true })]) store.create(raw);
      for (const raw of [...serviceWithEndpoint('b', '10.20.1.2'), ...serviceWithEndpoint('c', 'fd00:20::3')])
        store.create(raw);
    });
    drain.setReason(null);
    harness.change((store) => store.create({ ...node }));
    await harness.clock.advanceAsync(2 * BATCH_WINDOW + CONNECT_TIME);
    assert.equal(harness.router(R1).opens.length, 1);
    assert.deepEqual(harness.router(R2).table, [
      PLAIN,
      '10.20.1.2/32 via 10.213.0.11',
      'fd00:20::3/128 via fd00:213::11',
    ]);
    assert.equal(harness.router(R2).opens[0]?.routerId, 0x0ad5000b);
  });

  it('does not continue after stop', async () => {
    const harness = await settledHarness(...oneService());
    const { drain, drainedCount } = await createDrain(harness);
    drain.setReason('it is cordoned');
    drain.stop();
    await harness.clock.advanceAsync(DRAIN_WAIT);
    assert.equal(drainedCount(), 0);
  });
});

/** Which UPDATEs peers receive when the cluster changes, and when. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CEASE } from '../../src/bgp/wire/codes.ts';
import { BATCH_WINDOW } from '../../src/speaker/speaker.ts';
import { peer, serviceWithEndpoint } from '../announce/support/cluster.ts';
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

const twoPeers = (): readonly ReturnType<typeof peer>[] => [
  peer('r1', { peerAddress: R1 }),
  peer('r2', { peerAddress: R2 }),
];

describe('the start', () => {
  it('opens no session before the informers have synced', async () => {
    const harness = new SpeakerHarness(oneService());
    harness.add(...serviceWithEndpoint('b', '10.20.1.2'));
    await harness.clock.advanceAsync(3_600_000);
    assert.deepEqual([harness.sessions, harness.changes], [[], []]);
    await harness.start();
    assert.deepEqual(harness.router(R1).takeEvents(), ['end 6', '+10.20.1.1/32', '+10.20.1.2/32', 'end 4']);
  });

  it('sets the R bit in the first OPEN, and not in those of later sessions', async () => {
    const graceful = { enableGracefulRestart: true };
    const harness = await settledHarness(...smallCluster(peer('r1', { peerAddress: R1, ...graceful })));
    harness.add(peer('r2', { peerAddress: R2, ...graceful }));
    harness.sessions[0]?.lose();
    await harness.clock.advanceAsync(2 * RETRY_TIME);
    const restarting = [R1, R2].map((at) =>
      harness
        .router(at)
        .opens.map(({ capabilities }) =>
          capabilities.map((one) => one.kind === 'graceful-restart' && one.restarting).includes(true),
        ),
    );
    assert.deepEqual(restarting, [[true, false], [false]]);
  });

  it('sends End-of-RIB to a peer without routes', async () => {
    const harness = await new SpeakerHarness(smallCluster(...twoPeers())).start();
    assert.deepEqual(harness.router(R1).takeEvents(), ['end 4']);
  });

  it('sends each peer the current routes when its session is established', async () => {
    const harness = new SpeakerHarness(oneService());
    const router = harness.router(R1);
    router.acceptsSessions = false;
    await harness.start();
    await harness.changeAndSettle((store) => store.delete('Service web/a'));
    await harness.changeAndSettle((store) => {
      for (const raw of serviceWithEndpoint('b', '10.20.1.2')) store.create(raw);
    });
    router.acceptsSessions = true;
    await harness.clock.advanceAsync(RETRY_TIME);
    assert.deepEqual(router.takeEvents(), ['end 6', '+10.20.1.2/32', 'end 4']);
    assert.ok(harness.reports.includes('r1 failed'));
  });
});

describe('a change', () => {
  it('of one Service is sent at once if no other came shortly before', async () => {
    const harness = await settledHarness(...oneService());
    await harness.clock.advanceAsync(BATCH_WINDOW);
    harness.add(...serviceWithEndpoint('b', '10.20.1.2'));
    harness.clock.advance(0);
    assert.deepEqual(harness.router(R1).takeEvents(), ['+10.20.1.2/32']);
  });

  it('soon after another waits for the batch window, and is sent together with the others', async () => {
    const harness = await settledHarness(...oneService());
    await harness.clock.advanceAsync(BATCH_WINDOW);
    const reconciles = harness.changes.length;
    for (const last of [2, 3, 4, 5]) {
      harness.add(...serviceWithEndpoint(`s${last}`, `10.20.1.${last}`));
      harness.clock.advance(1);
    }
    assert.deepEqual(harness.router(R1).takeEvents(), ['+10.20.1.2/32']);
    harness.clock.advance(BATCH_WINDOW - 4);
    assert.deepEqual(harness.router(R1).takeEvents(), ['+10.20.1.3/32', '+10.20.1.4/32', '+10.20.1.5/32']);
    assert.equal(harness.changes.length - reconciles, 2);
  });

  it('is not delayed by later ones: during constant changes there is one reconcile each batch window', async () => {
    const harness = await settledHarness(...oneService());
    const reconciles = harness.changes.length;
    for (let at = 0; at < 100 * BATCH_WINDOW; at++) {
      harness.change((store) => store.patch('Service web/a', { metadata: { labels: { at: `${at}` } } }));
      harness.clock.advance(1);
    }
    const taken = harness.changes.length - reconciles;
    assert.ok(taken >= 99 && taken <= 101, `${taken}`);
  });

  it('that is reverted within the batch window is never sent', async () => {
    const harness = await settledHarness(...oneService());
    await harness.changeAndSettle((store) => store.delete('Service web/a'));
    harness.change((store) => {
      for (const raw of serviceWithEndpoint('a', '10.20.1.1')) store.create(raw);
      store.delete('Service web/a');
    });
    await harness.clock.advanceAsync(BATCH_WINDOW);
    assert.deepEqual(harness.router(R1).takeEvents(), ['-10.20.1.1/32']);
  });

  it('of path attributes replaces the route, at the affected peers only', async () => {
    const harness = await settledHarness(
      ...smallCluster(...twoPeers()),
      ...serviceWithEndpoint('a', '10.20.1.1'),
    );
    await harness.changeAndSettle((store) =>
      store.patch('BGPAdvertisement all', { spec: { communities: ['64500:7'], peers: ['r2'] } }),
    );
    assert.deepEqual(harness.router(R1).takeEvents(), ['-10.20.1.1/32']);
    assert.deepEqual(harness.router(R2).takeEvents(), ['+10.20.1.1/32']);
    assert.deepEqual(harness.router(R2).table, ['10.20.1.1/32 via 10.213.0.11 64500:7']);
  });

  it('is needed for any UPDATE: without an API server an hour passes without one', async () => {
    const harness = await settledHarness(...oneService());
    const reconciles = harness.changes.length;
    await harness.clock.advanceAsync(3_600_000);
    assert.deepEqual([harness.router(R1).takeEvents(), harness.changes.length], [[], reconciles]);
    assert.deepEqual(harness.router(R1).table, ['10.20.1.1/32 via 10.213.0.11']);
  });

  it('of the wall clock has no effect', async () => {
    const harness = await settledHarness(...oneService());
    for (const jump of [86_400_000, -2 * 86_400_000]) {
      harness.clock.jumpWall(jump);
      harness.add(...serviceWithEndpoint(`b${jump}`, jump > 0 ? '10.20.1.2' : '10.20.1.3'));
      await harness.clock.advanceAsync(2 * BATCH_WINDOW);
    }
    assert.deepEqual(harness.router(R1).takeEvents(), ['+10.20.1.2/32', '+10.20.1.3/32']);
  });
});

describe('a peer', () => {
  it('that is added gets all routes; the others get nothing', async () => {
    const harness = await settledHarness(...oneService());
    await harness.changeAndSettle((store) => store.create(peer('r2', { peerAddress: R2 })));
    assert.deepEqual(harness.router(R2).takeEvents(), ['+10.20.1.1/32', 'end 4']);
    assert.deepEqual([harness.router(R1).takeEvents(), harness.router(R1).opens.length], [[], 1]);
  });

  it('that is deleted gets withdrawals and a Cease, and no new session', async () => {
    const harness = await settledHarness(
      ...smallCluster(...twoPeers()),
      ...serviceWithEndpoint('a', '10.20.1.1'),
    );
    await harness.changeAndSettle((store) => store.delete('BGPPeer r1'));
    const noCommunication = '""';
    assert.deepEqual(harness.router(R1).takeEvents(), [
      '-10.20.1.1/32',
      `6/${CEASE.peerDeconfigured} ${noCommunication}`,
    ]);
    await harness.clock.advanceAsync(3_600_000);
    assert.deepEqual([harness.router(R1).opens.length, [...harness.speaker.neighbours.keys()]], [1, ['r2']]);
    assert.deepEqual(harness.router(R2).takeEvents(), []);
  });

  it('that is deleted is reported as removed after its last state change, so that its series end', async () => {
    const harness = await settledHarness(...oneService());
    await harness.changeAndSettle((store) => store.delete('BGPPeer r1'));
    assert.deepEqual(harness.reports.slice(-2), ['r1 Idle', 'r1 removed']);
  });

  it('that no longer selects the node is removed', async () => {
    const harness = await settledHarness(...oneService());
    const nodeSelectors = [{ matchLabels: { zone: 'elsewhere' } }];
    await harness.changeAndSettle((store) => store.patch('BGPPeer r1', { spec: { nodeSelectors } }));
    assert.match(harness.router(R1).takeEvents().at(-1) ?? '', /^6\/3/);
  });

  it('that is changed gets a Cease, and a new session with the new settings', async () => {
    const harness = await settledHarness(...oneService());
    await harness.changeAndSettle((store) => store.patch('BGPPeer r1', { spec: { holdTime: '30s' } }));
    const [cease, ...rest] = harness.router(R1).takeEvents();
    assert.equal(cease, `6/${CEASE.otherConfigurationChange} ""`);
    assert.deepEqual(rest, ['end 6', '+10.20.1.1/32', 'end 4']);
    assert.deepEqual(
      harness.router(R1).opens.map(({ holdTime }) => holdTime),
      [90, 30],
    );
  });

  it('keeps its session if a changed field does not affect it', async () => {
    const harness = await settledHarness(...oneService());
    const nodeSelectors = [{ matchExpressions: [{ key: 'zone', operator: 'DoesNotExist' }] }];
    await harness.changeAndSettle((store) => store.patch('BGPPeer r1', { spec: { nodeSelectors } }));
    assert.deepEqual([harness.router(R1).takeEvents(), harness.sessions.length], [[], 1]);
  });

  it('that is changed to another router is removed from the old one', async () => {
    const harness = await settledHarness(...oneService());
    await harness.changeAndSettle((store) => store.patch('BGPPeer r1', { spec: { peerAddress: R2 } }));
    assert.deepEqual(harness.router(R1).takeEvents(), ['-10.20.1.1/32', '6/3 ""']);
    assert.deepEqual(harness.router(R2).takeEvents(), ['end 6', '+10.20.1.1/32', 'end 4']);
  });

  const testWaits = async (
    title: string,
    changes: readonly ((harness: SpeakerHarness) => Promise<void>)[],
  ): Promise<void> =>
    it(`gets a new connection only once the previous one is closed: ${title}`, async () => {
      const harness = await settledHarness(...oneService());
      const router = harness.router(R1);
      router.lingerMs = 3000;
      for (const change of changes) await change(harness);
      await harness.clock.advanceAsync(2900);
      assert.equal(router.opens.length, 1);
      await harness.clock.advanceAsync(200 + CONNECT_TIME);
      assert.equal(router.opens.length, 2);
      assert.deepEqual(router.table, ['10.20.1.1/32 via 10.213.0.11']);
    });
  const setHoldTime = (holdTime: string) => (harness: SpeakerHarness) =>
    harness.changeAndSettle((store) => store.patch('BGPPeer r1', { spec: { holdTime } }));
  const recreate = (name: string) => (harness: SpeakerHarness) =>
    harness.changeAndSettle((store) =>
      store.create(peer(name, { peerAddress: R1, dualStackAddressFamily: true })),
    );
  const remove = (harness: SpeakerHarness) => harness.changeAndSettle((store) => store.delete('BGPPeer r1'));
  testWaits('changed', [setHoldTime('30s')]);
  testWaits('changed twice', [setHoldTime('30s'), setHoldTime('60s')]);
  testWaits('deleted and recreated', [remove, recreate('r1')]);
  testWaits('deleted and recreated with another name', [remove, recreate('other')]);
  testWaits('drained, and resumed at once', [
    async (harness) => {
      void harness.speaker.shutDown();
      harness.speaker.resume();
      await harness.clock.advanceAsync(0);
    },
  ]);
});

describe('the families of a session', () => {
  it('are those that both sides offer: routes of others are not sent', async () => {
    const harness = new SpeakerHarness([...oneService(), ...serviceWithEndpoint('b', 'fd00:20::1')]);
    harness.router(R1).open = routerOpen({ families: [4] });
    await harness.start();
    assert.deepEqual(harness.router(R1).takeEvents(), ['+10.20.1.1/32', 'end 4']);
    assert.equal(harness.speaker.neighbours.get('r1')?.rib.counts(6).notCarried, 1);
  });

  it('may be none: the session fails, and other peers are unaffected', async () => {
    const harness = new SpeakerHarness([
      ...smallCluster(...twoPeers()),
      ...serviceWithEndpoint('a', '10.20.1.1'),
    ]);
    harness.router(R1).open = routerOpen({ families: [6] });
    await harness.start();
    assert.deepEqual([harness.router(R1).events, harness.router(R2).table.length], [[], 1]);
  });
});

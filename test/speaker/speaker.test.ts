/** What peers hear of a cluster that changes, and when. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CEASE } from '../../src/bgp/wire/codes.ts';
import { BATCH_WINDOW } from '../../src/speaker/speaker.ts';
import { peer, serviceWithEndpoint } from '../announce/support/cluster.ts';
import { routerOpen } from './support/fake-router.ts';
import { CONNECT_TIME, RETRY_TIME } from './support/fake-session.ts';
import { oneService, R1, R2, SpeakerWorld, settledWorld, smallCluster } from './support/speaker-world.ts';

const twoPeers = (): readonly ReturnType<typeof peer>[] => [
  peer('r1', { peerAddress: R1 }),
  peer('r2', { peerAddress: R2 }),
];

describe('the beginning', () => {
  it('waits for the whole picture: until then nobody is dialled', async () => {
    const world = new SpeakerWorld(oneService());
    world.add(...serviceWithEndpoint('b', '10.20.1.2'));
    await world.clock.advanceAsync(3_600_000);
    assert.deepEqual([world.sessions, world.changes], [[], []]);
    await world.start();
    assert.deepEqual(world.router(R1).takeEvents(), ['end 6', '+10.20.1.1/32', '+10.20.1.2/32', 'end 4']);
  });

  it('says in the OPEN that it follows another process; sessions that come later do not', async () => {
    const graceful = { enableGracefulRestart: true };
    const world = await settledWorld(...smallCluster(peer('r1', { peerAddress: R1, ...graceful })));
    world.add(peer('r2', { peerAddress: R2, ...graceful }));
    world.sessions[0]?.lose();
    await world.clock.advanceAsync(2 * RETRY_TIME);
    const restarting = [R1, R2].map((at) =>
      world
        .router(at)
        .opens.map(({ capabilities }) =>
          capabilities.map((one) => one.kind === 'graceful-restart' && one.restarting).includes(true),
        ),
    );
    assert.deepEqual(restarting, [[true, false], [false]]);
  });

  it('has End-of-RIB for a peer that nothing is announced to', async () => {
    const world = await new SpeakerWorld(smallCluster(...twoPeers())).start();
    assert.deepEqual(world.router(R1).takeEvents(), ['end 4']);
  });

  it('goes to each peer when it comes up, with what is true then', async () => {
    const world = new SpeakerWorld(oneService());
    const router = world.router(R1);
    router.acceptsSessions = false;
    await world.start();
    await world.changeAndSettle((store) => store.delete('Service web/a'));
    await world.changeAndSettle((store) => {
      for (const raw of serviceWithEndpoint('b', '10.20.1.2')) store.create(raw);
    });
    router.acceptsSessions = true;
    await world.clock.advanceAsync(RETRY_TIME);
    assert.deepEqual(router.takeEvents(), ['end 6', '+10.20.1.2/32', 'end 4']);
    assert.ok(world.reports.includes('r1 missed'));
  });
});

describe('a change', () => {
  it('of one Service goes out at once when nothing came before it', async () => {
    const world = await settledWorld(...oneService());
    await world.clock.advanceAsync(BATCH_WINDOW);
    world.add(...serviceWithEndpoint('b', '10.20.1.2'));
    world.clock.advance(0);
    assert.deepEqual(world.router(R1).takeEvents(), ['+10.20.1.2/32']);
  });

  it('that comes soon after another waits until GATHER has gone by, and goes with all others', async () => {
    const world = await settledWorld(...oneService());
    await world.clock.advanceAsync(BATCH_WINDOW);
    const looks = world.changes.length;
    for (const last of [2, 3, 4, 5]) {
      world.add(...serviceWithEndpoint(`s${last}`, `10.20.1.${last}`));
      world.clock.advance(1);
    }
    assert.deepEqual(world.router(R1).takeEvents(), ['+10.20.1.2/32']);
    world.clock.advance(BATCH_WINDOW - 4);
    assert.deepEqual(world.router(R1).takeEvents(), ['+10.20.1.3/32', '+10.20.1.4/32', '+10.20.1.5/32']);
    assert.equal(world.changes.length - looks, 2);
  });

  it('is not put off by those that follow: in a storm there is a look every GATHER', async () => {
    const world = await settledWorld(...oneService());
    const looks = world.changes.length;
    for (let at = 0; at < 100 * BATCH_WINDOW; at++) {
      world.change((store) => store.patch('Service web/a', { metadata: { labels: { at: `${at}` } } }));
      world.clock.advance(1);
    }
    const taken = world.changes.length - looks;
    assert.ok(taken >= 99 && taken <= 101, `${taken}`);
  });

  it('that was taken back within GATHER is heard by nobody', async () => {
    const world = await settledWorld(...oneService());
    await world.changeAndSettle((store) => store.delete('Service web/a'));
    world.change((store) => {
      for (const raw of serviceWithEndpoint('a', '10.20.1.1')) store.create(raw);
      store.delete('Service web/a');
    });
    await world.clock.advanceAsync(BATCH_WINDOW);
    assert.deepEqual(world.router(R1).takeEvents(), ['-10.20.1.1/32']);
  });

  it('of what is said of a prefix announces it over itself, to those alone that hear it otherwise', async () => {
    const world = await settledWorld(
      ...smallCluster(...twoPeers()),
      ...serviceWithEndpoint('a', '10.20.1.1'),
    );
    await world.changeAndSettle((store) =>
      store.patch('BGPAdvertisement all', { spec: { communities: ['64500:7'], peers: ['r2'] } }),
    );
    assert.deepEqual(world.router(R1).takeEvents(), ['-10.20.1.1/32']);
    assert.deepEqual(world.router(R2).takeEvents(), ['+10.20.1.1/32']);
    assert.deepEqual(world.router(R2).table, ['10.20.1.1/32 via 10.213.0.11 64500:7']);
  });

  it('that nobody tells of is none: without an API server an hour goes by and nothing is said', async () => {
    const world = await settledWorld(...oneService());
    const looks = world.changes.length;
    await world.clock.advanceAsync(3_600_000);
    assert.deepEqual([world.router(R1).takeEvents(), world.changes.length], [[], looks]);
    assert.deepEqual(world.router(R1).table, ['10.20.1.1/32 via 10.213.0.11']);
  });

  it('of the calendar is none either', async () => {
    const world = await settledWorld(...oneService());
    for (const jump of [86_400_000, -2 * 86_400_000]) {
      world.clock.jumpWall(jump);
      world.add(...serviceWithEndpoint(`b${jump}`, jump > 0 ? '10.20.1.2' : '10.20.1.3'));
      await world.clock.advanceAsync(2 * BATCH_WINDOW);
    }
    assert.deepEqual(world.router(R1).takeEvents(), ['+10.20.1.2/32', '+10.20.1.3/32']);
  });
});

describe('a peer', () => {
  it('that is added is dialled and told everything; the others hear nothing', async () => {
    const world = await settledWorld(...oneService());
    await world.changeAndSettle((store) => store.create(peer('r2', { peerAddress: R2 })));
    assert.deepEqual(world.router(R2).takeEvents(), ['+10.20.1.1/32', 'end 4']);
    assert.deepEqual([world.router(R1).takeEvents(), world.router(R1).opens.length], [[], 1]);
  });

  it('that is deleted hears withdrawals and why, and is not dialled again', async () => {
    const world = await settledWorld(
      ...smallCluster(...twoPeers()),
      ...serviceWithEndpoint('a', '10.20.1.1'),
    );
    await world.changeAndSettle((store) => store.delete('BGPPeer r1'));
    const why = '""';
    assert.deepEqual(world.router(R1).takeEvents(), ['-10.20.1.1/32', `6/${CEASE.peerDeconfigured} ${why}`]);
    await world.clock.advanceAsync(3_600_000);
    assert.deepEqual([world.router(R1).opens.length, [...world.speaker.neighbours.keys()]], [1, ['r2']]);
    assert.deepEqual(world.router(R2).takeEvents(), []);
  });

  it('that is deleted is no more behind its last change of state: what counts it is gone then', async () => {
    const world = await settledWorld(...oneService());
    await world.changeAndSettle((store) => store.delete('BGPPeer r1'));
    assert.deepEqual(world.reports.slice(-2), ['r1 Idle', 'r1 ended']);
  });

  it('that no longer selects the node is deleted for it', async () => {
    const world = await settledWorld(...oneService());
    const nodeSelectors = [{ matchLabels: { zone: 'elsewhere' } }];
    await world.changeAndSettle((store) => store.patch('BGPPeer r1', { spec: { nodeSelectors } }));
    assert.match(world.router(R1).takeEvents().at(-1) ?? '', /^6\/3/);
  });

  it('that is changed hears that it was, and is dialled anew with what it says now', async () => {
    const world = await settledWorld(...oneService());
    await world.changeAndSettle((store) => store.patch('BGPPeer r1', { spec: { holdTime: '30s' } }));
    const [bye, ...rest] = world.router(R1).takeEvents();
    assert.equal(bye, `6/${CEASE.otherConfigurationChange} ""`);
    assert.deepEqual(rest, ['end 6', '+10.20.1.1/32', 'end 4']);
    assert.deepEqual(
      world.router(R1).opens.map(({ holdTime }) => holdTime),
      [90, 30],
    );
  });

  it('that is changed in what no session depends on is left alone', async () => {
    const world = await settledWorld(...oneService());
    const nodeSelectors = [{ matchExpressions: [{ key: 'zone', operator: 'DoesNotExist' }] }];
    await world.changeAndSettle((store) => store.patch('BGPPeer r1', { spec: { nodeSelectors } }));
    assert.deepEqual([world.router(R1).takeEvents(), world.sessions.length], [[], 1]);
  });

  it('that means another router now leaves the old one for good', async () => {
    const world = await settledWorld(...oneService());
    await world.changeAndSettle((store) => store.patch('BGPPeer r1', { spec: { peerAddress: R2 } }));
    assert.deepEqual(world.router(R1).takeEvents(), ['-10.20.1.1/32', '6/3 ""']);
    assert.deepEqual(world.router(R2).takeEvents(), ['end 6', '+10.20.1.1/32', 'end 4']);
  });

  const waits = async (
    what: string,
    changes: readonly ((world: SpeakerWorld) => Promise<void>)[],
  ): Promise<void> =>
    it(`is dialled again only when nothing is left of the connection before: ${what}`, async () => {
      const world = await settledWorld(...oneService());
      const router = world.router(R1);
      router.lingerMs = 3000;
      for (const change of changes) await change(world);
      await world.clock.advanceAsync(2900);
      assert.equal(router.opens.length, 1);
      await world.clock.advanceAsync(200 + CONNECT_TIME);
      assert.equal(router.opens.length, 2);
      assert.deepEqual(router.table, ['10.20.1.1/32 via 10.213.0.11']);
    });
  const hold = (holdTime: string) => (world: SpeakerWorld) =>
    world.changeAndSettle((store) => store.patch('BGPPeer r1', { spec: { holdTime } }));
  const again = (name: string) => (world: SpeakerWorld) =>
    world.changeAndSettle((store) =>
      store.create(peer(name, { peerAddress: R1, dualStackAddressFamily: true })),
    );
  const gone = (world: SpeakerWorld) => world.changeAndSettle((store) => store.delete('BGPPeer r1'));
  waits('changed', [hold('30s')]);
  waits('changed twice', [hold('30s'), hold('60s')]);
  waits('deleted and made again', [gone, again('r1')]);
  waits('deleted and made again by another name', [gone, again('other')]);
  waits('left, and back at once', [
    async (world) => {
      void world.speaker.shutDown();
      world.speaker.resume();
      await world.clock.advanceAsync(0);
    },
  ]);
});

describe('what the session carries', () => {
  it('is what both offer: of another family nothing is said', async () => {
    const world = new SpeakerWorld([...oneService(), ...serviceWithEndpoint('b', 'fd00:20::1')]);
    world.router(R1).open = routerOpen({ families: [4] });
    await world.start();
    assert.deepEqual(world.router(R1).takeEvents(), ['+10.20.1.1/32', 'end 4']);
    assert.equal(world.speaker.neighbours.get('r1')?.rib.counts(6).notCarried, 1);
  });

  it('is nothing where no family is: the session does not come up, and the others are told', async () => {
    const world = new SpeakerWorld([
      ...smallCluster(...twoPeers()),
      ...serviceWithEndpoint('a', '10.20.1.1'),
    ]);
    world.router(R1).open = routerOpen({ families: [6] });
    await world.start();
    assert.deepEqual([world.router(R1).events, world.router(R2).table.length], [[], 1]);
  });
});

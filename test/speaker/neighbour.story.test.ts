/** What becomes of the routes when a session ends and another one with the same router follows (RFC 4724, RFC 8538). */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SimulatedObjectStore } from '../../src/announce/simulator/object-store.ts';
import { peer, serviceWithEndpoint } from '../announce/support/cluster.ts';
import { routerOpen } from './support/fake-router.ts';
import { R1, SpeakerWorld, smallCluster } from './support/speaker-world.ts';

type RestartBits = { readonly restart: boolean; readonly notification: boolean };
type Row = readonly [
  what: string,
  bits: RestartBits,
  change: (store: SimulatedObjectStore) => void,
  hears: readonly string[],
  stays: boolean,
];

const [NONE, PLAIN, NOTIFICATION_BIT] = [
  { restart: false, notification: false },
  { restart: true, notification: false },
  { restart: true, notification: true },
];

const changeHoldTime = (store: SimulatedObjectStore): void =>
  store.patch('BGPPeer r1', { spec: { holdTime: '30s' } });
const deletePeer = (store: SimulatedObjectStore): void => store.delete('BGPPeer r1');
const changeSourceAddress = (store: SimulatedObjectStore): void =>
  store.patch('BGPPeer r1', { spec: { sourceAddress: '10.213.0.12' } });

const CONFIG_CHANGED = '6/6 ""';
const DECONFIGURED = '6/3 ""';
const SOURCE_CHANGED = '6/3 ""';

describe('the routes of a peer', () => {
  const rows: readonly Row[] = [
    ['go when it is changed, and it bridges nothing', NONE, changeHoldTime, [CONFIG_CHANGED], false],
    ['stay when it is changed: no word is said that would end that', PLAIN, changeHoldTime, ['lost'], true],
    [
      'stay when it is changed, over a word where it has the N bit',
      NOTIFICATION_BIT,
      changeHoldTime,
      [CONFIG_CHANGED],
      true,
    ],
    ['go when it is deleted', NONE, deletePeer, ['-10.20.1.1/32', DECONFIGURED], false],
    [
      'go when it is deleted, though it bridges restarts',
      PLAIN,
      deletePeer,
      ['-10.20.1.1/32', DECONFIGURED],
      false,
    ],
    [
      'go when it is deleted, and nobody is waited for',
      NOTIFICATION_BIT,
      deletePeer,
      ['-10.20.1.1/32', `hard reset ${DECONFIGURED}`],
      false,
    ],
    [
      'go when the session is to come from another address: that one is another peer for the router',
      NOTIFICATION_BIT,
      changeSourceAddress,
      ['-10.20.1.1/32', `hard reset ${SOURCE_CHANGED}`],
      false,
    ],
  ];
  for (const [what, bits, change, hears, stays] of rows) {
    it(what, async () => {
      const objects = [
        ...smallCluster(peer('r1', { peerAddress: R1, enableGracefulRestart: true })),
        ...serviceWithEndpoint('a', '10.20.1.1'),
      ];
      const world = new SpeakerWorld(objects);
      const router = world.router(R1);
      router.open = routerOpen(bits);
      await world.start();
      router.takeEvents();
      router.acceptsSessions = false;
      await world.changeAndSettle(change);
      assert.deepEqual(router.takeEvents(), hears);
      assert.equal(router.table.length, stays ? 1 : 0);
    });
  }

  it('that are no more are gone behind the End-of-RIB of the new session', async () => {
    const world = new SpeakerWorld([
      ...smallCluster(peer('r1', { peerAddress: R1, enableGracefulRestart: true })),
      ...[...serviceWithEndpoint('a', '10.20.1.1'), ...serviceWithEndpoint('b', '10.20.1.2')],
    ]);
    const router = world.router(R1);
    router.open = routerOpen(NOTIFICATION_BIT);
    await world.start();
    await world.changeAndSettle((store) => {
      changeHoldTime(store);
      store.delete('Service web/b');
    });
    assert.deepEqual(router.takeEvents().slice(-3), [CONFIG_CHANGED, '+10.20.1.1/32', 'end 4']);
    assert.deepEqual([router.table.length, router.stale.size], [1, 0]);
  });

  it('stay over the restart of the process, and only what changed meanwhile is different', async () => {
    const objects = [
      ...smallCluster(peer('r1', { peerAddress: R1, enableGracefulRestart: true })),
      ...serviceWithEndpoint('a', '10.20.1.1'),
    ];
    const world = new SpeakerWorld(objects);
    const router = world.router(R1);
    router.open = routerOpen(PLAIN);
    await world.start();
    await world.speaker.stop({ isDraining: false, wait: 0 });
    assert.deepEqual([router.table.length, router.stale.size], [1, 1]);
    router.takeEvents();
    const next = new SpeakerWorld(objects, world.routers);
    await next.start();
    assert.deepEqual(router.takeEvents(), ['+10.20.1.1/32', 'end 4']);
    assert.equal(router.stale.size, 0);
  });
});

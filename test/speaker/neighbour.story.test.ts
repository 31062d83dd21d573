/** Routes at a router between two sessions with it (RFC 4724, RFC 8538). */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SimulatedObjectStore } from '../../src/announce/simulator/object-store.ts';
import { peer, serviceWithEndpoint } from '../announce/support/cluster.ts';
import { routerOpen } from './support/fake-router.ts';
import { R1, SpeakerHarness, smallCluster } from './support/speaker-harness.ts';

type RestartBits = { readonly restart: boolean; readonly notification: boolean };
type Row = readonly [
  title: string,
  bits: RestartBits,
  change: (store: SimulatedObjectStore) => void,
  events: readonly string[],
  isRetained: boolean,
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

describe('the routes at a router', () => {
  const rows: readonly Row[] = [
    [
      'are dropped when the peer is changed, without graceful restart',
      NONE,
      changeHoldTime,
      [CONFIG_CHANGED],
      false,
    ],
    [
      'are retained when the peer is changed, with graceful restart: no NOTIFICATION is sent',
      PLAIN,
      changeHoldTime,
      ['lost'],
      true,
    ],
    [
      'are retained when the peer is changed, with the N bit: a NOTIFICATION is sent',
      NOTIFICATION_BIT,
      changeHoldTime,
      [CONFIG_CHANGED],
      true,
    ],
    ['are withdrawn when the peer is deleted', NONE, deletePeer, ['-10.20.1.1/32', DECONFIGURED], false],
    [
      'are withdrawn when the peer is deleted, with graceful restart',
      PLAIN,
      deletePeer,
      ['-10.20.1.1/32', DECONFIGURED],
      false,
    ],
    [
      'are withdrawn with a hard reset when the peer is deleted, with the N bit',
      NOTIFICATION_BIT,
      deletePeer,
      ['-10.20.1.1/32', `hard reset ${DECONFIGURED}`],
      false,
    ],
    [
      'are withdrawn when the source address changes, since that is another peer for the router',
      NOTIFICATION_BIT,
      changeSourceAddress,
      ['-10.20.1.1/32', `hard reset ${SOURCE_CHANGED}`],
      false,
    ],
  ];
  for (const [title, bits, change, events, isRetained] of rows) {
    it(title, async () => {
      const objects = [
        ...smallCluster(peer('r1', { peerAddress: R1, enableGracefulRestart: true })),
        ...serviceWithEndpoint('a', '10.20.1.1'),
      ];
      const harness = new SpeakerHarness(objects);
      const router = harness.router(R1);
      router.open = routerOpen(bits);
      await harness.start();
      router.takeEvents();
      router.acceptsSessions = false;
      await harness.changeAndSettle(change);
      assert.deepEqual(router.takeEvents(), events);
      assert.equal(router.table.length, isRetained ? 1 : 0);
    });
  }

  it('that are no longer advertised are removed by End-of-RIB of the new session', async () => {
    const harness = new SpeakerHarness([
      ...smallCluster(peer('r1', { peerAddress: R1, enableGracefulRestart: true })),
      ...[...serviceWithEndpoint('a', '10.20.1.1'), ...serviceWithEndpoint('b', '10.20.1.2')],
    ]);
    const router = harness.router(R1);
    router.open = routerOpen(NOTIFICATION_BIT);
    await harness.start();
    await harness.changeAndSettle((store) => {
      changeHoldTime(store);
      store.delete('Service web/b');
    });
    assert.deepEqual(router.takeEvents().slice(-3), [CONFIG_CHANGED, '+10.20.1.1/32', 'end 4']);
    assert.deepEqual([router.table.length, router.stale.size], [1, 0]);
  });

  it('are retained over a restart of the process', async () => {
    const objects = [
      ...smallCluster(peer('r1', { peerAddress: R1, enableGracefulRestart: true })),
      ...serviceWithEndpoint('a', '10.20.1.1'),
    ];
    const harness = new SpeakerHarness(objects);
    const router = harness.router(R1);
    router.open = routerOpen(PLAIN);
    await harness.start();
    await harness.speaker.stop({ isDraining: false, wait: 0 });
    assert.deepEqual([router.table.length, router.stale.size], [1, 1]);
    router.takeEvents();
    const next = new SpeakerHarness(objects, harness.routers);
    await next.start();
    assert.deepEqual(router.takeEvents(), ['+10.20.1.1/32', 'end 4']);
    assert.equal(router.stale.size, 0);
  });
});

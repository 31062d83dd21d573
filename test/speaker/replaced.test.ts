/** What becomes of the routes when a session ends and another one with the same router follows (RFC 4724, RFC 8538). */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ObjectStore } from '../../src/announce/store.ts';
import { peer, served } from '../announce/cluster.ts';
import { routerOpen } from './router.ts';
import { R1, small, World } from './world.ts';

type Bits = { readonly restart: boolean; readonly notification: boolean };
type Row = readonly [
  what: string,
  bits: Bits,
  change: (store: ObjectStore) => void,
  hears: readonly string[],
  stays: boolean,
];

const [NONE, PLAIN, N] = [
  { restart: false, notification: false },
  { restart: true, notification: false },
  { restart: true, notification: true },
];

const hold = (store: ObjectStore): void => store.patch('BGPPeer r1', { spec: { holdTime: '30s' } });
const gone = (store: ObjectStore): void => store.delete('BGPPeer r1');
const elsewhere = (store: ObjectStore): void =>
  store.patch('BGPPeer r1', { spec: { sourceAddress: '10.213.0.12' } });

const CHANGED = '6/6 ""';
const GONE = '6/3 ""';
const ELSEWHERE = '6/3 ""';

describe('the routes of a peer', () => {
  const rows: readonly Row[] = [
    ['go when it is changed, and it bridges nothing', NONE, hold, [CHANGED], false],
    ['stay when it is changed: no word is said that would end that', PLAIN, hold, ['lost'], true],
    ['stay when it is changed, over a word where it has the N bit', N, hold, [CHANGED], true],
    ['go when it is deleted', NONE, gone, ['-10.20.1.1/32', GONE], false],
    ['go when it is deleted, though it bridges restarts', PLAIN, gone, ['-10.20.1.1/32', GONE], false],
    [
      'go when it is deleted, and nobody is waited for',
      N,
      gone,
      ['-10.20.1.1/32', `hard reset ${GONE}`],
      false,
    ],
    [
      'go when the session is to come from another address: that one is another peer for the router',
      N,
      elsewhere,
      ['-10.20.1.1/32', `hard reset ${ELSEWHERE}`],
      false,
    ],
  ];
  for (const [what, bits, change, hears, stays] of rows) {
    it(what, async () => {
      const objects = [
        ...small(peer('r1', { peerAddress: R1, enableGracefulRestart: true })),
        ...served('a', '10.20.1.1'),
      ];
      const world = new World(objects);
      const router = world.router(R1);
      router.open = routerOpen(bits);
      await world.begin();
      router.news();
      router.isUp = false;
      await world.settle(change);
      assert.deepEqual(router.news(), hears);
      assert.equal(router.table.length, stays ? 1 : 0);
    });
  }

  it('that are no more are gone behind the End-of-RIB of the new session', async () => {
    const world = new World([
      ...small(peer('r1', { peerAddress: R1, enableGracefulRestart: true })),
      ...[...served('a', '10.20.1.1'), ...served('b', '10.20.1.2')],
    ]);
    const router = world.router(R1);
    router.open = routerOpen(N);
    await world.begin();
    await world.settle((store) => {
      hold(store);
      store.delete('Service web/b');
    });
    assert.deepEqual(router.news().slice(-3), [CHANGED, '+10.20.1.1/32', 'end 4']);
    assert.deepEqual([router.table.length, router.stale.size], [1, 0]);
  });

  it('stay over the restart of the process, and only what changed meanwhile is different', async () => {
    const objects = [
      ...small(peer('r1', { peerAddress: R1, enableGracefulRestart: true })),
      ...served('a', '10.20.1.1'),
    ];
    const world = new World(objects);
    const router = world.router(R1);
    router.open = routerOpen(PLAIN);
    await world.begin();
    await world.speaker.stop({ isLeaving: false, wait: 0 });
    assert.deepEqual([router.table.length, router.stale.size], [1, 1]);
    router.news();
    const next = new World(objects, world.routers);
    await next.begin();
    assert.deepEqual(router.news(), ['+10.20.1.1/32', 'end 4']);
    assert.equal(router.stale.size, 0);
  });
});

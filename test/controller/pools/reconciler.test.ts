import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Allocator } from '../../../src/allocation/allocator.ts';
import { toPoolObject } from '../../../src/config/pool/pool-set.ts';
import { PoolReconciler } from '../../../src/controller/pools/reconciler.ts';
import { silentLog } from '../../../src/observe/log.ts';
import { GRACE, OPTIONS, pool, service, WALL } from '../../allocation/support/test-cluster.ts';
import { FakeClock } from '../../support/fake-clock.ts';

type FakeState = { isLeading: boolean; isReachable: boolean; lastFailedAt: number | null };

function createHarness() {
  const clock = new FakeClock();
  const told: string[] = [];
  const looks: string[] = [];
  const world: FakeState = { isLeading: true, isReachable: true, lastFailedAt: null };
  const a = service('a', { ingressEntries: ['10.0.0.1'], allocatedFrom: 'p' });
  const services = new Map([[a.key, a]]);
  const allocator = new Allocator(OPTIONS, services);
  const keeper = new PoolReconciler({
    clock,
    log: silentLog,
    allocator,
    namespace: 'metallb-system',
    enqueue: (keys) => looks.push(...keys),
    events: ({ event }) => told.push(event.reason),
    isLeading: () => world.isLeading,
    informer: {
      refreshWithin: async () => world.isReachable,
      lastFailedAt: () => (world.isReachable ? world.lastFailedAt : clock.now()),
    },
    onReviewed: () => {},
  });
  const set = async (...pools: readonly object[]): Promise<void> => {
    keeper.set(pools.map(toPoolObject));
    await clock.advanceAsync(100);
  };
  return { clock, told, looks, world, desk: allocator, keeper, set };
}

const P = pool('p', ['10.0.0.0/28']);

it('tells each complaint once, and again when it comes again', async () => {
  const { told, set } = createHarness();
  await set(P);
  assert.deepEqual(told, []);
  await set(pool('p', ['rubbish']));
  await set(pool('p', ['rubbish']), pool('q', ['10.9.0.0/28']));
  assert.deepEqual(told, ['PoolInvalid']);
  await set(pool('p', ['other rubbish']));
  await set(P);
  await set(pool('p', ['rubbish']));
  assert.deepEqual(told, ['PoolInvalid', 'PoolInvalid', 'PoolInvalid']);
  await set(P, pool('q', ['10.0.0.8/29'], { age: 9 }));
  assert.deepEqual(told.slice(3), ['PoolOverlaps', 'PoolOverlaps']);
});

it('a standby tells nothing, and what the leader before it has told is not told again', async () => {
  const { told, world, keeper, set } = createHarness();
  world.isLeading = false;
  await set(pool('p', ['rubbish']));
  assert.deepEqual(told, []);
  world.isLeading = true;
  keeper.reportComplaints({ isReported: true });
  assert.deepEqual(told, []);
  await set(pool('p', ['other rubbish']));
  assert.deepEqual(told, ['PoolInvalid']);
});

it('reviews together what comes together', async () => {
  const { clock, desk, keeper } = createHarness();
  keeper.set([P].map(toPoolObject));
  keeper.set([P, pool('q', ['10.9.0.0/28'])].map(toPoolObject));
  assert.equal(desk.poolSet.byName.size, 0);
  await clock.advanceAsync(100);
  assert.equal(desk.poolSet.byName.size, 2);
});

it('ends the grace of a pool that is surely gone', async () => {
  const { clock, looks, desk, set } = createHarness();
  await set(P);
  desk.initialize(clock.now());
  await set();
  looks.length = 0;
  await clock.advanceAsync(GRACE - 1000);
  assert.deepEqual(looks, []);
  await clock.advanceAsync(2000);
  assert.deepEqual(looks, ['default/a']);
});

it('never ends a grace while the pools cannot be seen, and runs it in full from when they can', async () => {
  const { clock, looks, world, desk, set } = createHarness();
  await set(P);
  desk.initialize(clock.now());
  await set();
  looks.length = 0;
  world.isReachable = false;
  await clock.advanceAsync(10 * GRACE);
  assert.deepEqual(looks, []);
  Object.assign(world, { isReachable: true, lastFailedAt: clock.now() });
  await clock.advanceAsync(GRACE - 1000);
  assert.deepEqual(looks, []);
  await clock.advanceAsync(GRACE + 2000);
  assert.deepEqual(looks, ['default/a']);
});

it('a kind that was deleted and came back gives its pools time to come back as well', async () => {
  const { clock, looks, world, desk, set } = createHarness();
  await set(P);
  desk.initialize(clock.now());
  await set();
  looks.length = 0;
  await clock.advanceAsync(GRACE - 1000);
  world.lastFailedAt = clock.now(); // seen again since this moment, and still without the pool
  await clock.advanceAsync(GRACE - 2000);
  assert.deepEqual(looks, []);
  await set(P);
  await clock.advanceAsync(10 * GRACE);
  assert.deepEqual([...new Set(looks)], ['default/a'], 'looked at because it is back');
  assert.equal(
    desk.reconcile('default/a', { now: clock.now(), wall: WALL }).decision?.condition.reason,
    'Assigned',
  );
});

it('a standby ends nothing, and arms no timer for it', async () => {
  const { clock, looks, world, desk, set } = createHarness();
  await set(P);
  desk.initialize(clock.now());
  world.isLeading = false;
  await set();
  looks.length = 0;
  await clock.advanceAsync(10 * GRACE);
  assert.deepEqual([looks, clock.pending], [[], 0]);
});

it('a grace that a look was the first to begin ends, too', async () => {
  const { clock, looks, desk, keeper, set } = createHarness();
  await set(pool('other', ['10.9.0.0/28']));
  desk.initialize(clock.now());
  desk.reconcile('default/a', { now: clock.now(), wall: WALL });
  keeper.scheduleGraceEnd();
  looks.length = 0;
  await clock.advanceAsync(GRACE + 1000);
  assert.deepEqual(looks, ['default/a']);
});

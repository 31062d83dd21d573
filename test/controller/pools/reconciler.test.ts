import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Allocator } from '../../../src/allocation/allocator.ts';
import { RANGES_AT_ONCE, toPoolObject } from '../../../src/config/pool/pool-set.ts';
import { PoolReconciler } from '../../../src/controller/pools/reconciler.ts';
import { silentLog } from '../../../src/observe/log.ts';
import { GRACE, OPTIONS, pool, service, WALL } from '../../allocation/support/test-cluster.ts';
import { FakeClock } from '../../support/fake-clock.ts';

type FakeState = { isLeading: boolean; isReachable: boolean; lastFailedAt: number | null };

function createHarness() {
  const clock = new FakeClock();
  const reported: string[] = [];
  const requeued: string[] = [];
  const state: FakeState = { isLeading: true, isReachable: true, lastFailedAt: null };
  const a = service('a', { ingressEntries: ['10.0.0.1'], allocatedFrom: 'p' });
  const services = new Map([[a.key, a]]);
  const allocator = new Allocator(OPTIONS, services);
  const reconciler = new PoolReconciler({
    clock,
    log: silentLog,
    allocator,
    namespace: 'metallb-system',
    enqueue: (keys) => requeued.push(...keys),
    events: ({ event }) => reported.push(event.reason),
    isLeading: () => state.isLeading,
    informer: {
      refreshWithin: async () => state.isReachable,
      lastFailedAt: () => (state.isReachable ? state.lastFailedAt : clock.now()),
    },
    onReviewed: () => {},
  });
  const set = async (...pools: readonly object[]): Promise<void> => {
    reconciler.set(pools.map(toPoolObject));
    await clock.advanceAsync(100);
  };
  return { clock, reported, requeued, state, allocator: allocator, reconciler, set };
}

const P = pool('p', ['10.0.0.0/28']);

it('each issue is reported once, and again when it occurs again', async () => {
  const { reported, set } = createHarness();
  await set(P);
  assert.deepEqual(reported, []);
  await set(pool('p', ['rubbish']));
  await set(pool('p', ['rubbish']), pool('q', ['10.9.0.0/28']));
  assert.deepEqual(reported, ['PoolInvalid']);
  await set(pool('p', ['other rubbish']));
  await set(P);
  await set(pool('p', ['rubbish']));
  assert.deepEqual(reported, ['PoolInvalid', 'PoolInvalid', 'PoolInvalid']);
  await set(P, pool('q', ['10.0.0.8/29'], { age: 9 }));
  assert.deepEqual(reported.slice(3), ['PoolOverlaps', 'PoolOverlaps']);
});

it('a standby reports nothing, and what the leader before it reported is not reported again', async () => {
  const { reported, state, reconciler, set } = createHarness();
  state.isLeading = false;
  await set(pool('p', ['rubbish']));
  assert.deepEqual(reported, []);
  state.isLeading = true;
  reconciler.reportComplaints({ isReported: true });
  assert.deepEqual(reported, []);
  await set(pool('p', ['other rubbish']));
  assert.deepEqual(reported, ['PoolInvalid']);
});

it('pools that change together are reviewed together', async () => {
  const { clock, allocator, reconciler } = createHarness();
  reconciler.set([P].map(toPoolObject));
  reconciler.set([P, pool('q', ['10.9.0.0/28'])].map(toPoolObject));
  assert.equal(allocator.poolSet.byName.size, 0);
  await clock.advanceAsync(100);
  assert.equal(allocator.poolSet.byName.size, 2);
});

it('the grace period of a deleted pool ends', async () => {
  const { clock, requeued, allocator, set } = createHarness();
  await set(P);
  allocator.initialize(clock.now());
  await set();
  requeued.length = 0;
  await clock.advanceAsync(GRACE - 1000);
  assert.deepEqual(requeued, []);
  await clock.advanceAsync(2000);
  assert.deepEqual(requeued, ['default/a']);
});

it('no grace period ends while pools cannot be listed, and it runs in full from when they can', async () => {
  const { clock, requeued, state, allocator, set } = createHarness();
  await set(P);
  allocator.initialize(clock.now());
  await set();
  requeued.length = 0;
  state.isReachable = false;
  await clock.advanceAsync(10 * GRACE);
  assert.deepEqual(requeued, []);
  Object.assign(state, { isReachable: true, lastFailedAt: clock.now() });
  await clock.advanceAsync(GRACE - 1000);
  assert.deepEqual(requeued, []);
  await clock.advanceAsync(GRACE + 2000);
  assert.deepEqual(requeued, ['default/a']);
});

it('after a CRD was deleted and created again, its pools have time to be created as well', async () => {
  const { clock, requeued, state, allocator, set } = createHarness();
  await set(P);
  allocator.initialize(clock.now());
  await set();
  requeued.length = 0;
  await clock.advanceAsync(GRACE - 1000);
  state.lastFailedAt = clock.now(); // listed again since this moment, and still without the pool
  await clock.advanceAsync(GRACE - 2000);
  assert.deepEqual(requeued, []);
  await set(P);
  await clock.advanceAsync(10 * GRACE);
  assert.deepEqual([...new Set(requeued)], ['default/a'], 'requeued because the pool is back');
  assert.equal(
    allocator.reconcile('default/a', { now: clock.now(), wall: WALL }).decision?.condition.reason,
    'Assigned',
  );
});

it('a standby ends no grace period, and starts no timer for it', async () => {
  const { clock, requeued, state, allocator, set } = createHarness();
  await set(P);
  allocator.initialize(clock.now());
  state.isLeading = false;
  await set();
  requeued.length = 0;
  await clock.advanceAsync(10 * GRACE);
  assert.deepEqual([requeued, clock.pending], [[], 0]);
});

it('a grace period that a reconcile pass began ends, too', async () => {
  const { clock, requeued, allocator, reconciler, set } = createHarness();
  await set(pool('other', ['10.9.0.0/28']));
  allocator.initialize(clock.now());
  allocator.reconcile('default/a', { now: clock.now(), wall: WALL });
  reconciler.scheduleGraceEnd();
  requeued.length = 0;
  await clock.advanceAsync(GRACE + 1000);
  assert.deepEqual(requeued, ['default/a']);
});

/** One pool of many ranges, the first of which has the address of Service `a`. */
const many = (name: string, count = RANGES_AT_ONCE + 1) =>
  pool(
    name,
    Array.from({ length: count }, (_, i) => `10.${i >> 15}.${(i >> 7) & 255}.${(2 * i) & 255}/31`),
  );

it('pools of many ranges are reviewed in turns of their own, and the pools before them serve meanwhile', async () => {
  const { clock, allocator, reconciler, set } = createHarness();
  await set(P);
  allocator.initialize(clock.now());
  reconciler.set([many('p'), pool('q', ['10.200.0.0/28'])].map(toPoolObject));
  reconciler.reviewPending();
  assert.equal(allocator.poolSet.byName.size, 1, 'the review has not ended within the turn that began it');
  const { decision } = allocator.reconcile('default/a', { now: clock.now(), wall: WALL });
  assert.equal(decision?.condition.reason, 'Assigned', 'a Service keeps its address meanwhile');
  await clock.advanceAsync(0);
  assert.deepEqual([...allocator.poolSet.byName.keys()], ['p', 'q']);
  allocator.ledger.audit();
  const after = allocator.reconcile('default/a', { now: clock.now(), wall: WALL });
  assert.equal(after.decision?.condition.reason, 'Assigned');
  assert.equal(after.patch?.ingress ?? null, null, 'nor does the review move it');
});

it('pools that are set while a review runs are reviewed next, and who waits gets the last ones', async () => {
  const { clock, allocator, reconciler } = createHarness();
  reconciler.set([many('p')].map(toPoolObject));
  const first = reconciler.review();
  reconciler.set([many('p'), many('q')].map(toPoolObject));
  const last = reconciler.review();
  await clock.advanceAsync(100);
  await Promise.all([first, last]);
  assert.deepEqual([...allocator.poolSet.byName.keys()], ['p', 'q']);
});

it('a review that was stopped changes nothing', async () => {
  const { clock, allocator, reconciler } = createHarness();
  reconciler.set([many('p')].map(toPoolObject));
  reconciler.reviewPending();
  reconciler.stop();
  await clock.advanceAsync(100);
  assert.deepEqual([allocator.poolSet.byName.size, clock.pending], [0, 0]);
});

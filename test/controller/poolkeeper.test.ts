import assert from 'node:assert/strict';
import { it } from 'node:test';
import { poolObject } from '../../src/config/pools.ts';
import { PoolKeeper } from '../../src/controller/poolkeeper.ts';
import { silentLog } from '../../src/observe/log.ts';
import { Desk } from '../../src/plan/desk.ts';
import { GRACE, OPTIONS, pool, service, WALL } from '../plan/support.ts';
import { FakeClock } from '../support/clock.ts';

type World = { leading: boolean; seen: boolean; troubledAt: number | null };

function stage() {
  const clock = new FakeClock();
  const told: string[] = [];
  const looks: string[] = [];
  const world: World = { leading: true, seen: true, troubledAt: null };
  const a = service('a', { shows: ['10.0.0.1'], from: 'p' });
  const services = new Map([[a.key, a]]);
  const desk = new Desk(OPTIONS, services);
  const keeper = new PoolKeeper({
    clock,
    log: silentLog,
    desk,
    namespace: 'metallb-system',
    look: (keys) => looks.push(...keys),
    events: ({ event }) => told.push(event.reason),
    isLeading: () => world.leading,
    sight: {
      confirm: async () => world.seen,
      troubledAt: () => (world.seen ? world.troubledAt : clock.now()),
    },
    reviewed: () => {},
  });
  const set = async (...pools: readonly object[]): Promise<void> => {
    keeper.set(pools.map(poolObject));
    await clock.pass(100);
  };
  return { clock, told, looks, world, desk, keeper, set };
}

const P = pool('p', ['10.0.0.0/28']);

it('tells each complaint once, and again when it comes again', async () => {
  const { told, set } = stage();
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
  const { told, world, keeper, set } = stage();
  world.leading = false;
  await set(pool('p', ['rubbish']));
  assert.deepEqual(told, []);
  world.leading = true;
  keeper.tell({ known: true });
  assert.deepEqual(told, []);
  await set(pool('p', ['other rubbish']));
  assert.deepEqual(told, ['PoolInvalid']);
});

it('reviews together what comes together', async () => {
  const { clock, desk, keeper } = stage();
  keeper.set([P].map(poolObject));
  keeper.set([P, pool('q', ['10.9.0.0/28'])].map(poolObject));
  assert.equal(desk.book.byName.size, 0);
  await clock.pass(100);
  assert.equal(desk.book.byName.size, 2);
});

it('ends the grace of a pool that is surely gone', async () => {
  const { clock, looks, desk, set } = stage();
  await set(P);
  desk.begin(clock.now());
  await set();
  looks.length = 0;
  await clock.pass(GRACE - 1000);
  assert.deepEqual(looks, []);
  await clock.pass(2000);
  assert.deepEqual(looks, ['default/a']);
});

it('never ends a grace while the pools cannot be seen, and runs it in full from when they can', async () => {
  const { clock, looks, world, desk, set } = stage();
  await set(P);
  desk.begin(clock.now());
  await set();
  looks.length = 0;
  world.seen = false;
  await clock.pass(10 * GRACE);
  assert.deepEqual(looks, []);
  Object.assign(world, { seen: true, troubledAt: clock.now() });
  await clock.pass(GRACE - 1000);
  assert.deepEqual(looks, []);
  await clock.pass(GRACE + 2000);
  assert.deepEqual(looks, ['default/a']);
});

it('a kind that was deleted and came back gives its pools time to come back as well', async () => {
  const { clock, looks, world, desk, set } = stage();
  await set(P);
  desk.begin(clock.now());
  await set();
  looks.length = 0;
  await clock.pass(GRACE - 1000);
  world.troubledAt = clock.now(); // seen again since this moment, and still without the pool
  await clock.pass(GRACE - 2000);
  assert.deepEqual(looks, []);
  await set(P);
  await clock.pass(10 * GRACE);
  assert.deepEqual([...new Set(looks)], ['default/a'], 'looked at because it is back');
  assert.equal(desk.look('default/a', { now: clock.now(), wall: WALL }).decision?.verdict.reason, 'Assigned');
});

it('a standby ends nothing, and arms no timer for it', async () => {
  const { clock, looks, world, desk, set } = stage();
  await set(P);
  desk.begin(clock.now());
  world.leading = false;
  await set();
  looks.length = 0;
  await clock.pass(10 * GRACE);
  assert.deepEqual([looks, clock.pending], [[], 0]);
});

it('a grace that a look was the first to begin ends, too', async () => {
  const { clock, looks, desk, keeper, set } = stage();
  await set(pool('other', ['10.9.0.0/28']));
  desk.begin(clock.now());
  desk.look('default/a', { now: clock.now(), wall: WALL });
  keeper.watchGraces();
  looks.length = 0;
  await clock.pass(GRACE + 1000);
  assert.deepEqual(looks, ['default/a']);
});

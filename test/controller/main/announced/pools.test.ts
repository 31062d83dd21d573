/** The pools of announcing in the controller: resolved in slices, once for each edit. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RANGES_AT_ONCE } from '../../../../src/config/pool/pool-set.ts';
import { AnnouncedPools } from '../../../../src/controller/main/announced/pools.ts';
import { toWatchedPool, type WatchedPool } from '../../../../src/controller/main/api/watched-objects.ts';
import { Store } from '../../../../src/kube/informer/store.ts';
import type { InformerSubscriber } from '../../../../src/runtime/main/informer.ts';
import { pool } from '../../../announce/support/cluster.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

const ranges = (second: number, count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => `10.${second}.${i >> 7}.${2 * (i & 127)}/32`);
const many = (second: number): readonly string[] => ranges(second, RANGES_AT_ONCE + 1);

/** The pools, and an informer of one pool, whose versions are put one by one. */
function start() {
  const clock = new FakeClock();
  const store = new Store<WatchedPool>(({ name }) => name);
  let subscriber: InformerSubscriber<WatchedPool> = {};
  let version = 0;
  let changes = 0;
  const source = {
    store,
    subscribe: (one: InformerSubscriber<WatchedPool>) => {
      subscriber = one;
      return () => {};
    },
  };
  const pools = new AnnouncedPools(clock, source, () => {
    changes += 1;
  });
  const put = (addresses: readonly string[], assigned = 0): void => {
    version += 1;
    const raw = pool('main', addresses);
    const metadata = { ...(raw['metadata'] as object), uid: 'u', resourceVersion: String(version) };
    const after = toWatchedPool({ ...raw, metadata, status: { assignedIPv4: assigned } });
    assert.ok(after);
    const before = store.get('main');
    store.applyWatchEvent(after);
    if (before === undefined || subscriber.isSame?.(before, after) !== true)
      subscriber.changed?.(before, after);
  };
  const rangeCount = (): number | null => pools.inForce()?.byName.get('main')?.ranges.length ?? null;
  return { clock, pools, put, rangeCount, changes: () => changes };
}

describe('the pools that the condition Announced is judged by', () => {
  it('of many ranges are resolved in later turns, and the condition is judged again then', async () => {
    const { clock, put, rangeCount, changes } = start();
    put(many(1));
    assert.deepEqual([rangeCount(), changes()], [null, 1]);
    await clock.advanceAsync(0);
    assert.deepEqual([rangeCount(), changes()], [RANGES_AT_ONCE + 1, 2]);
  });

  it('stay in force while an edit is resolved', async () => {
    const { clock, put, rangeCount } = start();
    put(['10.1.0.0/16']);
    assert.equal(rangeCount(), 1);
    put(many(1));
    assert.equal(rangeCount(), 1);
    await clock.advanceAsync(0);
    assert.equal(rangeCount(), RANGES_AT_ONCE + 1);
  });

  it('are not resolved again for the counters in their status', async () => {
    const { clock, pools, put, rangeCount, changes } = start();
    put(many(1));
    rangeCount();
    await clock.advanceAsync(0);
    const inForce = pools.inForce();
    const known = changes();
    put(many(1), 7);
    assert.equal(pools.inForce(), inForce);
    assert.deepEqual([clock.pending, changes()], [0, known]);
  });

  it('are resolved no further after the end', () => {
    const { clock, pools, put, rangeCount } = start();
    put(many(1));
    rangeCount();
    pools.stop();
    assert.equal(clock.pending, 0);
  });
});

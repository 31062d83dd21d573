import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RANGES_AT_ONCE } from '../../src/config/pool/pool-set.ts';
import { PoolResolution } from '../../src/runtime/pool-resolution.ts';
import { pool } from '../announce/support/cluster.ts';
import { FakeClock } from '../support/fake-clock.ts';

const ranges = (second: number, count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => `10.${second}.${i >> 7}.${2 * (i & 127)}/32`);

const few = (name: string, second: number) => pool(name, [`10.${second}.0.0/16`]);
const many = (name: string, second: number, count = RANGES_AT_ONCE + 1) =>
  pool(name, [...ranges(second, count)]);

function start() {
  const clock = new FakeClock();
  let resolved = 0;
  const pools = new PoolResolution(clock, () => {
    resolved++;
  });
  const names = (): readonly string[] => [...(pools.inForce?.byName.keys() ?? ['none yet'])];
  return { clock, pools, names, resolved: () => resolved };
}

describe('the pools of announcing', () => {
  it('are in force at once while they have few ranges', () => {
    const { pools, names, clock, resolved } = start();
    const inForce = pools.update([few('a', 1)]);
    assert.deepEqual(names(), ['a']);
    assert.equal(pools.update([...(inForce?.poolSet.byName.values() ?? [])].map(({ raw }) => raw)), inForce);
    assert.deepEqual([clock.pending, resolved()], [0, 0], 'nobody has to wait for a turn');
  });

  it('of many ranges are in force some turns later, and nothing is before the first', async () => {
    const { pools, names, clock, resolved } = start();
    assert.equal(pools.update([many('a', 1)]), null);
    assert.deepEqual(names(), ['none yet']);
    await clock.advanceAsync(0);
    assert.deepEqual([names(), resolved()], [['a'], 1]);
  });

  it('stay as they were while others of many ranges are resolved', async () => {
    const { pools, names, clock } = start();
    const before = pools.update([few('a', 1)]);
    assert.equal(pools.update([few('a', 1), many('b', 2)]), before);
    await clock.advanceAsync(0);
    assert.deepEqual(names(), ['a', 'b']);
  });

  it('are resolved once, though another kind of object changes meanwhile', async () => {
    const { pools, clock, resolved } = start();
    const raws = [many('a', 1)];
    pools.update(raws);
    pools.update([...raws]);
    await clock.advanceAsync(0);
    const inForce = pools.inForce;
    assert.equal(pools.update([...raws]), inForce);
    assert.deepEqual([clock.pending, resolved()], [0, 1]);
  });

  it('that arrive during a run are resolved after it, the last of them only', async () => {
    const { pools, names, clock, resolved } = start();
    const first = many('a', 1);
    pools.update([first]);
    pools.update([first, many('b', 2)]);
    pools.update([first, many('c', 3)]);
    await clock.advanceAsync(0);
    assert.deepEqual([names(), resolved()], [['a', 'c'], 2]);
  });

  it('that come back to what a run resolves cause no second run', async () => {
    const { pools, names, clock, resolved } = start();
    const first = many('a', 1);
    pools.update([first]);
    pools.update([first, few('b', 2)]);
    pools.update([first]);
    await clock.advanceAsync(0);
    assert.deepEqual([names(), resolved()], [['a'], 1]);
  });

  it('keep the last good version of a pool that is edited to an invalid one', async () => {
    const { pools, clock } = start();
    pools.update([many('a', 1)]);
    await clock.advanceAsync(0);
    const good = pools.inForce?.byName.get('a')?.ranges;
    pools.update([pool('a', [...ranges(2, RANGES_AT_ONCE), 'rubbish'])]);
    await clock.advanceAsync(0);
    assert.equal(pools.inForce?.byName.get('a')?.ranges, good);
    assert.equal(pools.inForce?.issues.length, 1);
  });

  it('do not change after a stop', async () => {
    const { pools, names, clock, resolved } = start();
    pools.update([many('a', 1)]);
    pools.stop();
    await clock.advanceAsync(0);
    assert.deepEqual([names(), resolved(), clock.pending], [['none yet'], 0, 0]);
  });
});

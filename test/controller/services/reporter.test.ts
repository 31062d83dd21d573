import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { ReconcileResult } from '../../../src/allocation/reconcile-result.ts';
import { ServiceReporter } from '../../../src/controller/services/reporter.ts';
import { silentLog } from '../../../src/observe/log.ts';
import { Metrics } from '../../../src/observe/metrics.ts';
import { pool, service, TestCluster, withPatches } from '../../allocation/support/test-cluster.ts';

function createHarness() {
  const told: string[] = [];
  let touched = 0;
  const metrics = new Metrics('test');
  const report = new ServiceReporter({
    log: silentLog,
    metrics,
    events: { add: ({ event }) => void told.push(event.reason) },
  });
  report.allocationChanges.add(() => {
    touched++;
  });
  return { report, told, metrics, touched: () => touched };
}

const reconcileGranting = (): ReconcileResult => {
  const world = new TestCluster({ pools: [pool('p', ['192.0.2.0/32'])], services: [service('it')] });
  return withPatches(world.initialResults)[0] ?? assert.fail('nothing was written');
};

it('a look and a write may each change what a pool has left', () => {
  const { report, touched } = createHarness();
  const look = reconcileGranting();
  report.reconciled(look);
  assert.equal(touched(), 1);
  report.written(look, 12);
  assert.equal(touched(), 2);
});

it('events are told when what they tell of is written, not before', () => {
  const { report, told } = createHarness();
  const look = reconcileGranting();
  report.reconciled(look);
  assert.deepEqual(told, []);
  report.written(look, 12);
  assert.deepEqual(told, ['IPAllocated']);
});

it('writes are counted by what became of them', async () => {
  const { report, metrics } = createHarness();
  report.written(reconcileGranting(), 12);
  report.failed('default/it', { kind: 'stale' });
  const text = await metrics.text();
  assert.match(text, /berth_writes_total\{object="service",outcome="written"\} 1/);
  assert.match(text, /berth_writes_total\{object="service",outcome="stale"\} 1/);
});

import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { ReconcileResult } from '../../../src/allocation/reconcile-result.ts';
import { ServiceReporter } from '../../../src/controller/services/reporter.ts';
import { silentLog } from '../../../src/observe/log.ts';
import { Metrics } from '../../../src/observe/metrics.ts';
import { pool, service, TestCluster, withPatches } from '../../allocation/support/test-cluster.ts';

function createHarness() {
  const sent: string[] = [];
  let changes = 0;
  const metrics = new Metrics('test');
  const reporter = new ServiceReporter({
    log: silentLog,
    metrics,
    events: { add: ({ event }) => void sent.push(event.reason) },
  });
  reporter.allocationChanges.add(() => {
    changes++;
  });
  return { reporter, sent, metrics, changes: () => changes };
}

const reconcileGranting = (): ReconcileResult => {
  const cluster = new TestCluster({ pools: [pool('p', ['192.0.2.0/32'])], services: [service('it')] });
  return withPatches(cluster.initialResults)[0] ?? assert.fail('nothing was written');
};

it('a pass and a write may each change the free addresses of a pool', () => {
  const { reporter, changes } = createHarness();
  const result = reconcileGranting();
  reporter.reconciled(result);
  assert.equal(changes(), 1);
  reporter.written(result, 12);
  assert.equal(changes(), 2);
});

it('events are sent when the write has succeeded, not before', () => {
  const { reporter, sent } = createHarness();
  const result = reconcileGranting();
  reporter.reconciled(result);
  assert.deepEqual(sent, []);
  reporter.written(result, 12);
  assert.deepEqual(sent, ['IPAllocated']);
});

it('writes are counted by their outcome', async () => {
  const { reporter, metrics } = createHarness();
  reporter.written(reconcileGranting(), 12);
  reporter.failed('default/it', { kind: 'stale' });
  const text = await metrics.text();
  assert.match(text, /berth_writes_total\{object="service",outcome="written"\} 1/);
  assert.match(text, /berth_writes_total\{object="service",outcome="stale"\} 1/);
});

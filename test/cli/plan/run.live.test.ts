/** `berth plan` on a live cluster whose speakers announce. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { runPlan } from '../../../src/cli/plan/run.ts';
import { systemClock } from '../../../src/workqueue/system-clock.ts';
import { BGP_CLUSTER, edited, speakerStatus } from '../../delivery/support/speaker-clusters.ts';
import { withTypes } from '../../delivery/support/with-types.ts';
import { startLiveCluster } from '../support/live-cluster.ts';
import { runCommand } from '../support/run-command.ts';

const NAMESPACE = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'web' } };

it('a live cluster is read, and what it does not have cannot be deleted', async (test) => {
  const speakers = ['n1', 'n2'].map((name) => speakerStatus(name));
  const objects = [NAMESPACE, ...BGP_CLUSTER, ...speakers].map(withTypes);
  const kubeconfig = await startLiveCluster(test, { objects });
  const live = (...args: readonly string[]) =>
    runCommand(runPlan, ['--kubeconfig', kubeconfig, ...args], { clock: systemClock });
  const ran = await live('--delete', 'bgppeer/tor');
  assert.equal(ran.code, 3, ran.err);
  assert.match(ran.out, /^1 address would have no route and no owner/);
  const missing = await live('--delete', 'community/nobody');
  assert.deepEqual([missing.code, missing.out], [1, '']);
  assert.match(missing.err, /there is no Community nobody to delete/);
});

it('a field that only the last applied manifest has is removed, as kubectl apply does', async (test) => {
  const applied = { nodeSelectors: [{ matchLabels: { zone: 'a' } }] };
  const manifest = (spec: object) => ({
    ...{ apiVersion: 'metallb.io/v1beta1', kind: 'BGPAdvertisement' },
    ...{ metadata: { name: 'all', namespace: 'metallb-system' }, spec },
  });
  const stored = {
    ...manifest(applied),
    metadata: {
      ...{ name: 'all', namespace: 'metallb-system' },
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(manifest(applied)) },
    },
  };
  const speakers = ['n1', 'n2'].map((name) => speakerStatus(name));
  const objects = [NAMESPACE, ...edited(BGP_CLUSTER, [stored]), ...speakers].map(withTypes);
  const kubeconfig = await startLiveCluster(test, { objects });
  const { out } = await runCommand(runPlan, ['--kubeconfig', kubeconfig, '-f', '-'], {
    stdin: JSON.stringify(manifest({})),
    clock: systemClock,
  });
  assert.match(out, /10\.20\.1\.5\/32 is advertised by n2 as well/);
});

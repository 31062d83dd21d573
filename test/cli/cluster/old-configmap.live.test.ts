/** Commands about a live cluster whose speakers run from the old ConfigMap, by the flags of their Pods. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import { runDoctor } from '../../../src/cli/doctor/run.ts';
import { runPlan } from '../../../src/cli/plan/run.ts';
import { runStatus } from '../../../src/cli/status/run.ts';
import { systemClock } from '../../../src/workqueue/system-clock.ts';
import { BGP_CLUSTER } from '../../delivery/support/speaker-clusters.ts';
import { withTypes } from '../../delivery/support/with-types.ts';
import { startLiveCluster } from '../support/live-cluster.ts';
import { type CommandRunner, runCommand } from '../support/run-command.ts';

const NAMESPACE = 'metallb-system';
const OBJECTS: ReadonlySet<unknown> = new Set(['IPAddressPool', 'BGPPeer', 'BGPAdvertisement']);

const speaker = (node: string): Raw => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    ...{ name: `berth-speaker-${node}`, namespace: NAMESPACE },
    labels: { 'app.kubernetes.io/name': 'berth', 'app.kubernetes.io/component': 'speaker' },
  },
  spec: {
    nodeName: node,
    containers: [{ name: 'speaker', image: 'berth', args: ['speaker', '--config=config'] }],
  },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
});

const CONFIG_MAP: Raw = {
  ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'config', namespace: NAMESPACE } },
  data: {
    config: `
peers: [{my-asn: 64500, peer-asn: 64512, peer-address: 10.213.0.1}]
address-pools:
- {name: main, protocol: bgp, addresses: [10.20.1.0/24]}
`,
  },
};

it('they judge by what the ConfigMap says', async (test) => {
  const rest = BGP_CLUSTER.filter(({ kind }) => !OBJECTS.has(kind)).map(withTypes);
  const objects = [...rest, speaker('n1'), speaker('n2'), CONFIG_MAP];
  const kubeconfig = await startLiveCluster(test, { objects });
  const berth = async (main: CommandRunner, ...args: readonly string[]) => {
    const { out, err } = await runCommand(main, [...args, '-o', 'json', '--kubeconfig', kubeconfig], {
      clock: systemClock,
    });
    assert.notEqual(out, '', err);
    return JSON.parse(out);
  };
  const peer = 'peer-10.213.0.1';
  const { announcements } = await berth(runDoctor);
  assert.deepEqual(
    announcements[0].routes.map((one: Raw) => `${one['node']} ${one['peer']}`),
    [`n1 ${peer}`, `n2 ${peer}`],
  );
  const plan = await berth(runPlan, '--delete', 'service/web/a');
  assert.deepEqual(
    plan.announcements.routes.map((one: Raw) => [one['peer'], one['before'], one['after']]),
    [[peer, ['n1', 'n2'], []]],
  );
  const { pools } = await berth(runStatus);
  assert.deepEqual(
    pools.map(({ name }: Raw) => name),
    ['main'],
  );
});

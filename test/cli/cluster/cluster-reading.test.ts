/** One answer about a live cluster reads each collection once, whoever takes part in it. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import { runDoctor } from '../../../src/cli/doctor/run.ts';
import { runExplain } from '../../../src/cli/explain/run.ts';
import { runL2Owners } from '../../../src/cli/l2/owners/run.ts';
import { runPlan } from '../../../src/cli/plan/run.ts';
import { runStatus } from '../../../src/cli/status/run.ts';
import { HEALTHY } from '../../calico/support/clusters.ts';
import { withTypes } from '../../delivery/support/with-types.ts';
import { liveCluster } from '../../overview/support/live-cluster.ts';
import { startLiveCluster } from '../support/live-cluster.ts';
import { type CommandRunner, runCommand } from '../support/run-command.ts';

const L2_ADVERTISEMENT: Raw = {
  ...{ apiVersion: 'metallb.io/v1beta1', kind: 'L2Advertisement' },
  metadata: { name: 'segment', namespace: 'metallb-system' },
  spec: {},
};
const NAMESPACES = ['shop', 'default'].map((name) => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name },
}));
const SPEAKERS = [...NAMESPACES, ...liveCluster(0), L2_ADVERTISEMENT].map(withTypes);
const CALICO = [...NAMESPACES, ...HEALTHY].map(withTypes);

const CLUSTERS: readonly (readonly [name: string, objects: readonly Raw[], service: string])[] = [
  ['with speakers', SPEAKERS, 'shop/web'],
  ['with Calico', CALICO, 'default/web'],
  ['with both', [...CALICO, ...SPEAKERS], 'shop/web'],
  [
    'where nobody announces',
    SPEAKERS.filter(({ kind }) => ['Namespace', 'Service', 'IPAddressPool'].includes(String(kind))),
    'shop/web',
  ],
];

const EDIT = JSON.stringify({ ...L2_ADVERTISEMENT, metadata: { name: 'more', namespace: 'metallb-system' } });

const COMMANDS: readonly (readonly [
  name: string,
  run: CommandRunner,
  args: (service: string) => readonly string[],
])[] = [
  ['status', runStatus, () => []],
  ['status -n', runStatus, (service) => ['-n', service.split('/')[0] ?? '']],
  ['doctor', runDoctor, () => []],
  ['explain service', runExplain, (service) => ['service', service]],
  ['explain service -A', runExplain, () => ['service', '-A']],
  ['explain address', runExplain, () => ['address', '192.0.2.1']],
  ['plan -f', runPlan, () => ['-f', '-']],
  ['plan --delete', runPlan, () => ['--delete', 'bgpadvertisement/all']],
  ['l2 owners', runL2Owners, () => []],
];

/** A list of all namespaces, and one of some, are two readings of one kind. */
const pluralOf = (url: string): string => {
  const [path = ''] = url.split('?');
  return path.split('/').at(-1) ?? '';
};

function listsOf(requested: readonly string[]): readonly string[] {
  // Pods of kube-system may be those of kube-proxy: others than the speakers'.
  const urls = requested.filter((url) => /[?&]limit=/.test(url) && !url.includes('/kube-system/pods'));
  return urls.map((url) => `${url.includes('calico') ? 'calico ' : ''}${pluralOf(url)}`).sort();
}

async function readsOnce(
  test: TestContext,
  objects: readonly Raw[],
  run: CommandRunner,
  args: readonly string[],
) {
  const requested: string[] = [];
  const kubeconfig = await startLiveCluster(test, { objects, requested: (url) => requested.push(url) });
  const { code, err } = await runCommand(run, ['--kubeconfig', kubeconfig, ...args], { stdin: EDIT });
  assert.notEqual(code, 2, err);
  const lists = listsOf(requested);
  assert.ok(lists.includes('services'), `it read no Service: ${code} ${err}`);
  const twice = lists.filter((one, index) => one === lists[index - 1]);
  assert.deepEqual(twice, [], `read more than once: ${requested.join('\n')}`);
}

describe('one answer reads each collection once', () => {
  for (const [name, run, args] of COMMANDS)
    for (const [cluster, objects, service] of CLUSTERS)
      it(`${name}, of a cluster ${cluster}`, (test) => readsOnce(test, objects, run, args(service)));
});

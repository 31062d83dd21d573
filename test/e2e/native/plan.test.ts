/** `berth plan` is held to real speakers: an edit is planned, then made, and the router has exactly the routes of the plan. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { runPlan } from '../../../src/cli/plan/run.ts';
import { systemClock } from '../../../src/workqueue/system-clock.ts';
import { runCommand } from '../../cli/support/run-command.ts';
import { type AnyObject, NAMESPACE } from '../../controller/support/rig.ts';
import { eventually } from '../../support/eventually.ts';
import { skipWithoutKubernetesBinaries } from '../../support/kubernetes-binaries.ts';
import { skipWithoutNetworkBinaries } from '../../support/network-binaries.ts';
import { NativeCluster, NODES } from './support/native-cluster.ts';

const full = process.env['BERTH_FULL'] === '1';

const advertisement = (spec: AnyObject): AnyObject => ({
  apiVersion: 'metallb.io/v1beta1',
  kind: 'BGPAdvertisement',
  metadata: { name: 'all', namespace: NAMESPACE },
  spec,
});

const onNodes = (...names: readonly string[]): AnyObject => ({
  nodeSelectors: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: names }] }],
});

const nodeWith = (labels: AnyObject): AnyObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'w1', labels: { 'kubernetes.io/hostname': 'w1', ...labels } },
});

/** One after the other, each from where the one before it ended; without BERTH_FULL=1 the first alone. */
const EDITS: readonly { readonly says: string; readonly edit: AnyObject }[] = [
  { says: 'an advertisement for two nodes', edit: advertisement(onNodes('w1', 'w2')) },
  { says: 'an aggregate in place of single routes', edit: advertisement({ aggregationLength: 28 }) },
  { says: 'an advertisement for all, as before', edit: advertisement({ nodeSelectors: [] }) },
  {
    says: 'a node that is excluded',
    edit: nodeWith({ 'node.kubernetes.io/exclude-from-external-load-balancers': '' }),
  },
  { says: 'an advertisement that the speakers reject', edit: advertisement({ communities: ['nobody'] }) },
];

/** The speakers are processes here. In a cluster each has a Pod, without which a report counts as left behind. */
async function createSpeakerPod({ rig }: NativeCluster, node: string): Promise<void> {
  const name = `berth-speaker-${node}`;
  const labels = { 'app.kubernetes.io/name': 'berth', 'app.kubernetes.io/component': 'speaker' };
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: NAMESPACE, labels },
    spec: { nodeName: node, containers: [{ name: 'speaker', image: 'berth', args: ['speaker'] }] },
  };
  await rig.kubectl(['create', '-f', '-'], JSON.stringify(pod));
  const status = { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } };
  const where = ['-n', NAMESPACE, '--subresource=status', '--type=merge'];
  await rig.kubectl(['patch', 'pod', name, ...where, '-p', JSON.stringify(status)]);
}

describe('a plan, and what real speakers do', {
  skip: skipWithoutKubernetesBinaries() || skipWithoutNetworkBinaries(),
}, () => {
  let cluster: NativeCluster;

  before(async () => {
    cluster = await NativeCluster.start();
    await cluster.configureRouter();
    await cluster.setUpDefaults();
    for (const node of NODES) await createSpeakerPod(cluster, node);
    await cluster.expose('web', NODES);
    await cluster.expose('edge', ['w2'], { externalTrafficPolicy: 'Local' });
    await cluster.waitForRoutes('10.50.0.0/32', NODES);
    await cluster.waitForRoutes('10.50.0.1/32', ['w2']);
  });
  after(() => cluster?.stop());

  /** The nodes of each prefix at the router. */
  const routes = async (): Promise<Readonly<Record<string, readonly string[]>>> => {
    const prefixes = [...(await cluster.table()).keys()].filter((prefix) => prefix.startsWith('10.50.'));
    const pairs = await Promise.all(
      prefixes.map(async (prefix) => [prefix, await cluster.announcingNodes(prefix)] as const),
    );
    return Object.fromEntries(pairs.filter(([, nodes]) => nodes.length > 0).sort());
  };

  for (const { says, edit } of full ? EDITS : EDITS.slice(0, 1))
    it(says, async () => {
      const manifest = JSON.stringify(edit);
      const { kubeconfig } = cluster.rig.api;
      const { out, err } = await runCommand(
        runPlan,
        ['-f', '-', '-o', 'json', '--kubeconfig', kubeconfig, '--pool-namespace', NAMESPACE],
        { stdin: manifest, clock: systemClock },
      );
      assert.notEqual(out, '', err);
      const expected = new Map(Object.entries(await routes()));
      for (const { prefix, before: was, after: is } of JSON.parse(out).announcements.routes) {
        assert.deepEqual(expected.get(prefix) ?? [], was, `${prefix} before`);
        if (is.length === 0) expected.delete(prefix);
        else expected.set(prefix, is);
      }
      await cluster.rig.kubectl(['apply', '-f', '-'], manifest);
      await eventually(async () =>
        assert.deepEqual(await routes(), Object.fromEntries([...expected].sort()), cluster.logTails()),
      );
    });
});

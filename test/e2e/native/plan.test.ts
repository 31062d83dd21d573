/** `berth plan` is held to real speakers: an edit is planned, then made, and the router has exactly the routes of the plan. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type AnyObject, NAMESPACE } from '../../controller/support/rig.ts';
import { eventually } from '../../support/eventually.ts';
import { skipWithoutKubernetesBinaries } from '../../support/kubernetes-binaries.ts';
import { skipWithoutNetworkBinaries } from '../../support/network-binaries.ts';
import { NativeCluster, NODES } from './support/native-cluster.ts';
import { createSpeakerPod, make, planned } from './support/plan/planned-edit.ts';

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
      const { announcements } = await planned(cluster, { apply: [edit] });
      const expected = new Map(Object.entries(await routes()));
      for (const { prefix, before: was, after: is } of announcements.routes) {
        assert.deepEqual(expected.get(prefix) ?? [], was, `${prefix} before`);
        if (is.length === 0) expected.delete(prefix);
        else expected.set(prefix, is);
      }
      await make(cluster, { apply: [edit] });
      await eventually(async () =>
        assert.deepEqual(await routes(), Object.fromEntries([...expected].sort()), cluster.logTails()),
      );
    });
});

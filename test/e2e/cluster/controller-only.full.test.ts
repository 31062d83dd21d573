/** The controller alone, from nothing to an address: what Services get, and what is said of who announces them. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Cluster } from '../../support/cluster/cluster.ts';
import { FOREIGN_IMAGE, writeForeignImage } from '../../support/cluster/foreign-image.ts';
import { skipWithoutCluster } from '../../support/cluster/parts.ts';
import { eventually } from '../../support/eventually.ts';
import {
  addressesOf,
  addressOf,
  NAMESPACE,
  pool,
  rolledOut,
  startBerth,
  uninstall,
} from './support/berth-cluster.ts';

describe('deploy/controller-only on a cluster of real kubelets', { skip: skipWithoutCluster() }, () => {
  let cluster: Cluster;
  let address: string;

  before(async () => {
    cluster = await startBerth('controller-only', { nodes: 1 });
  });
  after(() => cluster?.stop());

  it('gives a Service an address, and says in its condition from which pool', async () => {
    await cluster.apply(pool('192.0.2.0/28'), {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace: 'default' },
      spec: { type: 'LoadBalancer', ports: [{ port: 80 }] },
    });
    address = await addressOf(cluster, 'web');
    const condition = await cluster.kubectlOk([
      ...['wait', 'service/web', '--for=condition=berth.dev/Assigned', '--timeout=120s'],
    ]);
    assert.match(condition, /condition met/);
  });

  it('runs no speaker, and berth status does not call the address announced', async () => {
    const pods = await cluster.kubectlOk(['get', 'pods', '-n', NAMESPACE, '-o', 'name']);
    assert.doesNotMatch(pods, /speaker/);
    const { code, stdout } = await cluster.berth(['status', '--wait', '--timeout', '120s']);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^services +the one Service has an address$/m);
    assert.match(stdout, /^announcing +nobody: neither Calico nor a speaker of Berth announces/m);
  });

  it('says that an image is for another architecture, and the old Pods serve on', async () => {
    await cluster.node(1).loadImage(writeForeignImage(cluster.network.path));
    const image = `controller=${FOREIGN_IMAGE}`;
    await cluster.kubectlOk(['set', 'image', 'deployment/berth-controller', image, '-n', NAMESPACE]);
    await eventually(async () => {
      const { code, stdout } = await cluster.berth(['status']);
      assert.match(
        stdout.replaceAll(/\s+/g, ' '),
        /the image is not built for the architecture of this node/,
      );
      assert.match(stdout, /^controller +berth-controller-\S+ leads/m);
      assert.equal(code, 3, stdout);
    });
    await cluster.kubectlOk(['rollout', 'undo', 'deployment/berth-controller', '-n', NAMESPACE]);
    await rolledOut(cluster, 'deployment/berth-controller');
  });

  it('is uninstalled, and the address stays', async () => {
    await uninstall(cluster, 'controller-only');
    assert.deepEqual(await addressesOf(cluster, 'web'), [address]);
  });
});

/** Other set-ups of Calico than in the examples, and their effect on routes and requests. */

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { eventually } from '../../../support/eventually.ts';
import { skipWithoutKubernetesBinaries } from '../../../support/kubernetes-binaries.ts';
import { awaitResponses, fetchResponses } from '../../../support/netns/http-client.ts';
import { fetchProgram } from '../../../support/netns/programs/fetch.mjs';
import { skipWithoutNetworkBinaries } from '../../../support/network-binaries.ts';
import type { Loose } from '../support/bird1/objects.ts';
import { CALICO, prefixesOf, sendersOf, TestCluster, TOR, WORKERS } from '../support/cluster.ts';

const EXCLUDE = 'node.kubernetes.io/exclude-from-external-load-balancers';
const ONLY_SINGLE = { serviceLoadBalancerAggregation: 'Disabled', serviceClusterIPs: null };

describe('a set-up of BGP with Calico', {
  skip: skipWithoutKubernetesBinaries() || skipWithoutNetworkBinaries(),
}, () => {
  let cluster: TestCluster;

  before(async () => {
    cluster = await TestCluster.start();
    await cluster.testbed.startRouter(TOR);
  });
  afterEach(() => cluster.clean());
  after(() => cluster?.stop());

  it('with the mesh leaks a Local address from nodes without a pod; a BGPFilter prevents that', async () => {
    await cluster.examples();
    await cluster.configure({ nodeToNodeMeshEnabled: true });
    await cluster.expose('edge', ['w2'], { externalTrafficPolicy: 'Local' });
    await cluster.rig.waitForAddresses('edge', '192.168.5.0');
    const leaking = await cluster.converge();
    assert.deepEqual(sendersOf(leaking, '192.168.5.0/32'), WORKERS);
    await eventually(async () => {
      const answers = await fetchResponses(cluster.client, 'http://192.168.5.0/', 4);
      assert.ok(
        answers.some(({ error }) => error !== undefined),
        'no request met a node without a pod yet',
      );
    });
    await cluster.rig.api.requestOk('POST', `${CALICO}/bgpfilters`, {
      apiVersion: 'projectcalico.org/v3',
      kind: 'BGPFilter',
      metadata: { name: 'own-routes-only' },
      spec: {
        exportV4: [{ cidr: '192.168.5.0/24', matchOperator: 'In', source: 'RemotePeers', action: 'Reject' }],
      },
    });
    await cluster.rig.api.requestOk('PATCH', `${CALICO}/bgppeers/tor`, {
      spec: { filters: ['own-routes-only'] },
    });
    const cured = await cluster.converge();
    assert.deepEqual(sendersOf(cured, '192.168.5.0/32'), ['w2']);
    assert.deepEqual(sendersOf(cured, '192.168.5.0/24'), WORKERS);
    for (const { pod } of await awaitResponses(cluster.client, 'http://192.168.5.0/'))
      assert.equal(pod, 'w2-pod2');
  });

  it('without aggregation has a route for each address, which processes on the nodes cannot reach', async () => {
    await cluster.examples();
    await cluster.configure(ONLY_SINGLE);
    await cluster.expose('web', WORKERS);
    await cluster.expose('idle', []);
    await cluster.rig.waitForAddresses('idle', '192.168.5.1');
    const router = await cluster.converge();
    assert.deepEqual(prefixesOf(router), ['192.168.5.0/32']);
    assert.deepEqual(sendersOf(router, '192.168.5.0/32'), WORKERS);
    const pages = await awaitResponses(cluster.client, 'http://192.168.5.0/');
    assert.ok(pages.every(({ pod }) => pod?.includes('-pod') === true));
    const args = [fetchProgram, 'http://192.168.5.0/', '1', '2000'];
    const text = await cluster.testbed.node('w1').namespace.run(process.execPath, ...args);
    assert.match(JSON.parse(text)[0].error, /EINVAL/);
  });

  it('excludes a node by the value of the label, not by its presence', async () => {
    await cluster.examples();
    await cluster.expose('web', ['w1']);
    const label = (value: string | null): Promise<Loose> =>
      cluster.rig.api.requestOk('PATCH', '/api/v1/nodes/w3', { metadata: { labels: { [EXCLUDE]: value } } });
    await label('');
    assert.deepEqual(sendersOf(await cluster.converge(), '192.168.5.0/24'), WORKERS);
    await label('true');
    assert.deepEqual(sendersOf(await cluster.converge(), '192.168.5.0/24'), ['w1', 'w2']);
    await awaitResponses(cluster.client, 'http://192.168.5.0/');
    await label(null);
    assert.deepEqual(sendersOf(await cluster.converge(), '192.168.5.0/24'), WORKERS);
  });

  it('advertises a shared address until the last of its Services is deleted', async () => {
    await cluster.examples();
    await cluster.configure(ONLY_SINGLE);
    const shared = { annotations: { 'metallb.io/allow-shared-ip': 'one' } };
    const asking = { loadBalancerIP: '192.168.5.40' };
    await cluster.expose('first', ['w1'], asking, shared);
    const ports = [{ name: 'http', port: 81, targetPort: 8080 }];
    await cluster.expose('second', ['w2'], { ...asking, ports }, shared);
    await cluster.rig.waitForAddresses('first', '192.168.5.40');
    await cluster.rig.waitForAddresses('second', '192.168.5.40');
    assert.deepEqual(prefixesOf(await cluster.converge()), ['192.168.5.40/32']);
    for (const { pod } of await awaitResponses(cluster.client, 'http://192.168.5.40/', 5))
      assert.equal(pod, 'w1-pod1');
    for (const { pod } of await awaitResponses(cluster.client, 'http://192.168.5.40:81/', 5))
      assert.equal(pod, 'w2-pod2');
    await cluster.rig.delete('first');
    assert.deepEqual(prefixesOf(await cluster.converge()), ['192.168.5.40/32']);
    await awaitResponses(cluster.client, 'http://192.168.5.40:81/', 5);
    await cluster.rig.delete('second');
    assert.deepEqual(prefixesOf(await cluster.converge()), []);
  });
});

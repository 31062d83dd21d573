/** Faults from the field: a wrong password, a range that BIRD rejects, a node that loses its link. */

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { eventually } from '../../../support/eventually.ts';
import { skipWithoutKubernetesBinaries } from '../../../support/kubernetes-binaries.ts';
import { awaitResponses, fetchResponses } from '../../../support/netns/http-client.ts';
import { skipWithoutNetworkBinaries } from '../../../support/network-binaries.ts';
import type { Loose } from '../support/bird1/objects.ts';
import { CALICO, prefixesOf, sendersOf, TestCluster, TOR, WORKERS } from '../support/cluster.ts';

describe('faults beside Calico', {
  skip: skipWithoutKubernetesBinaries() || skipWithoutNetworkBinaries(),
}, () => {
  let cluster: TestCluster;

  before(async () => {
    cluster = await TestCluster.start();
    await cluster.testbed.startRouter(TOR);
  });
  afterEach(() => cluster.clean());
  after(() => cluster?.stop());

  it('a wrong password on one node removes the routes of that node only, until it is corrected', async () => {
    await cluster.examples();
    await cluster.rig.api.requestOk('PATCH', '/api/v1/namespaces/kube-system/secrets/tor-peer', {
      stringData: { other: 'mistyped' },
    });
    const peer = await cluster.rig.api.requestOk<Loose>('GET', `${CALICO}/bgppeers/tor`);
    await cluster.rig.api.requestOk('PATCH', `${CALICO}/bgppeers/tor`, {
      spec: { nodeSelector: `${peer.spec.nodeSelector} && kubernetes.io/hostname != 'w3'` },
    });
    await cluster.rig.api.requestOk('POST', `${CALICO}/bgppeers`, {
      ...peer,
      metadata: { name: 'tor-w3' },
      spec: {
        ...peer.spec,
        nodeSelector: "kubernetes.io/hostname == 'w3'",
        password: { secretKeyRef: { name: 'tor-peer', key: 'other' } },
      },
    });
    await cluster.expose('web', ['w3']);
    assert.deepEqual(sendersOf(await cluster.converge(), '192.168.5.0/24'), ['w1', 'w2']);
    for (const { pod } of await awaitResponses(cluster.client, 'http://192.168.5.0/'))
      assert.equal(pod, 'w3-pod3');
    await cluster.rig.api.requestOk('PATCH', `${CALICO}/bgppeers/tor-w3`, {
      spec: { password: { secretKeyRef: { name: 'tor-peer', key: 'tor-pw' } } },
    });
    assert.deepEqual(sendersOf(await cluster.converge(), '192.168.5.0/24'), WORKERS);
  });

  it('host bits in a range have no effect until BIRD restarts; then nodes advertise nothing until they are corrected', async () => {
    await cluster.examples();
    await cluster.expose('web', ['w1']);
    await cluster.rig.waitForAddresses('web', '192.168.5.0');
    await cluster.converge();
    const range = (cidr: string): Promise<Loose> =>
      cluster.configure({ serviceLoadBalancerIPs: [{ cidr }], serviceClusterIPs: null });
    await range('192.168.5.7/24');
    await eventually(() => {
      const withError = cluster.testbed.nodes.filter(({ daemons }) =>
        daemons.some(({ family, configError }) => family === 4 && configError !== null),
      );
      assert.equal(withError.length, cluster.testbed.nodes.length);
    });
    await awaitResponses(cluster.client, 'http://192.168.5.0/');
    await cluster.testbed.restartDaemons();
    assert.deepEqual(prefixesOf(await cluster.converge()), []);
    const [answer] = await fetchResponses(cluster.client, 'http://192.168.5.0/');
    assert.ok(answer?.error !== undefined);
    await range('192.168.5.0/24');
    assert.deepEqual(prefixesOf(await cluster.converge()), ['192.168.5.0/24']);
    await awaitResponses(cluster.client, 'http://192.168.5.0/');
  });

  it('a node without a link loses its routes after the hold time; the router learns them again later', async () => {
    await cluster.examples();
    await cluster.expose('web', ['w1', 'w2']);
    await cluster.converge();
    await awaitResponses(cluster.client, 'http://192.168.5.0/');
    cluster.testbed.router.ip('link set w3 down');
    await awaitResponses(cluster.client, 'http://192.168.5.0/', 30);
    assert.deepEqual(sendersOf(await cluster.converge(TOR, ['w3']), '192.168.5.0/24'), ['w1', 'w2']);
    cluster.testbed.router.ip('link set w3 up');
    assert.deepEqual(sendersOf(await cluster.converge(), '192.168.5.0/24'), WORKERS);
    await awaitResponses(cluster.client, 'http://192.168.5.0/', 30);
  });
});

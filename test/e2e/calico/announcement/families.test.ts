/** Dual stack: IPv6 ranges over IPv6 sessions, beside the examples. */

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { eventually } from '../../../support/eventually.ts';
import { skipWithoutKubernetesBinaries } from '../../../support/kubernetes-binaries.ts';
import { awaitResponses } from '../../../support/netns/http-client.ts';
import { skipWithoutNetworkBinaries } from '../../../support/network-binaries.ts';
import type { Loose } from '../support/bird1/objects.ts';
import { CALICO, sendersOf, TestCluster, TOR, WORKERS } from '../support/cluster.ts';
import { CLIENT } from '../support/exposed-service.ts';

describe('routes of both families', {
  skip: skipWithoutKubernetesBinaries() || skipWithoutNetworkBinaries(),
}, () => {
  let cluster: TestCluster;

  before(async () => {
    cluster = await TestCluster.start();
  });
  afterEach(() => cluster.clean());
  after(() => cluster?.stop());

  it('lead to both addresses of a dual-stack Service, and to a Local one from its node only', async () => {
    await cluster.examples();
    await cluster.configure({
      serviceLoadBalancerIPs: [{ cidr: '192.168.5.0/24' }, { cidr: 'fd00:5::/112' }],
    });
    const peer = await cluster.rig.api.requestOk<Loose>('GET', `${CALICO}/bgppeers/tor`);
    await cluster.rig.api.requestOk('POST', `${CALICO}/bgppeers`, {
      ...peer,
      metadata: { name: 'tor-v6' },
      spec: { ...peer.spec, peerIP: 'fd10:10::1' },
    });
    await cluster.rig.editPool('services', { addresses: ['192.168.5.0/24', 'fd00:5::/112'] });
    const dual = { ipFamilyPolicy: 'RequireDualStack', ipFamilies: ['IPv4', 'IPv6'] };
    await cluster.expose('web', WORKERS, dual);
    await cluster.endpoints('web', WORKERS, 6);
    await cluster.rig.waitForAddresses('web', '192.168.5.0', 'fd00:5::');
    await cluster.expose('edge', ['w2'], { ...dual, externalTrafficPolicy: 'Local' });
    await cluster.endpoints('edge', ['w2'], 6);
    await cluster.rig.waitForAddresses('edge', '192.168.5.1', 'fd00:5::1');
    await eventually(() =>
      assert.equal(cluster.testbed.neighbors().filter(({ family }) => family === 6).length, 3),
    );
    await cluster.testbed.startRouter(TOR);
    const router = await cluster.converge();
    for (const range of ['192.168.5.0/24', 'fd00:5::/112'])
      assert.deepEqual(sendersOf(router, range), WORKERS);
    for (const one of ['192.168.5.1/32', 'fd00:5::1/128']) assert.deepEqual(sendersOf(router, one), ['w2']);
    for (const host of ['192.168.5.0', '[fd00:5::]']) {
      const pages = await awaitResponses(cluster.client, `http://${host}/`, 40);
      assert.deepEqual([...new Set(pages.map(({ pod }) => pod))].sort(), ['w1-pod1', 'w2-pod2', 'w3-pod3']);
    }
    for (const page of await awaitResponses(cluster.client, 'http://[fd00:5::1]/', 5))
      assert.deepEqual(page, { pod: 'w2-pod2', client: CLIENT[6] });
  });
});

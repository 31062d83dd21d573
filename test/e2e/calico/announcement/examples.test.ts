/** The examples with real parts, from a Service to responses at a client behind the router. */

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { skipWithoutKubernetesBinaries } from '../../../support/kubernetes-binaries.ts';
import { awaitResponses } from '../../../support/netns/http-client.ts';
import { skipWithoutNetworkBinaries } from '../../../support/network-binaries.ts';
import type { Loose } from '../support/bird1/objects.ts';
import { sendersOf, TestCluster, TOR, WORKERS } from '../support/cluster.ts';
import { CLIENT } from '../support/exposed-service.ts';

describe('the examples', { skip: skipWithoutKubernetesBinaries() || skipWithoutNetworkBinaries() }, () => {
  let cluster: TestCluster;

  before(async () => {
    cluster = await TestCluster.start();
    await cluster.testbed.startRouter(TOR);
  });
  afterEach(() => cluster.clean());
  after(() => cluster?.stop());

  const route = (router: Loose, prefix: string): Loose =>
    router.routes.find((one: Loose) => one.prefix === prefix);

  it('lead to an address, to the range from every worker, and to responses of all pods', async () => {
    await cluster.examples();
    await cluster.apply('service');
    await cluster.endpoints('web', WORKERS);
    await cluster.rig.waitForAddresses('web', '192.168.5.0');
    const { forwardsTo, paths } = route(await cluster.converge(), '192.168.5.0/24');
    assert.deepEqual([...forwardsTo].sort(), ['10.10.0.11', '10.10.0.12', '10.10.0.13']);
    assert.deepEqual(paths.map(({ from }: Loose) => from).sort(), WORKERS);
    for (const { asPath, communities, largeCommunities } of paths) {
      assert.equal(asPath, '64700');
      assert.deepEqual(communities, ['64700:120']);
      assert.deepEqual(largeCommunities, ['64700:300:100']);
    }
    const pages = await awaitResponses(cluster.client, 'http://192.168.5.0/', 40);
    assert.deepEqual([...new Set(pages.map(({ pod }) => pod))].sort(), ['w1-pod1', 'w2-pod2', 'w3-pod3']);
  });

  it('advertise a Local Service as a host route, from the node of its pod only', async () => {
    await cluster.examples();
    await cluster.expose('edge', ['w2'], { externalTrafficPolicy: 'Local' });
    await cluster.rig.waitForAddresses('edge', '192.168.5.0');
    const router = await cluster.converge();
    assert.deepEqual(sendersOf(router, '192.168.5.0/32'), ['w2']);
    assert.deepEqual(route(router, '192.168.5.0/32').forwardsTo, ['10.10.0.12']);
    for (const page of await awaitResponses(cluster.client, 'http://192.168.5.0/'))
      assert.deepEqual(page, { pod: 'w2-pod2', client: CLIENT[4] });
    await cluster.endpoints('edge', ['w3']);
    assert.deepEqual(sendersOf(await cluster.converge(), '192.168.5.0/32'), ['w3']);
    for (const { pod } of await awaitResponses(cluster.client, 'http://192.168.5.0/'))
      assert.equal(pod, 'w3-pod3');
  });
});

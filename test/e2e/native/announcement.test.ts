/** Three nodes without Calico: the router learns a Service's address from each node with endpoints, and a client gets pages. */

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { skipWithoutKubernetesBinaries } from '../../support/kubernetes-binaries.ts';
import { awaitResponses } from '../../support/netns/http-client.ts';
import { skipWithoutNetworkBinaries } from '../../support/network-binaries.ts';
import { CLIENT } from '../calico/support/exposed-service.ts';
import { NativeCluster, NODE_AS, NODES } from './support/native-cluster.ts';

/** Longer than the shortest hold time of a session. */
const OUTAGE_MS = 10_000;

describe('a speaker on every node', {
  skip: skipWithoutKubernetesBinaries() || skipWithoutNetworkBinaries(),
}, () => {
  let cluster: NativeCluster;

  before(async () => {
    cluster = await NativeCluster.start();
    await cluster.configureRouter();
  });
  afterEach(() => cluster.clean());
  after(() => cluster?.stop());

  it('advertises a Service from all of them, and the client gets pages from all its pods', async () => {
    await cluster.setUpDefaults();
    await cluster.expose('web', NODES);
    await cluster.rig.waitForAddresses('web', '10.50.0.0');
    await cluster.waitForRoutes('10.50.0.0/32', NODES);
    for (const { asPath, nextHop } of (await cluster.table()).get('10.50.0.0/32') ?? []) {
      assert.equal(asPath, `${NODE_AS}`);
      assert.match(nextHop, /^10\.10\.0\.1[123]$/);
    }
    const pages = await awaitResponses(cluster.client, 'http://10.50.0.0/', 40);
    assert.deepEqual([...new Set(pages.map(({ pod }) => pod))].sort(), ['w1-pod1', 'w2-pod2', 'w3-pod3']);
  });

  it('advertises a Local Service from the node of its pod only, and follows the pod', async () => {
    await cluster.setUpDefaults();
    await cluster.expose('edge', ['w2'], { externalTrafficPolicy: 'Local' });
    await cluster.waitForRoutes('10.50.0.0/32', ['w2']);
    for (const page of await awaitResponses(cluster.client, 'http://10.50.0.0/'))
      assert.deepEqual(page, { pod: 'w2-pod2', client: CLIENT[4] });
    await cluster.applyEndpoints('edge', ['w3']);
    await cluster.waitForRoutes('10.50.0.0/32', ['w3']);
    await cluster.rig.delete('edge');
    await cluster.waitForRoutes('10.50.0.0/32', []);
  });

  it('keeps its routes while the API server is down, and follows the changes afterwards', async () => {
    await cluster.setUpDefaults();
    await cluster.expose('web', NODES);
    await cluster.waitForRoutes('10.50.0.0/32', NODES);
    await cluster.rig.api.kill9();
    await sleep(OUTAGE_MS);
    assert.deepEqual(await cluster.announcingNodes('10.50.0.0/32'), NODES, cluster.logTails());
    assert.deepEqual(await cluster.established(), ['w1_4', 'w2_4', 'w3_4']);
    await awaitResponses(cluster.client, 'http://10.50.0.0/', 10);
    await cluster.rig.api.restartApiServer();
    await cluster.applyEndpoints('web', []);
    await cluster.waitForRoutes('10.50.0.0/32', []);
  });
});

/** Traffic while speakers restart, drain or die. The client never retries. */

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../../support/eventually.ts';
import { skipWithoutKubernetesBinaries } from '../../support/kubernetes-binaries.ts';
import { awaitResponses } from '../../support/netns/http-client.ts';
import { skipWithoutNetworkBinaries } from '../../support/network-binaries.ts';
import type { RouterOptions } from '../calico/support/router.ts';
import { brokenConnections, type LoadResult, lostConnections, runUnderLoad } from './support/load.ts';
import { FORGOTTEN_AFTER_MS, NativeCluster, NODES, ROUTER } from './support/native-cluster.ts';

const WEB = '10.50.0.0';
const LONG_LIVED_CONNECTIONS = 30;

/** Honours RFC 8326, which routers of other ASes do only if configured. */
const GRACEFUL_SHUTDOWN_ROUTER: RouterOptions = {
  ...ROUTER,
  imports: 'filter { if (65535, 0) ~ bgp_community then bgp_local_pref = 0; accept; }',
};

const GRACEFUL_RESTART = { enableGracefulRestart: true };

describe('traffic, while speakers', {
  skip: skipWithoutKubernetesBinaries() || skipWithoutNetworkBinaries(),
}, () => {
  let cluster: NativeCluster;

  before(async () => {
    cluster = await NativeCluster.start();
    await cluster.configureRouter(GRACEFUL_SHUTDOWN_ROUTER);
  });
  afterEach(() => cluster.clean());
  after(() => cluster?.stop());

  /** A Service on all nodes that the client fetches pages from. */
  async function begin(peer: object, ...flags: readonly string[]): Promise<void> {
    await cluster.rig.pool('main', ['10.50.0.0/24']);
    await cluster.createObject('BGPAdvertisement', 'all', {});
    await cluster.createPeer('tor', peer);
    await cluster.rig.startServing();
    await cluster.startSpeakers(...flags);
    await cluster.expose('web', NODES);
    await cluster.waitForRoutes(`${WEB}/32`, NODES);
    await awaitResponses(cluster.client, `http://${WEB}/`, 20);
    await sleep(FORGOTTEN_AFTER_MS);
  }

  const nobodyNoticed = (fared: LoadResult): void => {
    assert.deepEqual(fared.failed, [], cluster.logTails());
    assert.deepEqual(lostConnections(fared), [], cluster.logTails());
    assert.deepEqual(brokenConnections(fared), [], cluster.logTails());
    assert.ok(fared.served > 50, `only ${fared.served} of ${fared.tried}`);
  };

  const isBack = (node: string): Promise<void> =>
    eventually(async () =>
      assert.ok((await cluster.established()).includes(`${node}_4`), cluster.logTails()),
    );

  async function restart(node: string): Promise<void> {
    await cluster.end(node);
    await sleep(300);
    cluster.startSpeaker(node);
    await isBack(node);
  }

  it('restart one by one with graceful restart: no connection is lost, and the router keeps every route', async () => {
    await begin(GRACEFUL_RESTART);
    const fared = await runUnderLoad(cluster, { host: WEB, longLived: LONG_LIVED_CONNECTIONS }, async () => {
      for (const node of NODES) {
        await restart(node);
        assert.deepEqual(await cluster.announcingNodes(`${WEB}/32`), NODES);
      }
    });
    nobodyNoticed(fared);
  });

  it('are killed and come back, with graceful restart: no connection is lost', async () => {
    await begin(GRACEFUL_RESTART);
    const fared = await runUnderLoad(cluster, { host: WEB, longLived: LONG_LIVED_CONNECTIONS }, async () => {
      await cluster.kill('w2');
      await sleep(300);
      assert.deepEqual(await cluster.announcingNodes(`${WEB}/32`), NODES);
      cluster.startSpeaker('w2');
      await isBack('w2');
    });
    nobodyNoticed(fared);
  });

  it('drain a cordoned node: no new connection is lost, and existing ones continue during the wait', async (t) => {
    await begin({}, '--drain-on-cordon', '--drain-wait', '8s');
    await cluster.expose('edge', ['w2'], { externalTrafficPolicy: 'Local' });
    await cluster.waitForRoutes('10.50.0.1/32', ['w2']);
    await awaitResponses(cluster.client, 'http://10.50.0.1/');
    let local: LoadResult | null = null;
    const fared = await runUnderLoad(cluster, { host: WEB, longLived: LONG_LIVED_CONNECTIONS }, async () => {
      local = await runUnderLoad(cluster, { host: '10.50.0.1', longLived: 5 }, async () => {
        await cordon('w2', true);
        await eventually(async () => {
          const paths = (await cluster.table()).get(`${WEB}/32`) ?? [];
          const leaving = paths.find(({ protocol }) => protocol === 'w2_4');
          assert.deepEqual(leaving?.communities, ['65535:0'], cluster.logTails());
        });
      });
      await cluster.waitForRoutes(`${WEB}/32`, ['w1', 'w3']);
    });
    assert.deepEqual(lostConnections(fared), [], cluster.logTails());
    assert.deepEqual(
      brokenConnections(local ?? fared),
      [],
      'the Local Service is served by its node until that withdraws',
    );
    const moved = brokenConnections(fared).length;
    t.diagnostic(
      `${moved} of ${LONG_LIVED_CONNECTIONS} long connections were moved; on average the kernel's hash has to move a third to a half`,
    );
    await cluster.waitForRoutes('10.50.0.1/32', []);
    await cordon('w2', false);
    await cluster.waitForRoutes(`${WEB}/32`, NODES);
  });

  it('end without graceful restart: they drain, and no new connection is lost', async () => {
    await begin({}, '--drain-wait', '2s');
    const fared = await runUnderLoad(cluster, { host: WEB, longLived: 0 }, () => cluster.end('w3'));
    assert.deepEqual(lostConnections(fared), [], cluster.logTails());
    assert.deepEqual(await cluster.announcingNodes(`${WEB}/32`), ['w1', 'w2']);
  });

  it('are killed, or lose their link: new connections use other nodes', async () => {
    await begin({ holdTime: '9s' });
    await cluster.kill('w1');
    await cluster.waitForRoutes(`${WEB}/32`, ['w2', 'w3']);
    await cluster.applyEndpoints('web', ['w2', 'w3']);
    await awaitResponses(cluster.client, `http://${WEB}/`, 40);
    cluster.stage.router.ip('link set w2 down');
    try {
      await cluster.waitForRoutes(`${WEB}/32`, ['w3']);
      await cluster.applyEndpoints('web', ['w3']);
      await awaitResponses(cluster.client, `http://${WEB}/`, 40);
    } finally {
      cluster.stage.router.ip('link set w2 up');
    }
    await cluster.waitForRoutes(`${WEB}/32`, ['w2', 'w3']);
  });

  const cordon = (node: string, unschedulable: boolean): Promise<unknown> =>
    cluster.rig.api.requestOk('PATCH', `/api/v1/nodes/${node}`, { spec: { unschedulable } });
});

/** FRR as the router: it learns the routes of the examples as BIRD does, and forwards the client's requests. */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { eventually } from '../../../support/eventually.ts';
import { skipWithoutKubernetesBinaries } from '../../../support/kubernetes-binaries.ts';
import { Frr } from '../../../support/netns/frr.ts';
import { awaitResponses } from '../../../support/netns/http-client.ts';
import { skipWithoutNetworkBinaries } from '../../../support/network-binaries.ts';
import type { Loose } from '../support/bird1/objects.ts';
import { PASSWORD, prefixesOf, sendersOf, TestCluster, TOR, WORKERS } from '../support/cluster.ts';
import { compareObserved } from '../support/play-case.ts';
import { ROUTER_ADDRESS } from '../support/router.ts';
import { nodeAddress } from '../support/testbed.ts';

/** Among equal paths BIRD prefers the lowest router ID, not the oldest path. */
const config = (neighbors: readonly string[]): string =>
  [
    'router bgp 65116',
    ` bgp router-id ${ROUTER_ADDRESS[4]}`,
    ' no bgp ebgp-requires-policy',
    ' bgp bestpath compare-routerid',
    ` timers bgp 3 ${TOR.holdSeconds}`,
    ' neighbor nodes peer-group',
    ' neighbor nodes remote-as external',
    ` neighbor nodes password ${PASSWORD}`,
    ' neighbor nodes timers connect 2',
    ...neighbors.map((address) => ` neighbor ${address} peer-group nodes`),
    ' address-family ipv4 unicast',
    '  maximum-paths 8',
    ' exit-address-family',
    '',
  ].join('\n');

describe('FRR as the router of the nodes', {
  skip: skipWithoutKubernetesBinaries() || skipWithoutNetworkBinaries(),
}, () => {
  let cluster: TestCluster;
  let frr: Frr;

  before(async () => {
    cluster = await TestCluster.start();
    frr = new Frr(cluster.testbed.router);
    frr.start(config(cluster.testbed.nodes.map(({ name }) => nodeAddress(name, 4))));
  });
  after(() => cluster?.stop());

  /** In the form of the observed cases. */
  async function seen(): Promise<Loose> {
    const nameOf = (address: string): string =>
      cluster.testbed.nodes.find(({ name }) => nodeAddress(name, 4) === address)?.name ?? address;
    return (await frr.routes()).map(({ paths, ...route }) => ({
      ...route,
      paths: paths.map(({ protocol, localPref: _, ...path }) => ({ from: nameOf(protocol), ...path })),
    }));
  }

  it('learns the range from every worker and a Local address from its node, with AS path and communities', async () => {
    await cluster.examples();
    await cluster.apply('service');
    await cluster.endpoints('web', WORKERS);
    await cluster.rig.waitForAddresses('web', '192.168.5.0');
    await cluster.expose('edge', ['w2'], { externalTrafficPolicy: 'Local' });
    await cluster.rig.waitForAddresses('edge', '192.168.5.1');
    const router = await eventually(async () => {
      const { routers } = await cluster.predicted();
      const { sessions, as } = routers[ROUTER_ADDRESS[4]];
      const have = { as, sessions, routes: await seen() };
      const differences = compareObserved({ routers: { [ROUTER_ADDRESS[4]]: have } }, { routers });
      assert.deepEqual(differences, []);
      return have;
    });
    assert.ok(prefixesOf(router).includes('192.168.5.0/24'));
    assert.deepEqual(sendersOf(router, '192.168.5.0/24'), WORKERS);
    assert.deepEqual(sendersOf(router, '192.168.5.1/32'), ['w2']);
    const pages = await awaitResponses(cluster.client, 'http://192.168.5.0/', 40);
    assert.deepEqual([...new Set(pages.map(({ pod }) => pod))].sort(), ['w1-pod1', 'w2-pod2', 'w3-pod3']);
    for (const { pod } of await awaitResponses(cluster.client, 'http://192.168.5.1/', 5))
      assert.equal(pod, 'w2-pod2');
  });
});

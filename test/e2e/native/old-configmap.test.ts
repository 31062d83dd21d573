/**
 * The ConfigMap of MetalLB 0.12, as its tutorials have it: controller and speakers run from it, by BGP to a real BIRD and by layer
 * 2 on a real segment. Edits are live, and one that is not good changes nothing.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { type AnyObject, NAMESPACE } from '../../controller/support/rig.ts';
import { eventually } from '../../support/eventually.ts';
import { skipWithoutKubernetesBinaries } from '../../support/kubernetes-binaries.ts';
import { awaitResponses } from '../../support/netns/http-client.ts';
import { skipWithoutNetworkBinaries } from '../../support/network-binaries.ts';
import { ROUTER_ADDRESS } from '../calico/support/router.ts';
import { NativeCluster, NODE_AS, NODES, ROUTER } from './support/native-cluster.ts';

const run = promisify(execFile);

const PASSWORD = 'from 2019';
const CONFIG_MAPS = `/api/v1/namespaces/${NAMESPACE}/configmaps`;
const [WEB, LAN] = ['10.50.0.0', '10.10.0.128'];

/** `peer` and `bgpPool` are more lines of these entries. */
const config = (peer: readonly string[], bgpPool: readonly string[] = []): string =>
  [
    'peers:',
    `- peer-address: ${ROUTER_ADDRESS[4]}`,
    `  peer-asn: ${ROUTER.as}`,
    `  my-asn: ${NODE_AS}`,
    `  password: ${PASSWORD}`,
    ...peer,
    'bgp-communities:',
    '  of-customers: 64512:101',
    'address-pools:',
    '- name: Customers_1',
    '  protocol: bgp',
    '  addresses: [10.50.0.0/24]',
    '  bgp-advertisements:',
    '  - communities: [of-customers]',
    '  - aggregation-length: 24',
    '    communities: ["65535:65281"]',
    ...bgpPool,
    '- name: lan',
    '  protocol: layer2',
    '  auto-assign: off',
    '  addresses: [10.10.0.128-10.10.0.135]',
  ].join('\n');

const ON_W1_AND_W2 = [
  '  node-selectors:',
  '  - match-expressions:',
  '    - {key: kubernetes.io/hostname, operator: In, values: [w1, w2]}',
];

describe('the old ConfigMap', {
  skip: skipWithoutKubernetesBinaries() || skipWithoutNetworkBinaries(),
}, () => {
  let cluster: NativeCluster;

  before(async () => {
    cluster = await NativeCluster.start();
    await cluster.configureRouter({ ...ROUTER, password: PASSWORD });
    await write('POST', config(ON_W1_AND_W2));
    await cluster.rig.startServing('--config=config');
    await cluster.startSpeakers('--config', 'config');
  });
  after(() => cluster?.stop());

  const write = (method: 'POST' | 'PUT', text: string): Promise<unknown> =>
    cluster.rig.api.requestOk(method, method === 'POST' ? CONFIG_MAPS : `${CONFIG_MAPS}/config`, {
      ...{ apiVersion: 'v1', kind: 'ConfigMap', data: { config: text } },
      metadata: { name: 'config', namespace: NAMESPACE },
    });

  const stateOf = async (name: string): Promise<AnyObject> => {
    const path = `/apis/metallb.io/v1beta1/namespaces/${NAMESPACE}/configurationstates/${name}`;
    return (await cluster.rig.api.requestOk<AnyObject>('GET', path)).status ?? {};
  };

  it('has its BGP pools announced to its peers, with aggregates and communities', async () => {
    await cluster.expose('web', NODES);
    await cluster.rig.waitForAddresses('web', WEB);
    await cluster.waitForRoutes(`${WEB}/32`, ['w1', 'w2']);
    await cluster.waitForRoutes('10.50.0.0/24', ['w1', 'w2']);
    const table = await cluster.table();
    const communities = (prefix: string) => table.get(prefix)?.flatMap((path) => path.communities);
    assert.deepEqual(communities(`${WEB}/32`), ['64512:101', '64512:101']);
    assert.deepEqual(communities('10.50.0.0/24'), ['65535:65281', '65535:65281']);
  });

  it('is what the controller says of each Service', async () => {
    await eventually(async () => {
      const { status } = await cluster.rig.get('web');
      const announced = status.conditions.find(({ type }: AnyObject) => type === 'berth.dev/Announced');
      assert.equal(announced?.status, 'True', JSON.stringify(status.conditions));
    });
  });

  it('has its layer 2 pools answered for, and Services may request them by name', async () => {
    const client = cluster.stage.net.namespace('lan');
    client.addVeth('eth0', cluster.stage.router, 'lan');
    cluster.stage.router.ip('link set lan master nodes');
    client.ip('address add 10.10.0.99/24 dev eth0');
    const annotations = { 'metallb.universe.tf/address-pool': 'lan' };
    await cluster.rig.service(
      'lan',
      { ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
      { annotations },
    );
    await cluster.applyEndpoints('lan', NODES);
    await cluster.rig.waitForAddresses('lan', LAN);
    await awaitResponses(client, `http://${LAN}/`, 3);
    const { script, api } = cluster.rig;
    const why = await run(process.execPath, [
      ...[script, 'l2', 'why', 'lan', '--config', 'config', '--kubeconfig', api.kubeconfig],
    ]);
    assert.match(why.stdout, /answers/);
  });

  it('is live: an edit changes what it is about', async () => {
    await write('PUT', config([]));
    await cluster.waitForRoutes(`${WEB}/32`, NODES);
  });

  it('stays in force as it was when an edit is not good, with all that is wrong', async () => {
    await write(
      'PUT',
      config(['  hold-tim: 30s'], ['- {name: more, protocol: l2, addresses: [10.50.0.128/25]}']),
    );
    const issues = [
      'data.config: peers[0].hold-tim: is not a known field: did you mean "hold-time"?',
      'data.config: address-pools[1].protocol: "l2" is no known protocol: did you mean "layer2"?',
      'data.config: address-pools[1].addresses[0]: ',
    ];
    for (const name of ['controller', 'speaker-w1'])
      await eventually(async () => {
        const { result, errorSummary } = await stateOf(name);
        assert.equal(result, 'Invalid', name);
        for (const issue of issues)
          assert.ok(errorSummary.includes(`ConfigMap "config": ${issue}`), errorSummary);
      });
    await cluster.waitForRoutes(`${WEB}/32`, NODES);
    await write('PUT', config([]));
    await eventually(async () => assert.equal((await stateOf('speaker-w1')).result, 'Valid'));
  });
});

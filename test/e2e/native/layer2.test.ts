/**
 * Layer 2 from end to end: API server, etcd and controller; nodes on one bridge, each with a speaker and a real kube-proxy;
 * a client on the same segment that finds addresses by ARP and NDP.
 */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { skipWithoutKubernetesBinaries } from '../../support/kubernetes-binaries.ts';
import { awaitResponses } from '../../support/netns/http-client.ts';
import type { NetworkNamespace } from '../../support/netns/network.ts';
import { skipWithoutNetworkBinaries } from '../../support/network-binaries.ts';
import { METALLB, NativeCluster, NODES } from './support/native-cluster.ts';

/** Of the nodes' own subnets. */
const POOL = ['10.10.0.128/28', 'fd10:10::1:0/124'];
const [WEB, LOCAL] = ['10.10.0.128', '10.10.0.129'];
const WEB6 = 'fd10:10::1:0';
const REQUESTS = 10;

describe('layer 2', { skip: skipWithoutKubernetesBinaries() || skipWithoutNetworkBinaries() }, () => {
  let cluster: NativeCluster;
  let client: NetworkNamespace;

  before(async () => {
    cluster = await NativeCluster.start();
    client = cluster.stage.net.namespace('lan');
    client.addVeth('eth0', cluster.stage.router, 'lan');
    cluster.stage.router.ip('link set lan master nodes');
    client.ip('address add 10.10.0.99/24 dev eth0', 'address add fd10:10::99/64 dev eth0 nodad');
  });
  afterEach(() => cluster.clean());
  after(() => cluster?.stop());

  /** The node whose MAC address the client has for an address. */
  async function answeringNode(address: string): Promise<string> {
    const [, mac = ''] = /lladdr (\S+)/.exec(await client.run('ip', 'neigh', 'show', 'to', address)) ?? [];
    for (const node of NODES) {
      const shown = await cluster.stage.node(node).namespace.run('ip', 'link', 'show', 'eth0');
      if (mac !== '' && shown.includes(mac)) return node;
    }
    return `nobody (${mac})`;
  }

  /** The node that the ServiceL2Status names, and how many there are. */
  const recorded = (service: string): Promise<string> =>
    eventually(async () => {
      const { items } = await cluster.rig.api.requestOk<{
        readonly items: readonly {
          readonly status?: { readonly serviceName?: string; readonly node?: string };
        }[];
      }>('GET', `/apis/metallb.io/v1beta1${METALLB}/servicel2statuses`);
      const found = items.filter(({ status }) => status?.serviceName === service);
      assert.equal(found.length, 1, `${service} has ${found.length} records\n${cluster.logTails()}`);
      return found[0]?.status?.node ?? '';
    });

  const load = (address: string) =>
    awaitResponses(client, `http://${address.includes(':') ? `[${address}]` : address}/`, REQUESTS);

  it('serves pages of Services by ARP and NDP, from one node each; another one takes over when it dies', async () => {
    await cluster.rig.pool('lan', POOL);
    await cluster.createObject('L2Advertisement', 'lan', { interfaces: ['eth0'] });
    await cluster.rig.startServing();
    await cluster.startSpeakers();
    await cluster.expose('web', NODES);
    await cluster.rig.waitForAddresses('web', WEB);
    await cluster.expose('local', ['w2'], { externalTrafficPolicy: 'Local' });
    await cluster.rig.waitForAddresses('local', LOCAL);
    await cluster.rig.service('web6', {
      ports: [{ name: 'http', port: 80, targetPort: 8080 }],
      ipFamilies: ['IPv6'],
      ipFamilyPolicy: 'SingleStack',
    });
    await cluster.applyEndpoints('web6', NODES, 6);
    await cluster.rig.waitForAddresses('web6', WEB6);

    const pods = new Set((await load(WEB)).map(({ pod }) => pod));
    assert.ok(pods.size > 0);
    await load(WEB6);
    assert.ok(
      (await load(LOCAL)).every(({ pod, client: seen }) => pod?.startsWith('w2') && seen === '10.10.0.99'),
    );
    const owner = await recorded('web');
    assert.equal(await answeringNode(WEB), owner);
    assert.equal(await answeringNode(WEB6), await recorded('web6'));
    assert.deepEqual([await answeringNode(LOCAL), await recorded('local')], ['w2', 'w2']);

    await cluster.kill(owner);
    await eventually(async () => {
      const next = await answeringNode(WEB);
      assert.ok(next !== owner && NODES.some((node) => node === next), `${next}\n${cluster.logTails()}`);
    });
    await load(WEB);
    await eventually(async () => assert.equal(await recorded('web'), await answeringNode(WEB)));
  });
});

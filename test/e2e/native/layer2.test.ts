/**
 * Layer 2 from end to end: API server, etcd and controller; nodes on one bridge, each with a speaker and a real kube-proxy;
 * a client on the same segment that finds addresses by ARP and NDP. kube-proxy uses iptables here, nftables in the other files;
 * BERTH_FULL=1 has both.
 */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { eventually, eventuallyEqual } from '../../support/eventually.ts';
import { skipWithoutKubernetesBinaries } from '../../support/kubernetes-binaries.ts';
import { awaitResponses } from '../../support/netns/http-client.ts';
import type { NetworkNamespace } from '../../support/netns/network.ts';
import { skipWithoutNetworkBinaries } from '../../support/network-binaries.ts';
import type { ProxyMode } from '../calico/support/kube-proxies.ts';
import { joinSegment } from './support/layer2-stage.ts';
import { METALLB, NativeCluster, NODES } from './support/native-cluster.ts';
import { askByArp, askByNdp, isTakenByArp } from './support/neighbour-tools.ts';

/** Of the nodes' own subnets. */
const POOL = ['10.10.0.128/28', 'fd10:10::1:0/124'];
const [WEB, LOCAL] = ['10.10.0.128', '10.10.0.129'];
const WEB6 = 'fd10:10::1:0';
/** Of the pool, and of no Service. */
const UNUSED = '10.10.0.140';
const REQUESTS = 10;
const modes: readonly ProxyMode[] =
  process.env['BERTH_FULL'] === '1' ? ['iptables', 'nftables'] : ['iptables'];
const skip = skipWithoutKubernetesBinaries() || skipWithoutNetworkBinaries();

for (const mode of modes)
  describe(`layer 2, kube-proxy with ${mode}`, { skip }, () => {
    let cluster: NativeCluster;
    let client: NetworkNamespace;

    before(async () => {
      cluster = await NativeCluster.start(mode);
      client = joinSegment(cluster, 'lan', 99);
    });
    afterEach(() => cluster.clean());
    after(() => cluster?.stop());

    async function nodeWith(mac: string): Promise<string> {
      for (const node of NODES) {
        const shown = await cluster.stage.node(node).namespace.run('ip', 'link', 'show', 'eth0');
        if (mac !== '' && shown.includes(mac)) return node;
      }
      return `nobody (${mac})`;
    }

    /** The node whose MAC address the client's kernel has for an address. */
    async function answeringNode(address: string): Promise<string> {
      return nodeWith(/lladdr (\S+)/.exec(await client.run('ip', 'neigh', 'show', 'to', address))?.[1] ?? '');
    }

    /** The nodes that answer to arping and ndisc6. */
    async function askedNodes(address: string): Promise<readonly string[]> {
      const macs = await (address.includes(':') ? askByNdp : askByArp)(client, address);
      return Promise.all(macs.map(nodeWith));
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
      // While speakers start, an address may change hands: it is read until the record and the answers are of one node.
      const owner = await eventually(async () => {
        const [web, web6] = [await recorded('web'), await recorded('web6')];
        assert.deepEqual([await answeringNode(WEB), await answeringNode(WEB6)], [web, web6]);
        assert.deepEqual([await answeringNode(LOCAL), await recorded('local')], ['w2', 'w2']);
        assert.deepEqual([await askedNodes(WEB), await askedNodes(WEB6)], [[web], [web6]]);
        assert.deepEqual(await askedNodes(LOCAL), ['w2']);
        return web;
      });
      const isTaken = (): Promise<boolean> => isTakenByArp(client, WEB);
      await eventuallyEqual(isTaken, true); // a host that wants the address learns that it is taken
      assert.equal(await isTakenByArp(client, UNUSED), false);

      await cluster.kill(owner);
      await eventually(async () => {
        const next = await answeringNode(WEB);
        assert.ok(next !== owner && NODES.some((node) => node === next), `${next}\n${cluster.logTails()}`);
      });
      await load(WEB);
      await eventually(async () => {
        const next = await recorded('web');
        assert.deepEqual([await answeringNode(WEB), ...(await askedNodes(WEB))], [next, next]);
      });
    });
  });

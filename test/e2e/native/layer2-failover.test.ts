/**
 * Layer 2 with real speakers on one segment: a host resolves the address by ARP and NDP, and who answers changes only when the
 * owner goes.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { type NetworkNamespace, TestNetwork } from '../../support/netns/network.ts';
import { skipWithoutNetworkBinaries } from '../../support/network-binaries.ts';
import { InteropCluster } from './support/interop/cluster.ts';
import { SpeakerNode } from './support/interop/node.ts';

const NODES = ['n1', 'n2', 'n3'];
const ADDRESSES = ['192.0.2.100', '2001:db8::100'];
const macOf = (index: number): string => `02:00:00:00:01:0${index}`;

describe('layer 2', { skip: skipWithoutNetworkBinaries() }, () => {
  let cluster: InteropCluster;
  let host: NetworkNamespace;
  const nodes = new Map<string, SpeakerNode>();

  before(async () => {
    const net = new TestNetwork();
    cluster = await InteropCluster.start(net);
    const bridge = net.namespace('bridge');
    bridge.ip('link add br0 type bridge', 'link set br0 up');
    const join = (space: NetworkNamespace, index: number): void => {
      space.addVeth('eth0', bridge, `port${index}`);
      bridge.ip(`link set port${index} master br0`);
      space.ip(
        `link set eth0 address ${macOf(index)}`,
        `address add 192.0.2.1${index}/24 dev eth0`,
        `address add 2001:db8::1${index}/64 dev eth0`,
      );
    };
    host = net.namespace('host');
    join(host, 0);
    for (const [at, name] of NODES.entries()) {
      const node = await SpeakerNode.make(cluster, name, [`192.0.2.1${at + 1}`]);
      join(node.space, at + 1);
      nodes.set(name, node);
    }
    cluster.object('IPAddressPool', 'main', { addresses: ['192.0.2.0/24', '2001:db8::/112'] });
    cluster.object('L2Advertisement', 'all', {});
    const metadata = { namespace: 'default' };
    cluster.api.objects.put({
      ...{ apiVersion: 'v1', kind: 'Service', metadata: { ...metadata, name: 'web' } },
      spec: { type: 'LoadBalancer', ports: [{ port: 80, protocol: 'TCP' }] },
      status: { loadBalancer: { ingress: ADDRESSES.map((ip) => ({ ip })) } },
    });
    cluster.api.objects.put({
      ...{ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', addressType: 'IPv4', ports: [] },
      metadata: { ...metadata, name: 'web-1', labels: { 'kubernetes.io/service-name': 'web' } },
      endpoints: [{ addresses: ['10.244.0.1'], nodeName: 'n1', conditions: { ready: true } }],
    });
    for (const node of nodes.values()) node.startSpeaker();
  });
  after(() => cluster?.stop());

  const recorded = (): readonly string[] =>
    cluster.api.objects.list('servicel2statuses.metallb.io').flatMap(({ status }) => {
      const node = (status as { node?: string } | undefined)?.node;
      return node === undefined ? [] : [node];
    });

  /** The nodes whose interface answers a host that asks anew. */
  async function answering(address: string): Promise<readonly string[]> {
    host.ip('neigh flush dev eth0');
    const ask = `echo x > /dev/udp/${address}/9; sleep 0.2`;
    await host.run('bash', '-c', ask).catch(() => '');
    const line = await host.run('ip', 'neigh', 'show', address);
    return NODES.filter((_, at) => line.includes(macOf(at + 1)));
  }

  /** The one node that is recorded, and answers for both addresses. */
  async function owner(): Promise<string> {
    return eventually(async () => {
      const [node = '', ...others] = recorded();
      assert.deepEqual(others, []);
      for (const address of ADDRESSES) assert.deepEqual(await answering(address), [node], address);
      return node;
    });
  }

  const nodeOf = (name: string): SpeakerNode => nodes.get(name) ?? assert.fail(`no node ${name}`);
  const bfdUp = (name: string): Promise<void> =>
    eventually(() => {
      const lines = nodeOf(name).log();
      assert.ok(
        lines.filter(({ msg }) => msg === 'BFD session with a speaker is up').length >= 2,
        nodeOf(name).tail(),
      );
    });

  it('moves when the owner is killed, and not when it returns', async () => {
    const first = await owner();
    for (const name of NODES) await bfdUp(name);
    await nodeOf(first).stopSpeaker('SIGKILL');
    const second = await eventually(() => {
      const [node] = recorded();
      assert.ok(node !== undefined && node !== first, 'nobody else is recorded');
      return node;
    });
    assert.equal(await owner(), second);
    nodeOf(first).startSpeaker();
    await bfdUp(first);
    assert.equal(await owner(), second);
  });

  it('moves when the owner is stopped', async () => {
    const first = await owner();
    await nodeOf(first).stopSpeaker('SIGTERM');
    await eventually(() => assert.notEqual(recorded()[0], first));
    assert.notEqual(await owner(), first);
    nodeOf(first).startSpeaker();
    await bfdUp(first);
  });

  it('moves when the owner is cut off, which falls silent', async () => {
    const first = await owner();
    const { space } = nodeOf(first);
    const index = NODES.indexOf(first) + 1;
    // The relay of the API server is beside the segment: only the other speakers are lost.
    space.ip('link set eth0 down');
    await eventually(() => assert.notEqual(recorded()[0], first));
    const second = await owner();
    space.ip('link set eth0 up', `address replace 2001:db8::1${index}/64 dev eth0`);
    await bfdUp(first);
    assert.equal(await owner(), second);
  });
});

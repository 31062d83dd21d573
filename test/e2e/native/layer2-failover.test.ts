/**
 * Layer 2 with real speakers on one segment: a host resolves the address by ARP and NDP, and who answers changes only when the
 * owner goes.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { skipWithoutNetworkBinaries } from '../../support/network-binaries.ts';
import { SEGMENT_NODES, SpeakerSegment } from './support/interop/speaker-segment.ts';

const ADDRESSES = ['192.0.2.100', '2001:db8::100'];

describe('layer 2', { skip: skipWithoutNetworkBinaries() }, () => {
  let segment: SpeakerSegment;

  before(async () => {
    segment = await SpeakerSegment.start();
    const { cluster, nodes } = segment;
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
  after(() => segment?.stop());

  const recorded = (): readonly string[] =>
    segment.cluster.api.objects.list('servicel2statuses.metallb.io').flatMap(({ status }) => {
      const node = (status as { node?: string } | undefined)?.node;
      return node === undefined ? [] : [node];
    });

  /** The nodes whose interface answers a host that asks anew. */
  async function answering(address: string): Promise<readonly string[]> {
    const { host } = segment;
    host.ip('neigh flush dev eth0');
    const ask = `echo x > /dev/udp/${address}/9; sleep 0.2`;
    await host.run('bash', '-c', ask).catch(() => '');
    const line = await host.run('ip', 'neigh', 'show', address);
    return SEGMENT_NODES.filter((name) => name === segment.nodeWith(/lladdr (\S+)/.exec(line)?.[1] ?? ''));
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

  const bfdUp = (name: string): Promise<void> =>
    eventually(() => {
      const lines = segment.node(name).log();
      assert.ok(
        lines.filter(({ msg }) => msg === 'BFD session with a speaker is up').length >= 2,
        segment.node(name).tail(),
      );
    });

  it('moves when the owner is killed, and not when it returns', async () => {
    const first = await owner();
    for (const name of SEGMENT_NODES) await bfdUp(name);
    await segment.node(first).stopSpeaker('SIGKILL');
    const second = await eventually(() => {
      const [node] = recorded();
      assert.ok(node !== undefined && node !== first, 'nobody else is recorded');
      return node;
    });
    assert.equal(await owner(), second);
    segment.node(first).startSpeaker();
    await bfdUp(first);
    assert.equal(await owner(), second);
  });

  it('moves when the owner is stopped', async () => {
    const first = await owner();
    await segment.node(first).stopSpeaker('SIGTERM');
    await eventually(() => assert.notEqual(recorded()[0], first));
    assert.notEqual(await owner(), first);
    segment.node(first).startSpeaker();
    await bfdUp(first);
  });

  it('moves when the owner is cut off, which falls silent', async () => {
    const first = await owner();
    // The relay of the API server is beside the segment: only the other speakers are lost.
    segment.setLink(first, 'down');
    await eventually(() => assert.notEqual(recorded()[0], first));
    const second = await owner();
    segment.setLink(first, 'up');
    await bfdUp(first);
    assert.equal(await owner(), second);
  });
});

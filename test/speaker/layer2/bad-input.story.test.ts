/** Input that is wrong while speakers of two nodes answer: what is said about it, and that nothing is lost that worked. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { JsonObject } from '../../../src/apiserver/object/value.ts';
import { parseAddress } from '../../../src/net/address.ts';
import { eventually } from '../../support/eventually.ts';
import { Layer2Rig, NAMESPACE, speakerPod, wireInterface } from './support/layer2-rig.ts';

const NODES = ['n1', 'n2'];
const [BLOG, SHOP] = ['10.0.0.1', '10.0.0.2'];

const metallb = (kind: string, name: string, spec: JsonObject = {}): JsonObject => ({
  ...{ apiVersion: 'metallb.io/v1beta1', kind, metadata: { name, namespace: NAMESPACE }, spec },
});
const advertisement = (...interfaces: readonly string[]) => metallb('L2Advertisement', 'all', { interfaces });

const service = (name: string, ip: string) => [
  {
    ...{ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'web' } },
    spec: { type: 'LoadBalancer', ports: [{ port: 80, protocol: 'TCP' }] },
    status: { loadBalancer: { ingress: [{ ip }] } },
  },
  {
    ...{ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', addressType: 'IPv4', ports: [] },
    metadata: { name: `${name}-1`, namespace: 'web', labels: { 'kubernetes.io/service-name': name } },
    endpoints: [{ addresses: ['10.244.0.1'], nodeName: 'n1', conditions: { ready: true } }],
  },
];

/** eth0, on which a node has these addresses itself. */
const eth0 = (...addresses: readonly string[]) =>
  wireInterface(
    'eth0',
    1,
    addresses.map((text) => {
      const address = parseAddress(text);
      assert.ok(address.ok);
      return { address: address.value, prefixLength: 32 };
    }),
  );

describe('wrong input, while speakers answer by layer 2', () => {
  let rig: Layer2Rig;

  beforeEach(async () => {
    rig = await Layer2Rig.start([
      ...NODES.flatMap((name) => [{ apiVersion: 'v1', kind: 'Node', metadata: { name } }, speakerPod(name)]),
      metallb('IPAddressPool', 'main', { addresses: ['10.0.0.0/24'] }),
      ...[advertisement('eth0'), ...service('blog', BLOG)],
    ]);
  });
  afterEach(() => rig.close());

  /** The node that answers for an address, once it is on record. */
  async function ownerOf(address: string, name: string): Promise<string> {
    await eventually(() => {
      const nodes = rig.answering(address);
      const recorded = rig.objects
        .list('servicel2statuses.metallb.io')
        .map((one) => one['status'] as { readonly serviceName: string; readonly node: string } | undefined)
        .flatMap((status) => (status?.serviceName === name ? [status.node] : []));
      assert.equal(nodes.length, 1);
      assert.deepEqual(recorded, nodes);
    });
    return rig.answering(address)[0] ?? '';
  }

  /** What the speakers say about their configuration. */
  const complaints = (): readonly unknown[] =>
    rig.objects
      .list('configurationstates.metallb.io')
      .map(({ status }) => (status as { readonly errorSummary?: string } | undefined)?.errorSummary);

  it('an interface that is listed twice: its entry is named, and all go on by the last good version', async () => {
    for (const node of NODES) rig.startSpeaker(node);
    const owner = await ownerOf(BLOG, 'blog');
    rig.objects.put(advertisement('eth0', 'eth0'));
    const complaint =
      'configuration error: L2Advertisement "all": spec.interfaces[1]: "eth0" is listed twice, first at spec.interfaces[0]: remove one of them';
    await eventually(() => assert.deepEqual(complaints(), [complaint, complaint]));
    assert.deepEqual(rig.answering(BLOG), [owner]);
    for (const one of service('shop', SHOP)) rig.objects.put(one);
    await ownerOf(SHOP, 'shop');
    assert.equal(await ownerOf(BLOG, 'blog'), owner);
  });

  it('an interface that no node has, beside one that they have: nothing moves', async () => {
    for (const node of NODES) rig.startSpeaker(node);
    const owner = await ownerOf(BLOG, 'blog');
    rig.objects.put(advertisement('eth0', 'ehto1'));
    await eventually(() => {
      const [record] = rig.objects.list('servicel2statuses.metallb.io');
      assert.match(JSON.stringify(record?.['status']), /ehto1/);
    });
    assert.equal(await ownerOf(BLOG, 'blog'), owner);
  });

  it('a node without the right to packet sockets: the other one answers, and the first one runs on', async () => {
    rig.startSpeaker('n1', [], 0, 'packet sockets need the capability NET_RAW');
    rig.startSpeaker('n2');
    assert.equal(await ownerOf(BLOG, 'blog'), 'n2');
    await eventually(() => {
      const status = rig.objects.get('speakerstatuses.berth.dev', NAMESPACE, 'n1')?.['status'];
      assert.deepEqual(
        [(status as Record<string, unknown>)['phase'], (status as Record<string, unknown>)['layer2'] ?? null],
        ['speaking', null],
      );
    });
  });

  it('an address that one node has itself: that node answers for it, and for no other', async () => {
    for (const one of service('shop', SHOP)) rig.objects.put(one);
    rig.startSpeaker('n1', [eth0()]);
    rig.startSpeaker('n2', [eth0()]);
    const [blog, shop] = [await ownerOf(BLOG, 'blog'), await ownerOf(SHOP, 'shop')];
    const other = NODES.find((node) => node !== blog) ?? '';
    const interfaces = [eth0(BLOG)];
    rig.wires.get(other)?.send({ kind: 'interfaces', interfaces });
    await eventually(async () => assert.equal(await ownerOf(BLOG, 'blog'), other));
    assert.equal(await ownerOf(SHOP, 'shop'), shop);
    rig.wires.get(other)?.send({ kind: 'interfaces', interfaces: [eth0()] });
    assert.equal(await ownerOf(BLOG, 'blog'), other);
  });
});

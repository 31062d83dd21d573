/** Speakers of three nodes over one API server in memory: who answers, who takes over, and what is written about it. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { JsonObject } from '../../../src/apiserver/object/value.ts';
import { eventually } from '../../support/eventually.ts';
import { Layer2Rig, NAMESPACE, speakerPod, wireInterface } from './support/layer2-rig.ts';

const NODES = ['n1', 'n2', 'n3'];
const ADDRESS = '10.0.0.1';

const metallb = (kind: string, name: string, spec: JsonObject = {}): JsonObject => ({
  ...{ apiVersion: 'metallb.io/v1beta1', kind, metadata: { name, namespace: NAMESPACE }, spec },
});

const advertisement = metallb('L2Advertisement', 'all');

const service = (name: string, ip = ADDRESS) => ({
  ...{ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'web' } },
  spec: { type: 'LoadBalancer', ports: [{ port: 80, protocol: 'TCP' }] },
  status: { loadBalancer: { ingress: [{ ip }] } },
});

const slice = (name: string, ...nodes: string[]) => ({
  ...{ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', addressType: 'IPv4' },
  metadata: { name: `${name}-1`, namespace: 'web', labels: { 'kubernetes.io/service-name': name } },
  endpoints: nodes.map((nodeName) => ({
    ...{ addresses: ['10.244.0.1'], nodeName, conditions: { ready: true } },
  })),
  ports: [],
});

const cluster = [
  ...NODES.map((name) => ({ apiVersion: 'v1', kind: 'Node', metadata: { name } })),
  metallb('IPAddressPool', 'main', { addresses: ['10.0.0.0/24'] }),
  ...[service('blog'), slice('blog', 'n1', 'n2')],
];

describe('speakers by layer 2', () => {
  let rig: Layer2Rig;

  beforeEach(async () => {
    rig = await Layer2Rig.start(cluster);
  });
  afterEach(() => rig.close());

  const records = () =>
    rig.objects.list('servicel2statuses.metallb.io').map(({ status }) => status as Record<string, unknown>);
  const events = (reason: string) =>
    rig.objects
      .list('events')
      .filter((event) => event['reason'] === reason)
      .map((event) => String(event['message']));
  /** The node that answers, once one does, and the record says so. */
  async function owner(): Promise<string> {
    await eventually(() => {
      const nodes = rig.answering(ADDRESS);
      assert.equal(nodes.length, 1);
      assert.deepEqual(
        records().map(({ node }) => node),
        nodes,
      );
    });
    return rig.answering(ADDRESS)[0] ?? '';
  }

  it('do nothing without an L2Advertisement', async () => {
    for (const node of NODES) rig.startSpeaker(node);
    const statuses = () =>
      rig.objects.list('speakerstatuses.berth.dev').flatMap(({ status }) => status ?? []);
    await eventually(() => assert.equal(statuses().length, 3));
    assert.deepEqual(rig.answering(ADDRESS), []);
    for (const one of statuses()) assert.equal((one as { layer2?: unknown }).layer2 ?? null, null);
    rig.objects.put(advertisement);
    await owner();
  });

  it('agree on one, which writes its record, sends an event, and is measured', async () => {
    rig.objects.put(advertisement);
    // By their Pods each knows of the others before they have published themselves.
    for (const node of NODES) rig.objects.put(speakerPod(node));
    for (const node of NODES) rig.startSpeaker(node);
    const node = await owner();
    const [record] = records();
    assert.deepEqual(record, { node, serviceName: 'blog', serviceNamespace: 'web' });
    const [object] = rig.objects.list('servicel2statuses.metallb.io');
    const metadata = object?.['metadata'] as { name: string; labels: object };
    const uid = rig.objects.get('services', 'web', 'blog')?.['metadata'] as { uid: string };
    assert.equal(metadata.name, `l2-${uid.uid}`);
    assert.deepEqual(metadata.labels, {
      'metallb.io/node': node,
      'metallb.io/service-name': 'blog',
      'metallb.io/service-namespace': 'web',
    });
    await eventually(() =>
      assert.deepEqual(events('nodeAssigned'), [`announcing from node "${node}" with protocol "layer2"`]),
    );
    const text = (await rig.metrics.get(node)?.text()) ?? '';
    assert.match(
      text,
      new RegExp(
        `metallb_speaker_announced\\{service="web/blog",protocol="layer2",node="${node}",ip="${ADDRESS}"\\} 1`,
      ),
    );
  });

  it('hand over when the owner stops, and keep the address where it is when it returns', async () => {
    rig.objects.put(advertisement);
    for (const node of NODES) rig.startSpeaker(node);
    const first = await owner();
    await rig.stopSpeaker(first);
    const second = await owner();
    assert.notEqual(second, first);
    rig.startSpeaker(first);
    await eventually(() => {
      const own = rig.objects.get('speakerstatuses.berth.dev', NAMESPACE, first)?.['status'];
      assert.notEqual((own as { layer2?: unknown }).layer2 ?? null, null);
    });
    assert.equal(await owner(), second);
  });

  it('leave it to the owner where all Pods are deleted at once', async () => {
    const start = (node: string): void =>
      rig.startSpeaker(node, [wireInterface('eth0', 1 + NODES.indexOf(node))]);
    const stopAll = () => Promise.all(NODES.map((node) => rig.stopSpeaker(node)));
    rig.objects.put(advertisement);
    // The kubelets end them later.
    const held = { finalizers: ['berth.dev/kubelet'] };
    for (const node of NODES) {
      rig.objects.put(speakerPod(node, held));
      start(node);
    }
    const last = await owner();
    const others = NODES.filter((node) => node !== last);
    for (const node of NODES) rig.objects.delete('pods', NAMESPACE, `speaker-${node}`);
    // The kubelets do not stop them at one time: who is left takes nothing, since it is about to stop as well.
    await rig.stopSpeaker(last);
    assert.deepEqual(rig.answering(ADDRESS), []);
    await stopAll();
    assert.equal(records()[0]?.['node'], last);
    for (const node of NODES) rig.objects.put(speakerPod(node, { finalizers: [] }));
    // Its Pod is made last.
    for (const node of others) rig.objects.put(speakerPod(node));
    for (const node of others) start(node);
    // Each knows the other, so both elect the same, and the winner waits.
    await eventually(() => {
      for (const node of others)
        assert.ok((rig.wires.get(node)?.speakers.length ?? 0) >= 2, `${node} knows no other speaker`);
    });
    assert.deepEqual(rig.answering(ADDRESS), []);
    rig.objects.put(speakerPod(last));
    start(last);
    assert.equal(await owner(), last);
  });

  it('leave it to the owner while a preferred node has not run for the delay', async () => {
    const preference = { matchLabels: { 'kubernetes.io/hostname': 'n3' } };
    rig.objects.put({ ...cluster[2], metadata: { name: 'n3', labels: preference.matchLabels } });
    rig.objects.put(
      metallb('L2Advertisement', 'all', { preferredNodeSelectors: [{ weight: 1, preference }] }),
    );
    for (const node of ['n1', 'n2']) rig.startSpeaker(node);
    const first = await owner();
    const returned = () => {
      const status = rig.objects.get('speakerstatuses.berth.dev', NAMESPACE, 'n3')?.['status'];
      return (status as { layer2?: { returned?: unknown } } | undefined)?.layer2?.returned;
    };
    rig.startSpeaker('n3', [wireInterface('eth0', 3)], 3_600_000);
    await eventually(() => assert.deepEqual(returned(), ['n3']));
    // All have seen its interface when they know its MAC address.
    await eventually(() => assert.equal(rig.wires.get(first)?.speakers.length, 2));
    assert.equal(await owner(), first);
    await rig.stopSpeaker('n3');
    rig.startSpeaker('n3', [wireInterface('eth0', 3)], 0);
    await eventually(() => assert.deepEqual(returned(), []));
    await eventually(() => assert.deepEqual(rig.answering(ADDRESS), ['n3']));
    assert.equal(await owner(), 'n3');
  });

  it('defend the address against another host, never against a speaker, and publish the conflict', async () => {
    rig.objects.put(advertisement);
    for (const [index, node] of NODES.entries()) rig.startSpeaker(node, [wireInterface('eth0', index + 1)]);
    const node = await owner();
    const wire = rig.wires.get(node) ?? assert.fail();
    await eventually(() => assert.equal(wire.speakers.length, 3));
    const address = { family: 4, bits: 0x0a000001n } as const;
    const claim = (mac: string) =>
      wire.send({
        ...{ kind: 'claimed', address, interface: 'eth0', mac, isSpeaker: false, isAnnouncement: true },
      });
    // The wire may not know yet that it is a speaker; the speaker looks it up.
    for (const mac of wire.speakers) claim(mac);
    assert.deepEqual(wire.defended, []);
    claim('02:00:00:00:00:99');
    assert.deepEqual(wire.defended, [], 'a speaker may publish that MAC address yet');
    await eventually(() => assert.deepEqual(wire.defended, [ADDRESS]));
    await eventually(() => {
      const status = rig.objects.get('speakerstatuses.berth.dev', NAMESPACE, node)?.['status'];
      assert.deepEqual((status as { layer2?: { conflicts?: unknown } }).layer2?.conflicts, [
        { address: ADDRESS, mac: '02:00:00:00:00:99', interface: 'eth0' },
      ]);
      assert.equal(events('AddressConflict').length, 1);
    });
    const text = (await rig.metrics.get(node)?.text()) ?? '';
    assert.match(text, /^berth_layer2_conflicts_total\{ip="10\.0\.0\.1"\} 1$/m);
  });

  it('take no speaker for another host that publishes a new MAC address a moment later', async () => {
    rig.objects.put(advertisement);
    for (const [index, node] of NODES.entries()) rig.startSpeaker(node, [wireInterface('eth0', index + 1)]);
    const node = await owner();
    const [wire, other] = [rig.wires.get(node), rig.wires.get(node === 'n1' ? 'n2' : 'n1')];
    if (wire === undefined || other === undefined) assert.fail();
    await eventually(() => assert.equal(wire.speakers.length, 3));
    const address = { family: 4, bits: 0x0a000001n } as const;
    const claim = { address, interface: 'eth0', isSpeaker: false, isAnnouncement: true };
    wire.send({ kind: 'claimed', ...claim, mac: '02:00:00:00:00:07' });
    other.send({ kind: 'interfaces', interfaces: [wireInterface('eth0', 7)] });
    wire.send({ kind: 'claimed', ...claim, mac: '02:00:00:00:00:99' });
    await eventually(() => assert.equal(events('AddressConflict').length, 1));
    assert.deepEqual(wire.defended, [ADDRESS]);
    assert.match(events('AddressConflict')[0] ?? '', /02:00:00:00:00:99/);
  });

  it('make before break: after an edit somebody answers at any time', async () => {
    rig.objects.put(advertisement);
    for (const [index, node] of NODES.entries()) {
      const labels = { 'kubernetes.io/hostname': node };
      rig.objects.put({ apiVersion: 'v1', kind: 'Node', metadata: { name: node, labels } });
      rig.startSpeaker(node, [wireInterface('eth0', index + 1)]);
    }
    const first = await owner();
    const next = first === 'n1' ? 'n2' : 'n1';
    const wire = rig.wires.get(first) ?? assert.fail();
    await eventually(() => assert.equal(wire.speakers.length, 3));
    const selector = { matchLabels: { 'kubernetes.io/hostname': next } };
    const answering: (readonly string[])[] = [];
    for (const one of rig.wires.values()) one.replaced = () => answering.push(rig.answering(ADDRESS));
    rig.objects.put(metallb('L2Advertisement', 'all', { nodeSelectors: [selector] }));
    await eventually(() => assert.deepEqual(rig.answering(ADDRESS), [next]));
    assert.equal(await owner(), next);
    assert.ok(answering.some((nodes) => nodes.length === 2));
    assert.ok(answering.every((nodes) => nodes.length > 0));
  });

  it('move the address when the owner loses its endpoint under Local', async () => {
    const local = service('blog');
    rig.objects.put({ ...local, spec: { ...local.spec, externalTrafficPolicy: 'Local' } });
    rig.objects.put(advertisement);
    for (const node of NODES) rig.startSpeaker(node);
    const first = await owner();
    const other = first === 'n1' ? 'n2' : 'n1';
    rig.objects.put(slice('blog', other));
    await eventually(() => assert.deepEqual(rig.answering(ADDRESS), [other]));
    await eventually(() => assert.deepEqual(records()[0]?.['node'], other));
    rig.objects.put(slice('blog'));
    await eventually(() => assert.deepEqual([rig.answering(ADDRESS), records()], [[], []]));
  });

  it('count only nodes that have the interface, and say where none has', async () => {
    rig.objects.put(advertisement);
    for (const [index, node] of NODES.entries()) rig.startSpeaker(node, [wireInterface('eth0', index + 1)]);
    // Each would report the node that it elects, and one that has not seen the others elects itself.
    await owner();
    const seen = (node: string): number | undefined => rig.wires.get(node)?.speakers.length;
    await eventually(() => assert.deepEqual(NODES.map(seen), [3, 3, 3]));
    rig.objects.put(metallb('L2Advertisement', 'all', { interfaces: ['eth7'] }));
    await eventually(() => assert.deepEqual([records(), events('announceFailed').length], [[], 1]));
    assert.match(
      events('announceFailed')[0] ?? '',
      /^the interfaces specified by LB IP "10.0.0.1" doesn't exist in assigned node "n\d" with protocol "layer2"$/,
    );
    await rig.stopSpeaker('n3');
    rig.startSpeaker('n3', [wireInterface('eth7', 3)]);
    assert.equal(await owner(), 'n3');
    assert.deepEqual(records()[0]?.['interfaces'], [{ name: 'eth7' }]);
  });

  it('stand by while a speaker of MetalLB is ready', async () => {
    const pod = {
      ...{ apiVersion: 'v1', kind: 'Pod' },
      metadata: { name: 'speaker-x', namespace: NAMESPACE, labels: { component: 'speaker' } },
      spec: { nodeName: 'n1', containers: [{ name: 'speaker', image: 'quay.io/metallb/speaker:v0.15.2' }] },
      status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
    };
    rig.objects.put(pod);
    rig.objects.put(advertisement);
    for (const node of NODES) rig.startSpeaker(node);
    await eventually(() => assert.equal(rig.wires.get('n1')?.speakers.length, 1));
    assert.deepEqual(rig.answering(ADDRESS), []);
    rig.objects.delete('pods', NAMESPACE, 'speaker-x');
    await owner();
  });
});

/**
 * Berth's speakers beside those of MetalLB, which are played by the rules that were observed of them: they elect among themselves,
 * answer from the start of their process until its end, and their leader deletes all other records of a Service.
 */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from '../../../src/apiserver/object/value.ts';
import { eventually } from '../../support/eventually.ts';
import { Layer2Rig, NAMESPACE, wireInterface } from './support/layer2-rig.ts';

const NODES = ['n1', 'n2', 'n3'];
const [BLOG, SHOP] = ['10.0.0.1', '10.0.1.1'];
/** Nodes that the L2Advertisements of each Service select. */
const SELECTED: Readonly<Record<string, readonly string[]>> = { blog: NODES, shop: ['n1'] };
/** MetalLB's process ends so long after SIGTERM, and answers until then. */
const METALLB_ENDS_AFTER_MS = 700;

const metallb = (kind: string, name: string, spec: JsonObject = {}): JsonObject => ({
  ...{ apiVersion: 'metallb.io/v1beta1', kind, metadata: { name, namespace: NAMESPACE }, spec },
});

const served = (name: string, ip: string): readonly JsonObject[] => [
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

const cluster = [
  ...NODES.map((name) => ({ apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { name } } })),
  metallb('IPAddressPool', 'main', { addresses: ['10.0.0.0/24'] }),
  metallb('IPAddressPool', 'rack', { addresses: ['10.0.1.0/24'] }),
  metallb('L2Advertisement', 'main', { ipAddressPools: ['main'] }),
  metallb('L2Advertisement', 'rack', {
    ipAddressPools: ['rack'],
    nodeSelectors: [{ matchLabels: { name: 'n1' } }],
  }),
  ...served('blog', BLOG),
  ...served('shop', SHOP),
];

/** Of a Pod: the kubelet has said nothing yet; it starts, and is not ready yet; it is ready; it ends, and is ready no more. */
type Phase = 'created' | 'starting' | 'ready' | 'ending';

/** MetalLB's speakers. Of the nodes that a Service selects, the one with the lowest name leads: which one does not matter here. */
class MetallbSpeakers {
  readonly #rig: Layer2Rig;
  readonly #running = new Set<string>();

  constructor(rig: Layer2Rig) {
    this.#rig = rig;
  }

  /** The node that answers for a Service; null for none. */
  leader(service: string): string | null {
    return SELECTED[service]?.find((node) => this.#running.has(node)) ?? null;
  }

  /** It answers at once, and its Pod is ready later. */
  begin(node: string, phase: Phase = 'starting'): void {
    this.putPod(node, phase);
    this.#running.add(node);
    this.#lead();
  }

  start(node: string): void {
    this.begin(node);
    this.putPod(node, 'ready');
  }

  /** It is told to end; settles when the process has ended. */
  async end(node: string): Promise<void> {
    this.putPod(node, 'ending');
    await sleep(METALLB_ENDS_AFTER_MS);
    this.#running.delete(node);
    this.#rig.objects.delete('pods', NAMESPACE, `speaker-${node}`);
    this.#lead();
  }

  putPod(node: string, phase: Phase): void {
    const [startedAt, readyAt] = ['2026-01-01T00:00:10Z', '2026-01-01T00:00:20Z'];
    this.#rig.objects.put({
      ...{ apiVersion: 'v1', kind: 'Pod' },
      metadata: {
        name: `speaker-${node}`,
        namespace: NAMESPACE,
        labels: { component: 'speaker' },
      },
      spec: { nodeName: node, containers: [{ name: 'speaker', image: 'quay.io/metallb/speaker:v0.15.2' }] },
      status: {
        phase: 'Running',
        conditions: [
          {
            type: 'Ready',
            status: phase === 'ready' ? 'True' : 'False',
            lastTransitionTime: phase === 'starting' ? startedAt : readyAt,
          },
        ],
        containerStatuses:
          phase === 'created' ? [] : [{ name: 'speaker', state: { running: { startedAt } } }],
      },
    });
  }

  /** The leader of a Service has its one record. */
  #lead(): void {
    for (const service of Object.keys(SELECTED)) {
      const leader = this.leader(service);
      if (leader !== null) this.#record(service, leader);
    }
  }

  #record(service: string, leader: string): void {
    const name = `l2-${service}-${leader}`;
    const labels = {
      'metallb.io/service-name': service,
      'metallb.io/service-namespace': 'web',
      'metallb.io/node': leader,
    };
    for (const { metadata } of this.#rig.objects.list('servicel2statuses.metallb.io')) {
      const other = metadata as { name: string; labels: Record<string, string> };
      if (other.labels['metallb.io/service-name'] === service && other.name !== name)
        this.#rig.objects.delete('servicel2statuses.metallb.io', NAMESPACE, other.name);
    }
    const owner = { apiVersion: 'v1', kind: 'Pod', name: `speaker-${leader}`, uid: `of-${leader}` };
    this.#rig.objects.put({
      ...{ apiVersion: 'metallb.io/v1beta1', kind: 'ServiceL2Status', spec: {} },
      metadata: { name, namespace: NAMESPACE, labels, ownerReferences: [owner] },
      status: { node: leader, serviceName: service, serviceNamespace: 'web' },
    });
  }
}

describe("Berth's speakers beside MetalLB's", () => {
  let rig: Layer2Rig;
  let others: MetallbSpeakers;

  beforeEach(async () => {
    rig = await Layer2Rig.start(cluster);
    others = new MetallbSpeakers(rig);
  });
  afterEach(() => rig.close());

  /** Names of the ServiceL2Status objects of a Service. Those of Berth are named after its UID. */
  const records = (service: string): readonly string[] =>
    rig.objects.list('servicel2statuses.metallb.io').flatMap(({ metadata }) => {
      const { name, labels } = metadata as { name: string; labels: Record<string, string> };
      return labels['metallb.io/service-name'] === service ? [name] : [];
    });

  async function startBerth(): Promise<void> {
    for (const [index, node] of NODES.entries()) rig.startSpeaker(node, [wireInterface('eth0', index + 1)]);
    // They have elected: the MAC addresses of all speakers are known to each wire.
    await eventually(() => {
      for (const node of NODES) assert.equal(rig.wires.get(node)?.speakers.length, NODES.length);
    });
  }

  const berthAnswers = (address: string): Promise<void> =>
    eventually(() => assert.equal(rig.answering(address).length, 1, 'one node answers'));

  it('answer for nothing and leave the records alone while one of them is ready that may, node by node', async () => {
    for (const node of NODES) others.start(node);
    await startBerth();
    for (const [address, service] of [[BLOG, 'blog'] as const, [SHOP, 'shop'] as const])
      assert.deepEqual([rig.answering(address), records(service)], [[], [`l2-${service}-n1`]]);
    for (const node of ['n1', 'n2']) {
      await others.end(node);
      assert.notEqual(others.leader('blog'), null);
      assert.deepEqual(rig.answering(BLOG), [], `after ${node}`);
    }
    assert.deepEqual(records('blog'), ['l2-blog-n3']);
  });

  it('answer for the addresses of the nodes that MetalLB has left, and for no others', async () => {
    for (const node of NODES) others.start(node);
    await startBerth();
    const ended = others.end('n1');
    await berthAnswers(SHOP);
    await ended;
    await eventually(() => {
      assert.deepEqual(rig.answering(SHOP), ['n1']);
      assert.deepEqual(records('shop').length, 1);
      assert.doesNotMatch(records('shop').join(), /l2-shop/, 'it is of Berth');
    });
    assert.deepEqual([rig.answering(BLOG), records('blog')], [[], ['l2-blog-n2']]);
  });

  it('take over when the last one is told to end, and keep its node where they can', async () => {
    others.start('n2');
    await startBerth();
    const ended = others.end('n2');
    await berthAnswers(BLOG);
    await ended;
    assert.deepEqual(rig.answering(BLOG), ['n2'], 'the recorded node answers on');
    await eventually(() => assert.equal(records('blog').length, 1));
  });

  it('fall silent when one that starts has written its first record, before its Pod is ready', async () => {
    await startBerth();
    await Promise.all([berthAnswers(BLOG), berthAnswers(SHOP)]);
    others.begin('n3');
    await eventually(() => assert.deepEqual(rig.answering(BLOG), []));
    assert.deepEqual(rig.answering(SHOP), ['n1'], 'n3 may not answer for this one');
    await eventually(() => assert.deepEqual(records('blog'), ['l2-blog-n3'], 'no record is fought over'));
  });

  it('fall silent as well where the kubelet says only later that its process runs', async () => {
    await startBerth();
    await Promise.all([berthAnswers(BLOG), berthAnswers(SHOP)]);
    others.begin('n3', 'created');
    await eventually(() => assert.deepEqual(rig.answering(BLOG), []));
    await eventually(() => assert.deepEqual(records('blog'), ['l2-blog-n3'], 'no record is fought over'));
  });

  it('do not wait for one that starts and does nothing yet', async () => {
    await startBerth();
    await berthAnswers(BLOG);
    others.putPod('n3', 'starting');
    // Another speaker of Berth ends: so all have elected again, with the Pod.
    const [owner = ''] = rig.answering(BLOG);
    await rig.stopSpeaker(owner);
    await eventually(() => {
      const next = rig.answering(BLOG);
      assert.equal(next.length, 1);
      assert.ok(!next.includes(owner), 'another node answers');
    });
  });
});

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
const ADDRESS = '10.0.0.1';
/** MetalLB's process ends so long after SIGTERM, and answers until then. */
const METALLB_ENDS_AFTER_MS = 700;
const LABELS = {
  'metallb.io/service-name': 'blog',
  'metallb.io/service-namespace': 'web',
};

const metallb = (kind: string, name: string, spec: JsonObject = {}): JsonObject => ({
  ...{ apiVersion: 'metallb.io/v1beta1', kind, metadata: { name, namespace: NAMESPACE }, spec },
});

const cluster = [
  ...NODES.map((name) => ({ apiVersion: 'v1', kind: 'Node', metadata: { name } })),
  metallb('IPAddressPool', 'main', { addresses: ['10.0.0.0/24'] }),
  metallb('L2Advertisement', 'all'),
  {
    ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'blog', namespace: 'web' } },
    spec: { type: 'LoadBalancer', ports: [{ port: 80, protocol: 'TCP' }] },
    status: { loadBalancer: { ingress: [{ ip: ADDRESS }] } },
  },
  {
    ...{ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', addressType: 'IPv4', ports: [] },
    metadata: { name: 'blog-1', namespace: 'web', labels: { 'kubernetes.io/service-name': 'blog' } },
    endpoints: [{ addresses: ['10.244.0.1'], nodeName: 'n1', conditions: { ready: true } }],
  },
];

/** MetalLB's speakers. The one with the lowest name leads: which one it is does not matter here. */
class MetallbSpeakers {
  readonly #rig: Layer2Rig;
  readonly #running = new Set<string>();

  constructor(rig: Layer2Rig) {
    this.#rig = rig;
  }

  get answering(): readonly string[] {
    return [...this.#running].sort().slice(0, 1);
  }

  start(node: string): void {
    this.#putPod(node, true);
    this.#running.add(node);
    this.#lead();
  }

  /** Its Pod is to end, and is not ready from then on; settles when the process has ended. */
  async end(node: string): Promise<void> {
    this.#putPod(node, false);
    await sleep(METALLB_ENDS_AFTER_MS);
    this.#running.delete(node);
    this.#rig.objects.delete('pods', NAMESPACE, `speaker-${node}`);
    this.#lead();
  }

  setReady(node: string, isReady: boolean): void {
    this.#putPod(node, isReady);
  }

  #putPod(node: string, isReady: boolean): void {
    this.#rig.objects.put({
      ...{ apiVersion: 'v1', kind: 'Pod' },
      metadata: {
        name: `speaker-${node}`,
        namespace: NAMESPACE,
        labels: { component: 'speaker' },
      },
      spec: { nodeName: node, containers: [{ name: 'speaker', image: 'quay.io/metallb/speaker:v0.15.2' }] },
      status: { phase: 'Running', conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }] },
    });
  }

  /** The leader has the one record of the Service. */
  #lead(): void {
    const [leader] = this.answering;
    if (leader === undefined) return;
    for (const { metadata } of this.#rig.objects.list('servicel2statuses.metallb.io')) {
      const { name } = metadata as { name: string };
      if (name !== `l2-${leader}`) this.#rig.objects.delete('servicel2statuses.metallb.io', NAMESPACE, name);
    }
    this.#rig.objects.put({
      ...{ apiVersion: 'metallb.io/v1beta1', kind: 'ServiceL2Status', spec: {} },
      metadata: {
        name: `l2-${leader}`,
        namespace: NAMESPACE,
        labels: { ...LABELS, 'metallb.io/node': leader },
      },
      status: { node: leader, serviceName: 'blog', serviceNamespace: 'web' },
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

  const records = (): readonly string[] =>
    rig.objects
      .list('servicel2statuses.metallb.io')
      .map(({ metadata }) => (metadata as { name: string }).name);

  async function startBerth(): Promise<void> {
    for (const [index, node] of NODES.entries()) rig.startSpeaker(node, [wireInterface('eth0', index + 1)]);
    // They have elected: the MAC addresses of all speakers are known to each wire.
    await eventually(() => {
      for (const node of NODES) assert.equal(rig.wires.get(node)?.speakers.length, NODES.length);
    });
  }

  const berthAnswers = (): Promise<void> =>
    eventually(() => assert.equal(rig.answering(ADDRESS).length, 1, 'one node answers'));

  it('answer for nothing and leave the record alone while one of them is ready, node by node', async () => {
    for (const node of NODES) others.start(node);
    await startBerth();
    assert.deepEqual([rig.answering(ADDRESS), records()], [[], ['l2-n1']]);
    for (const node of ['n1', 'n2']) {
      await others.end(node);
      assert.deepEqual([others.answering.length, rig.answering(ADDRESS)], [1, []], `after ${node}`);
    }
    assert.deepEqual(records(), ['l2-n3']);
  });

  it('take over when the last one is told to end, and keep its node where they can', async () => {
    others.start('n2');
    await startBerth();
    const ended = others.end('n2');
    await berthAnswers();
    await ended;
    assert.deepEqual(rig.answering(ADDRESS), ['n2'], 'the recorded node answers on');
    await eventually(() => assert.equal(records().length, 1));
  });

  it('do not wait for one that is not ready, and fall silent when it is', async () => {
    await startBerth();
    await berthAnswers();
    others.setReady('n3', false);
    await sleep(100);
    assert.equal(rig.answering(ADDRESS).length, 1);
    others.start('n3');
    await eventually(() => assert.deepEqual(rig.answering(ADDRESS), []));
    await sleep(100);
    assert.deepEqual(records(), ['l2-n3'], 'no record is fought over');
  });
});

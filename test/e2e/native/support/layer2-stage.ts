/**
 * A cluster whose addresses are of the nodes' own subnets: a client on the same segment, and a recorder of who answers. Stories
 * disturb the speakers under load, and get back what the client and the segment saw.
 */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../../../support/eventually.ts';
import { awaitResponses } from '../../../support/netns/http-client.ts';
import type { NetworkNamespace } from '../../../support/netns/network.ts';
import type { ProxyMode } from '../../calico/support/kube-proxies.ts';
import type { Disturbance } from './layer2-outcome.ts';
import { linkedSpeakers } from './linked-speakers.ts';
import { startLoad } from './load.ts';
import { METALLB, NativeCluster, NODES } from './native-cluster.ts';
import { monotonicNow } from './segment/monotonic.ts';
import { SegmentRecorder } from './segment/segment-recorder.ts';

/** Of the nodes' own subnets. */
export const LAN_POOL = ['10.10.0.128/28', 'fd10:10::1:0/124'];
/** Both of one Service. */
export const WEB = { 4: '10.10.0.128', 6: 'fd10:10::1:0' } as const;
const ADDRESSES = [WEB[4], WEB[6]];

const CONNECTION_EVERY_MS = 20;
const QUESTION_EVERY_MS = 10;
/** Traffic and answers before and after a disturbance. */
const LEAD_TIME_MS = 1_000;
/** Who has answered alone for this long is the owner. */
const SETTLED_MS = 400;

type OwnerOptions = { readonly isRecorded?: boolean; readonly among?: readonly string[] };
type RecordItem = {
  readonly metadata: { readonly name: string };
  readonly status?: { readonly node?: string; readonly serviceName?: string };
};

const RECORDS = `/apis/metallb.io/v1beta1${METALLB}/servicel2statuses`;

export class Layer2Stage {
  readonly cluster: NativeCluster;
  readonly client: NetworkNamespace;
  readonly #recorder: SegmentRecorder;

  private constructor(cluster: NativeCluster, client: NetworkNamespace, recorder: SegmentRecorder) {
    this.cluster = cluster;
    this.client = client;
    this.#recorder = recorder;
  }

  static async start(mode?: ProxyMode): Promise<Layer2Stage> {
    const cluster = await NativeCluster.start(mode);
    const client = joinSegment(cluster, 'lan', 99);
    const macs = new Map(NODES.map((node) => [cluster.stage.node(node).namespace.macAddress('eth0'), node]));
    const recorder = SegmentRecorder.start(
      joinSegment(cluster, 'observer', 98),
      {
        ...{ interface: 'eth0', addresses: ADDRESSES, everyMs: QUESTION_EVERY_MS },
        sources: { 4: '10.10.0.98', 6: 'fd10:10::98' },
      },
      (mac) => macs.get(mac) ?? mac,
    );
    return new Layer2Stage(cluster, client, recorder);
  }

  stop(): Promise<void> {
    return this.cluster.stop();
  }

  /** A Service of both families with endpoints on all nodes, a controller, and a speaker on each node. */
  async begin(): Promise<void> {
    const { cluster } = this;
    await cluster.rig.pool('lan', LAN_POOL);
    await cluster.createObject('L2Advertisement', 'lan', { interfaces: ['eth0'] });
    // As in deploy/layer2: speakers report losses to each other only with a common secret.
    await cluster.rig.startServing('--ml-secret-name', 'memberlist');
    await eventually(() => cluster.rig.api.requestOk('GET', `/api/v1${METALLB}/secrets/memberlist`));
    await cluster.expose('web', NODES, { ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'RequireDualStack' });
    await cluster.applyEndpoints('web', NODES, 6);
    await cluster.startSpeakers();
    await cluster.rig.waitForAddresses('web', WEB[4], WEB[6]);
    await this.owner();
    await this.serves();
    await this.allLinked();
  }

  /** Pages arrive over both families. */
  async serves(): Promise<void> {
    for (const host of [WEB[4], `[${WEB[6]}]`]) await awaitResponses(this.client, `http://${host}/`, 5);
  }

  /** Moves the endpoints to these nodes, and waits until only they serve. */
  async serveFrom(nodes: readonly string[]): Promise<void> {
    for (const family of [4, 6] as const) await this.cluster.applyEndpoints('web', nodes, family);
    await eventually(async () => {
      const seen = await awaitResponses(this.client, `http://${WEB[4]}/`, 20);
      const served = new Set(seen.map(({ pod = '' }) => pod.split('-')[0] ?? ''));
      assert.deepEqual(
        [...served].filter((node) => !nodes.includes(node)),
        [],
      );
    });
  }

  /** Each of these speakers has a BFD session with each other speaker. */
  allLinked(nodes: readonly string[] = NODES): Promise<void> {
    return eventually(() => {
      for (const node of nodes) {
        const { size } = linkedSpeakers(this.cluster.speakerLog(node));
        assert.equal(size, NODES.length - 1, this.cluster.logTails());
      }
    });
  }

  /**
   * The one node that answers for all addresses. It is one of `among`, and recorded, unless the API server cannot be reached.
   */
  owner({ isRecorded = true, among = NODES }: OwnerOptions = {}): Promise<string> {
    return eventually(
      async () => {
        const record = this.#recorder.record();
        const span = { from: monotonicNow() - SETTLED_MS };
        const [owner = 'nobody', ...others] = record.answering(WEB[4], span);
        assert.deepEqual(others, [], this.cluster.logTails());
        assert.deepEqual(record.answering(WEB[6], span), [owner], this.cluster.logTails());
        assert.ok(among.includes(owner), `${owner} answers\n${this.cluster.logTails()}`);
        if (isRecorded) assert.deepEqual(await this.#recorded(), [owner]);
        return owner;
      },
      { interval: 100 },
    );
  }

  /** Waits until one of these nodes alone answers for all addresses; or nobody, if there are none. */
  answeredBy(nodes: readonly string[]): Promise<unknown> {
    if (nodes.length > 0) return this.owner({ among: nodes, isRecorded: false });
    return eventually(() => {
      const record = this.#recorder.record();
      const span = { from: monotonicNow() - SETTLED_MS };
      for (const address of ADDRESSES)
        assert.deepEqual(record.answering(address, span), [], this.cluster.logTails());
    });
  }

  /** Nodes that the ServiceL2Status objects of the Service name. */
  async #recorded(): Promise<readonly string[]> {
    const items = await this.#records();
    return items.flatMap(({ status }) => (status?.serviceName === 'web' ? (status.node ?? '') : []));
  }

  async #records(): Promise<readonly RecordItem[]> {
    return (await this.cluster.rig.api.requestOk<{ readonly items: readonly RecordItem[] }>('GET', RECORDS))
      .items;
  }

  /** Has the speakers hand a Service over to the node, if another one answers for it. */
  async handOver(service: string, to: string): Promise<void> {
    await eventually(async () => {
      const record = (await this.#records()).find(({ status }) => status?.serviceName === service);
      assert.ok(record !== undefined, this.cluster.logTails());
      if (record.status?.node === to) return;
      const annotations = { 'berth.dev/hand-over-to': to };
      await this.cluster.rig.api.request('PATCH', `${RECORDS}/${record.metadata.name}`, {
        metadata: { annotations },
      });
      assert.fail(`${record.status?.node} answers for ${service}, and not ${to} yet`);
    });
  }

  /** Replaces the L2Advertisement. */
  async advertise(spec: object): Promise<void> {
    const path = `/apis/metallb.io/v1beta1${METALLB}/l2advertisements/lan`;
    await this.cluster.rig.api.requestOk('PATCH', path, { spec });
  }

  /**
   * Steady traffic over both families while `during` runs; it gets the owner, and returns who has to answer in the end.
   */
  async disturb(
    during: (owner: string) => Promise<string>,
    { isRecorded = true }: Pick<OwnerOptions, 'isRecorded'> = {},
  ): Promise<Disturbance> {
    const before = await this.owner({ isRecorded });
    const running = ADDRESSES.map((host) => startLoad(this.client, { host, everyMs: CONNECTION_EVERY_MS }));
    await sleep(LEAD_TIME_MS);
    const from = monotonicNow();
    const after = await during(before);
    const span = { from, to: monotonicNow() };
    await sleep(LEAD_TIME_MS);
    const results = await Promise.all(running.map((end) => end()));
    const loads = results.map((result, index) => ({ address: ADDRESSES[index] ?? '', result }));
    return { before, after, span, loads, record: this.#recorder.record() };
  }
}

/** A host on the nodes' segment, at port `name` of its bridge. */
export function joinSegment({ stage }: NativeCluster, name: string, lastPart: number): NetworkNamespace {
  const host = stage.net.namespace(name);
  host.addVeth('eth0', stage.router, name);
  stage.router.ip(`link set ${name} master nodes`);
  host.ip(
    `address add 10.10.0.${lastPart}/24 dev eth0`,
    `address add fd10:10::${lastPart}/64 dev eth0 nodad`,
  );
  return host;
}

/**
 * 5,000 Services by layer 2 from end to end: a real API server and controller, kube-proxy and a speaker on each node, a client that
 * loads pages, and a recorder that asks for every address. `BERTH_SERVICES=500` is a smaller run.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { eventually, stretched, unchangedFor } from '../../support/eventually.ts';
import { skipWithoutKubernetesBinaries } from '../../support/kubernetes-binaries.ts';
import { awaitResponses } from '../../support/netns/http-client.ts';
import type { NetworkNamespace } from '../../support/netns/network.ts';
import { skipWithoutNetworkBinaries } from '../../support/network-binaries.ts';
import { joinSegment } from './support/layer2-stage.ts';
import { linkedSpeakers } from './support/linked-speakers.ts';
import { exposeMany } from './support/many-services.ts';
import { METALLB, NativeCluster, NODES } from './support/native-cluster.ts';
import { monotonicNow } from './support/segment/monotonic.ts';
import { SegmentRecorder } from './support/segment/segment-recorder.ts';

const SERVICES = Number(process.env['BERTH_SERVICES'] ?? 5_000);
/** Beside the subnet of the nodes: the client has a route to it on the segment. */
const POOL = '10.11.0.0/19';
/** Every address is asked for that often. */
const QUESTION_EVERY_MS = 2_000;
/** Of the Services, those whose pages are loaded. */
const SAMPLE = 50;
/** Longer than `--l2-failback-delay`. */
const FAILBACK_OVER_MS = 10_000;
const RECORDS = `/apis/metallb.io/v1beta1${METALLB}/servicel2statuses`;

type Owners = ReadonlyMap<string, string>;

describe(`${SERVICES} Services by layer 2`, {
  skip: skipWithoutKubernetesBinaries() || skipWithoutNetworkBinaries(),
}, () => {
  let cluster: NativeCluster;
  let client: NetworkNamespace;
  let recorder: SegmentRecorder;

  before(async () => {
    cluster = await NativeCluster.start('nftables');
    client = joinSegment(cluster, 'lan', 99);
    client.ip(`route add ${POOL} dev eth0`);
    await cluster.rig.pool('many', [POOL]);
    await cluster.createObject('L2Advertisement', 'many', { interfaces: ['eth0'] });
    await cluster.rig.startServing('--ml-secret-name', 'memberlist');
    await cluster.startSpeakers();
    const addresses = await exposeMany(cluster, SERVICES);
    const macs = new Map(NODES.map((node) => [cluster.stage.node(node).namespace.macAddress('eth0'), node]));
    recorder = SegmentRecorder.start(
      joinSegment(cluster, 'observer', 98),
      {
        ...{ interface: 'eth0', addresses, everyMs: QUESTION_EVERY_MS },
        sources: { 4: '10.10.0.98', 6: 'fd10:10::98' },
      },
      (mac) => macs.get(mac) ?? mac,
    );
  });
  after(() => cluster?.stop());

  /** The one node that answers for each address; waits until each has one, which `check` accepts. */
  const answering = (check: (owners: Owners) => void = () => {}): Promise<Owners> =>
    eventually(
      () => {
        const seen = recorder.record().answerers({ from: monotonicNow() - stretched(2 * QUESTION_EVERY_MS) });
        assert.equal(seen.size, SERVICES, cluster.logTails());
        const shared = [...seen].filter(([, nodes]) => nodes.size !== 1);
        assert.deepEqual(shared.slice(0, 5), [], `${shared.length} addresses have several answerers`);
        const owners = new Map([...seen].map(([address, nodes]) => [address, [...nodes][0] ?? '']));
        check(owners);
        return owners;
      },
      { interval: 1_000 },
    );

  /** How many Services each node is recorded for. */
  async function recorded(): Promise<Readonly<Record<string, number>>> {
    const { items } = await cluster.rig.api.requestOk<{
      readonly items: readonly { readonly status?: { readonly node?: string } }[];
    }>('GET', RECORDS);
    return countBy(items.map(({ status }) => status?.node ?? 'nobody'));
  }

  async function servesSampleOf(addresses: readonly string[]): Promise<void> {
    const step = Math.ceil(addresses.length / SAMPLE);
    for (let index = 0; index < addresses.length; index += step)
      await awaitResponses(client, `http://${addresses[index]}/`, 1);
  }

  const linked = (node: string): Promise<void> =>
    eventually(() =>
      assert.equal(linkedSpeakers(cluster.speakerLog(node)).size, NODES.length - 1, cluster.logTails()),
    );

  it('each is answered by one node, recorded, and serves pages', async () => {
    const owners = await answering();
    assert.deepEqual(new Set(owners.values()), new Set(NODES), 'all nodes have a part');
    await servesSampleOf([...owners.keys()]);
    await eventually(async () => assert.deepEqual(await recorded(), countBy([...owners.values()])), {
      interval: 2_000,
    });
  });

  it('a node is killed: others answer for all that it had, and nothing else moves; it returns, and nothing does', async () => {
    for (const node of NODES) await linked(node);
    const before = await answering();
    const lost = [...before].flatMap(([address, node]) => (node === 'w1' ? [address] : []));
    await cluster.kill('w1');
    const after = await answering((owners) => assert.ok(![...owners.values()].includes('w1'), 'w1 answers'));
    const moved = [...after].filter(([address, node]) => before.get(address) !== node).map(([one]) => one);
    assert.deepEqual(moved.sort(), lost.sort());
    await servesSampleOf(lost);
    await eventually(async () => assert.deepEqual(await recorded(), countBy([...after.values()])), {
      interval: 2_000,
    });

    cluster.startSpeaker('w1');
    await linked('w1');
    const counted = await unchangedFor(FAILBACK_OVER_MS, async () =>
      countBy([...(await answering()).values()]),
    );
    assert.deepEqual(counted, countBy([...after.values()]));
  });
});

const countBy = (nodes: readonly string[]): Readonly<Record<string, number>> =>
  Object.fromEntries(
    [...new Set(nodes)].sort().map((node) => [node, nodes.filter((one) => one === node).length]),
  );

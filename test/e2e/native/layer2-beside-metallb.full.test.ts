/**
 * MetalLB's speakers replaced node by node, and back, on one segment: real speakers of Berth beside ones of MetalLB that are played. A
 * recorder asks for each address all the time, and sees how long nobody answers and how long two do.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually, stretched } from '../../support/eventually.ts';
import { skipWithoutNetworkBinaries } from '../../support/network-binaries.ts';
import { SEGMENT_NODES, SpeakerSegment } from './support/interop/speaker-segment.ts';
import { PlayedMetallb, type PlayedService } from './support/played-metallb.ts';
import { monotonicNow } from './support/segment/monotonic.ts';
import { SegmentRecorder } from './support/segment/segment-recorder.ts';

const [WEB, RACK] = ['192.0.2.100', '192.0.2.200'];
const SERVICES: readonly PlayedService[] = [
  { name: 'web', address: WEB, nodes: SEGMENT_NODES },
  { name: 'rack', address: RACK, nodes: ['n1'] },
];
/** Two nodes may answer at once for that long, in milliseconds of a quiet machine. */
const OVERLAP_MAX_MS = 1000;
/** Longer than anything that is under way takes to show. */
const SETTLED_MS = 400;

describe("beside MetalLB's speakers", { skip: skipWithoutNetworkBinaries() }, () => {
  let segment: SpeakerSegment;
  let recorder: SegmentRecorder;
  let others: PlayedMetallb;

  before(async () => {
    segment = await SpeakerSegment.start();
    const { cluster, host, nodes } = segment;
    cluster.object('IPAddressPool', 'main', { addresses: ['192.0.2.96/28'] });
    cluster.object('IPAddressPool', 'rack', { addresses: ['192.0.2.192/28'] });
    cluster.object('L2Advertisement', 'main', { ipAddressPools: ['main'] });
    cluster.object('L2Advertisement', 'rack', {
      ipAddressPools: ['rack'],
      nodeSelectors: [{ matchLabels: { 'kubernetes.io/hostname': 'n1' } }],
    });
    for (const { name, address } of SERVICES) {
      cluster.service(name, [address]);
      cluster.endpoints(name, { n1: 1 });
    }
    const spaces = new Map([...nodes].map(([name, { space }]) => [name, space]));
    others = new PlayedMetallb(cluster, spaces, SERVICES);
    recorder = SegmentRecorder.start(
      host,
      { interface: 'eth0', addresses: [WEB, RACK], everyMs: 10, sources: { 4: '192.0.2.10', 6: 'fe80::1' } },
      (mac) => segment.nodeWith(mac),
    );
  });
  after(() => segment?.stop());

  /** Waits until these nodes answer for the address, and no other for a while. */
  const answeredBy = (address: string, ...names: readonly string[]): Promise<void> =>
    eventually(() => {
      const span = { from: monotonicNow() - SETTLED_MS };
      const seen = recorder.record().answering(address, span);
      assert.deepEqual([...seen].sort(), names, segment.logTails());
    });

  /** The Pods of the records of a Service; null for one of Berth. */
  const writers = (service: string): readonly (string | null)[] =>
    segment.cluster.api.objects.list('servicel2statuses.metallb.io').flatMap(({ metadata }) => {
      const { labels, ownerReferences } = metadata as {
        readonly labels: Readonly<Record<string, string>>;
        readonly ownerReferences?: readonly { readonly kind: string; readonly name: string }[];
      };
      if (labels['metallb.io/service-name'] !== service) return [];
      return [ownerReferences?.find(({ kind }) => kind === 'Pod')?.name ?? null];
    });

  /** Two at once for a second at most, for each address, while `during` runs. */
  async function judged(t: TestContext, says: string, during: () => Promise<unknown>): Promise<void> {
    const from = monotonicNow();
    await during();
    await sleep(SETTLED_MS);
    const span = { from, to: monotonicNow() };
    const record = recorder.record();
    for (const address of [WEB, RACK]) {
      const [overlap, silence] = [record.longestOverlap(address, span), record.longestSilence(address, span)];
      t.diagnostic(
        `${says}: ${address} two at once ${overlap.toFixed(0)} ms, nobody ${silence.toFixed(0)} ms`,
      );
      assert.ok(overlap <= stretched(OVERLAP_MAX_MS), `${says}: two answered at once for ${overlap} ms`);
    }
  }

  it('each address moves when its last node of MetalLB ends, and comes back when one starts', async (t) => {
    for (const name of SEGMENT_NODES) others.start(name);
    for (const name of SEGMENT_NODES) others.ready(name);
    await answeredBy(RACK, 'n1');
    const leader = others.leaderOf('web') ?? assert.fail('nobody leads');
    await answeredBy(WEB, leader);

    // As with the host port that both use: Berth's speaker runs on a node when MetalLB's has ended there.
    for (const name of ['n1', 'n2'])
      await judged(t, `${name} is replaced`, async () => {
        await others.end(name);
        segment.node(name).startSpeaker();
        await answeredBy(RACK, 'n1');
        await eventually(() => assert.deepEqual(writers('rack'), [null], 'Berth has recorded the rack'));
        await answeredBy(WEB, others.leaderOf('web') ?? '');
      });
    assert.deepEqual(writers('web'), ['played-n3'], "MetalLB's record is left alone");

    await judged(t, 'the last one is replaced', async () => {
      await others.end('n3');
      await eventually(() => assert.deepEqual(writers('web'), [null], 'Berth has recorded the address'));
    });
    const [owner = ''] = recorder.record().answering(WEB, { from: monotonicNow() - SETTLED_MS });
    assert.ok(['n1', 'n2'].includes(owner), `${owner} answers`);

    await judged(t, 'one is back', async () => {
      others.start('n3');
      await answeredBy(WEB, 'n3');
    });
    assert.deepEqual([writers('web'), writers('rack')], [['played-n3'], [null]]);
    await judged(t, 'its Pod is ready', async () => {
      others.ready('n3');
      await answeredBy(RACK, 'n1');
      await answeredBy(WEB, 'n3');
    });
  });
});

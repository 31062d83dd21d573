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

/** Of each family one that all nodes may answer for, and one that only n1 may. */
const WEB = { web4: '192.0.2.100', web6: '2001:db8::100' } as const;
const RACK = { rack4: '192.0.2.200', rack6: '2001:db8::200' } as const;
const servicesOf = (
  addresses: Readonly<Record<string, string>>,
  nodes: readonly string[],
): readonly PlayedService[] => Object.entries(addresses).map(([name, address]) => ({ name, address, nodes }));
const SERVICES = [...servicesOf(WEB, SEGMENT_NODES), ...servicesOf(RACK, ['n1'])];
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
    cluster.object('IPAddressPool', 'main', { addresses: ['192.0.2.96/28', '2001:db8::100/124'] });
    cluster.object('IPAddressPool', 'rack', { addresses: ['192.0.2.192/28', '2001:db8::200/124'] });
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
      {
        ...{ interface: 'eth0', addresses: SERVICES.map(({ address }) => address), everyMs: 10 },
        sources: { 4: '192.0.2.10', 6: '2001:db8::10' },
      },
      (mac) => segment.nodeWith(mac),
    );
  });
  after(() => segment?.stop());

  /** Waits until this node answers for the address of each of these Services, and no other for a while. */
  const answeredBy = (
    services: Readonly<Record<string, string>>,
    owner: (name: string) => string,
  ): Promise<void> =>
    eventually(() => {
      const record = recorder.record();
      const span = { from: monotonicNow() - SETTLED_MS };
      for (const [name, address] of Object.entries(services))
        assert.deepEqual(record.answering(address, span), [owner(name)], segment.logTails());
    });
  const leader = (name: string): string => others.leaderOf(name) ?? assert.fail(`nobody leads ${name}`);

  /** The Pods of the records of each Service; null for one of Berth. */
  const writers = (services: Readonly<Record<string, string>>): readonly (readonly (string | null)[])[] =>
    Object.keys(services).map((service) =>
      segment.cluster.api.objects.list('servicel2statuses.metallb.io').flatMap(({ metadata }) => {
        const { labels, ownerReferences } = metadata as {
          readonly labels: Readonly<Record<string, string>>;
          readonly ownerReferences?: readonly { readonly kind: string; readonly name: string }[];
        };
        if (labels['metallb.io/service-name'] !== service) return [];
        return [ownerReferences?.find(({ kind }) => kind === 'Pod')?.name ?? null];
      }),
    );

  const writtenBy = (services: Readonly<Record<string, string>>, pod: string | null): Promise<void> =>
    eventually(() =>
      assert.deepEqual(
        writers(services),
        Object.keys(services).map(() => [pod]),
      ),
    );

  /** Two at once for a second at most, for each address, while `during` runs. */
  async function judged(t: TestContext, says: string, during: () => Promise<unknown>): Promise<void> {
    const from = monotonicNow();
    await during();
    await sleep(SETTLED_MS);
    const span = { from, to: monotonicNow() };
    const record = recorder.record();
    for (const { address } of SERVICES) {
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
    await answeredBy(RACK, () => 'n1');
    await answeredBy(WEB, leader);

    // As with the host port that both use: Berth's speaker runs on a node when MetalLB's has ended there.
    for (const name of ['n1', 'n2'])
      await judged(t, `${name} is replaced`, async () => {
        await others.end(name);
        segment.node(name).startSpeaker();
        await answeredBy(RACK, () => 'n1');
        await writtenBy(RACK, null);
        await answeredBy(WEB, leader);
      });
    await writtenBy(WEB, 'played-n3');

    await judged(t, 'the last one is replaced', async () => {
      await others.end('n3');
      await writtenBy(WEB, null);
    });
    for (const address of Object.values(WEB)) {
      const [owner = ''] = recorder.record().answering(address, { from: monotonicNow() - SETTLED_MS });
      assert.ok(['n1', 'n2'].includes(owner), `${owner} answers for ${address}`);
    }

    await judged(t, 'one is back', async () => {
      others.start('n3');
      await answeredBy(WEB, () => 'n3');
    });
    await writtenBy(WEB, 'played-n3');
    await writtenBy(RACK, null);
    await judged(t, 'its Pod is ready', async () => {
      others.ready('n3');
      await answeredBy(RACK, () => 'n1');
      await answeredBy(WEB, () => 'n3');
    });
  });
});

/** What a migration sees of announcements: through a router by BGP, or on the segment by layer 2. */
import assert from 'node:assert/strict';
import type { Cluster } from '../../../../support/cluster/cluster.ts';
import { NEIGHBOUR, nodeAddresses } from '../../../../support/cluster/network.ts';
import { eventually, stretched } from '../../../../support/eventually.ts';
import type { NetworkNamespace } from '../../../../support/netns/network.ts';
import { monotonicNow } from '../../../native/support/segment/monotonic.ts';
import { SegmentRecorder } from '../../../native/support/segment/segment-recorder.ts';
import { announcedOf } from '../announced.ts';
import { advertisement, configuration, NAMESPACE, pool, startRouter } from '../berth-cluster.ts';
import type { SpeakerProtocol } from './images.ts';

export type Announcer = 'MetalLB' | 'Berth';

export type Given = {
  /** The node that has just changed hands. */
  readonly given: string;
  /** How many nodes each of the two has. */
  readonly nodes: Readonly<Record<Announcer, number>>;
};

export type AnnouncementView = {
  readonly protocol: SpeakerProtocol;
  /** Berth's manifests with speakers for it. */
  readonly base: 'native' | 'layer2';
  /** MetalLB's objects: one pool, and how it is announced. */
  readonly configuration: readonly object[];
  /** Where traffic comes from. */
  readonly client: NetworkNamespace;
  /** Begins to watch the address; the returned function fails on what must not have happened since. */
  watch(address: string): () => void;
  /** Waits until the address is announced as it has to be. */
  isRight(address: string, given: Given): Promise<void>;
  stop(): Promise<void>;
};

/** By BGP each node announces by itself: the router has the address by the node that changed hands. */
export function viewOfBgp(cluster: Cluster): AnnouncementView {
  const router = startRouter(cluster);
  return {
    ...{ protocol: 'bgp', base: 'native', configuration: configuration('192.168.5.0/24') },
    client: cluster.network.client,
    watch: () => () => {},
    isRight: (address, { given }) =>
      eventually(async () => {
        const routes = await router.ask(`show route ${address}/32 all`);
        const { ipv4 } = nodeAddresses(Number(given.slice(1)));
        assert.ok(routes.includes(ipv4), routes);
      }),
    stop: () => router.end(),
  };
}

const QUESTION_EVERY_MS = 20;
/** Who has answered alone for this long is the owner. */
const SETTLED_MS = 600;
/** Two nodes may answer at once for that long, in milliseconds of a quiet machine. */
const OVERLAP_MAX_MS = 1_000;

type RecordItem = {
  readonly metadata: { readonly ownerReferences?: readonly { readonly kind: string }[] };
  readonly status?: { readonly node?: string; readonly serviceName?: string };
};

/** By layer 2 one node answers: one of MetalLB's as long as it has any, as the recommended edit of the docs has it, then one of Berth's. */
export function viewOfLayer2(cluster: Cluster): AnnouncementView {
  const { neighbour } = cluster.network;
  const nodeOf = new Map(cluster.nodes.map(({ name, host }) => [host.macAddress('eth0'), name]));
  let recorder: SegmentRecorder | null = null;
  const record = (address: string) => {
    recorder ??= SegmentRecorder.start(
      neighbour,
      {
        ...{ interface: 'eth0', addresses: [address], everyMs: QUESTION_EVERY_MS },
        sources: { 4: NEIGHBOUR.ipv4, 6: NEIGHBOUR.ipv6 },
      },
      (mac) => nodeOf.get(mac) ?? mac,
    );
    return recorder.record();
  };
  /** Of the Service `web`: the node, and whose record it is. A Pod owns those of MetalLB. */
  const listOwners = async () => {
    const text = await cluster.kubectlOk(['get', 'servicel2statuses', '-n', NAMESPACE, '-o', 'json']);
    const { items } = JSON.parse(text) as { readonly items: readonly RecordItem[] };
    return items.flatMap(({ metadata: { ownerReferences = [] }, status }) =>
      status?.serviceName === 'web'
        ? [`${ownerReferences.some(({ kind }) => kind === 'Pod') ? 'MetalLB' : 'Berth'} on ${status.node}`]
        : [],
    );
  };
  return {
    ...{ protocol: 'layer2', base: 'layer2', client: neighbour },
    configuration: [pool('10.90.0.100-10.90.0.120'), advertisement('L2Advertisement')],
    watch(address) {
      record(address);
      const from = monotonicNow();
      return () => {
        const overlap = record(address).longestOverlap(address, { from, to: monotonicNow() });
        assert.ok(overlap <= stretched(OVERLAP_MAX_MS), `two nodes answered at once for ${overlap} ms`);
      };
    },
    isRight: (address, { nodes }) =>
      eventually(async () => {
        const announcer: Announcer = nodes.MetalLB > 0 ? 'MetalLB' : 'Berth';
        const answering = record(address).answering(address, { from: monotonicNow() - SETTLED_MS });
        const expected = answering.map((node) => `${announcer} on ${node}`);
        assert.equal(answering.length, 1, `${answering.join(' and ')} answer`);
        assert.deepEqual(await listOwners(), expected);
        // Where none of Berth's speakers runs, the condition is about what they would do.
        if (nodes.Berth === 0) return;
        const { reason } = await announcedOf(cluster, 'web');
        assert.equal(reason, announcer === 'MetalLB' ? 'MetallbAnswers' : 'Answered');
      }),
    stop: async () => {},
  };
}

/**
 * Weighted ECMP, end to end: FRR converts link bandwidths, which follow the endpoints of each node, to weights of the
 * kernel's next hops. (BIRD 2.0 and 1.6 only keep the community; GoBGP installs no routes into the kernel.)
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { eventuallySlow } from '../../support/eventually.ts';
import type { NetworkNamespace } from '../../support/netns/network.ts';
import { TestNetwork } from '../../support/netns/network.ts';
import { skipWithoutNetworkBinaries } from '../../support/network-binaries.ts';
import { InteropCluster } from './support/interop/cluster.ts';
import { FrrRouter } from './support/interop/frr-router.ts';
import { SpeakerNode } from './support/interop/node.ts';
import { assignAddresses, sessionSpec } from './support/interop/session-spec.ts';

const WEB = '10.70.0.1';
const NODES = ['n1', 'n2'] as const;

type Listed = { readonly nexthops?: readonly { readonly gateway: string; readonly weight: number }[] };

describe('weights by endpoints with FRR', { skip: skipWithoutNetworkBinaries() }, () => {
  const sessions = NODES.map((name, index) => sessionSpec(name, index + 1));
  let cluster: InteropCluster;
  let space: NetworkNamespace;
  let frr: FrrRouter;
  const nodes: SpeakerNode[] = [];

  before(async () => {
    cluster = await InteropCluster.start(new TestNetwork());
    space = cluster.net.namespace('router');
    for (const [index, session] of sessions.entries()) {
      const node = await SpeakerNode.make(cluster, session.name, [session.ours.address]);
      node.space.addVeth('uplink', space, session.name);
      assignAddresses([session], { space: node.space, device: 'uplink' }, { space, device: session.name });
      const nodeSelectors = [{ matchLabels: { 'kubernetes.io/hostname': session.name } }];
      cluster.peer(session, { nodeSelectors });
      nodes[index] = node;
    }
    frr = new FrrRouter(space);
    frr.start(sessions, [' bgp bestpath as-path multipath-relax']);
    cluster.pool('web', [`${WEB}/32`], {}, { 'berth.dev/weighted-ecmp': 'true' });
    cluster.service('web', [WEB]);
  });
  after(() => cluster?.stop());

  /** Share of each node's next hop, in percent. */
  async function shares(): Promise<Readonly<Record<string, number>>> {
    const [route]: readonly Listed[] = JSON.parse(await space.run('ip', '-j', 'route', 'show', WEB));
    const hops = route?.nexthops ?? [];
    const total = hops.reduce((sum, { weight }) => sum + weight, 0);
    return Object.fromEntries(
      sessions.flatMap(({ name, ours }) => {
        const hop = hops.find(({ gateway }) => gateway === ours.address);
        return hop === undefined ? [] : [[name, Math.round((100 * hop.weight) / total)]];
      }),
    );
  }

  const come = (wanted: Readonly<Record<string, number>>): Promise<void> =>
    eventuallySlow(async () =>
      assert.deepEqual(
        await shares(),
        wanted,
        `${nodes.map((node) => node.tail()).join('\n')}\n${frr.tail()}`,
      ),
    );

  it('are in the kernel of the router, and follow the endpoints', async () => {
    cluster.endpoints('web', { n1: 1, n2: 3 });
    for (const node of nodes) node.startSpeaker();
    await come({ n1: 25, n2: 75 });
    cluster.endpoints('web', { n1: 4, n2: 1 });
    await come({ n1: 80, n2: 20 });
  });
});

/** BFD with BIRD where one side is passive, and with the other type of authentication. All of them with BERTH_FULL=1. */
import { after, before, describe, it } from 'node:test';
import { skipWithoutNetworkBinaries } from '../../support/network-binaries.ts';
import { BfdNode } from './support/bfd/bfd-node.ts';
import { BirdBfd, type BirdBfdOptions } from './support/bfd/bfd-routers.ts';
import type { TextSpec } from './support/bfd/report.ts';
import { buildTopology, keysOf, type Topology } from './support/bfd/topology.ts';

type Variant = {
  readonly rule: string;
  readonly router: BirdBfdOptions;
  readonly node: Pick<TextSpec, 'authentication' | 'passive'>;
};

const variants: readonly Variant[] = [
  {
    rule: 'the router is passive, and authentication is not meticulous',
    router: { authentication: 'keyed sha1', passive: true },
    node: { authentication: 'keyed-sha1', passive: false },
  },
  {
    rule: 'the node is passive, and authentication is not meticulous',
    router: { authentication: 'keyed sha1', passive: false },
    node: { authentication: 'keyed-sha1', passive: true },
  },
  {
    rule: 'the router is passive',
    router: { authentication: 'meticulous keyed sha1', passive: true },
    node: { authentication: 'meticulous-keyed-sha1', passive: false },
  },
  {
    rule: 'the node is passive',
    router: { authentication: 'meticulous keyed sha1', passive: false },
    node: { authentication: 'meticulous-keyed-sha1', passive: true },
  },
];

const tested = process.env['BERTH_FULL'] === '1' ? variants : variants.slice(0, 1);

for (const { rule, router: options, node: differing } of tested)
  describe(`BFD with BIRD: ${rule}`, { skip: skipWithoutNetworkBinaries() }, () => {
    let topology: Topology;
    let router: BirdBfd;
    let node: BfdNode;

    before(async () => {
      topology = buildTopology();
      router = new BirdBfd(topology.router, options);
      router.start();
      node = await BfdNode.start(
        topology.node,
        router.sessions.map((spec) => ({ ...spec, ...differing })),
      );
    });
    after(() => {
      router?.signal('SIGCONT');
      topology?.network.destroy();
    });

    it('comes up, goes down with a frozen router, and comes up again', async () => {
      const keys = keysOf(router.sessions);
      await node.reach('Up', keys);
      router.signal('SIGSTOP');
      await node.reach('Down', keys, 'detection-time-expired');
      router.signal('SIGCONT');
      await node.reach('Up', keys);
      await node.end();
    });
  });

/**
 * Sessions of `berth speaker` with the routers that people have, each kind in several combinations: a thousand prefixes
 * with all that is said of them arrive, go and come again, whoever ends the session. BERTH_FULL=1 tries all combinations.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Net } from '../../support/netns/net.ts';
import { skipWithoutNetParts } from '../../support/netparts.ts';
import { Cluster } from './interop/cluster.ts';
import { ALL, type Combination, PAIRWISE, titleOf } from './interop/combinations.ts';
import { DAEMONS, type Daemon } from './interop/daemons.ts';
import { type Lane, laneOf, layLanes, NODE_AS, ROUTER_AS } from './interop/lane.ts';
import { Node } from './interop/node.ts';
import { patiently } from './interop/patience.ts';
import type { Router } from './interop/router.ts';
import { routerOf } from './interop/routerof.ts';
import { adapted, type SeenRoutes } from './interop/seen.ts';
import { putThousand, serve, wanted } from './interop/thousand.ts';

const combinations = process.env['BERTH_FULL'] === '1' ? ALL : PAIRWISE;
/** Most of it is waiting for daemons. */
const SIDE_BY_SIDE = 8;
const LISTEN = ['--listen-port', '179'];

type Pairing = { readonly combination: Combination; readonly lane: Lane };

const pairings: readonly Pairing[] = combinations.map((combination, index) => {
  const { family, protection, kind, dials } = combination;
  const ours = kind === 'iBGP' ? ROUTER_AS : NODE_AS;
  const lane = laneOf(`lane${index + 1}`, index + 1, {
    family,
    carries: [family],
    dials,
    password: protection === 'MD5' ? `pass-${index + 1}` : null,
  });
  return { combination, lane: { ...lane, ours: { ...lane.ours, as: ours } } };
});

describe('a thousand prefixes', { skip: skipWithoutNetParts() }, () => {
  let cluster: Cluster;
  let node: Node;
  const routers = new Map<Daemon, Router>();

  before(async () => {
    cluster = await Cluster.start(new Net());
    node = await Node.make(cluster, 'n1', ['10.9.255.1', 'fd09:255::1']);
    for (const [number, daemon] of DAEMONS.entries()) {
      const lanes = pairings
        .filter(({ combination }) => combination.daemon === daemon)
        .map(({ lane }) => lane);
      const space = cluster.net.namespace(`r${number}`);
      node.space.cable(`to-r${number}`, space, 'eth0');
      layLanes(lanes, { space: node.space, device: `to-r${number}` }, { space, device: 'eth0' });
      const router = routerOf(daemon, space);
      router.start(lanes);
      routers.set(daemon, router);
    }
    for (const { lane } of pairings) cluster.peer(lane);
    putThousand(cluster, node.name);
    node.speaker(...LISTEN);
  });
  after(async () => {
    await cluster?.stop();
  });

  const routerFor = ({ combination }: Pairing): Router => {
    const router = routers.get(combination.daemon);
    assert.ok(router !== undefined);
    return router;
  };

  /** One test for each combination. */
  const each = (sentence: string, test: (pairing: Pairing) => Promise<void>): void => {
    describe(sentence, { concurrency: SIDE_BY_SIDE }, () => {
      for (const pairing of pairings) it(titleOf(pairing.combination), () => test(pairing));
    });
  };

  /** Waits until the router has exactly what is meant. */
  const has = (pairing: Pairing, unserved: readonly string[] = []): Promise<void> => {
    const { lane, combination } = pairing;
    const expected = adapted(combination.daemon, wanted(lane, lane.family, unserved));
    const router = routerFor(pairing);
    return patiently(async () => {
      const prefixes = await router.prefixes(lane, lane.family);
      assert.equal(prefixes.length, expected.size, tails(pairing));
      equal(await router.routes(lane, lane.family), expected);
    });
  };

  const tails = (pairing: Pairing): string =>
    `\n--- speaker\n${node.tail()}\n--- router\n${routerFor(pairing).tail()}`;

  const rises = ({ lane }: Pairing): number => node.saidOf(lane, 'session established').length;

  /** Ends the session in some way, and waits until another one stands. */
  async function bounce(pairing: Pairing, end: () => Promise<void> | void): Promise<void> {
    const before = rises(pairing);
    await end();
    await patiently(async () => assert.ok(rises(pairing) > before, tails(pairing)));
    await patiently(async () =>
      assert.ok(await routerFor(pairing).isEstablished(pairing.lane), tails(pairing)),
    );
  }

  each('arrive with all that is said of them', async (pairing) => {
    await patiently(async () =>
      assert.ok(await routerFor(pairing).isEstablished(pairing.lane), tails(pairing)),
    );
    await has(pairing);
  });

  describe('less those of a pool whose Services have no endpoints any more', () => {
    before(() => serve(cluster, node.name, 'rich', false));
    each('are withdrawn', (pairing) => has(pairing, ['rich']));
  });

  describe('with those again', () => {
    before(() => serve(cluster, node.name, 'rich', true));
    each('are all there after the router has reset the session', async (pairing) => {
      await bounce(pairing, () => routerFor(pairing).reset(pairing.lane));
      await has(pairing);
    });
  });

  each('are back after we have ended the session and begun it again', async (pairing) => {
    await bounce(pairing, async () => {
      cluster.removePeer(pairing.lane);
      await patiently(async () =>
        assert.ok(!(await routerFor(pairing).isEstablished(pairing.lane)), tails(pairing)),
      );
      cluster.peer(pairing.lane);
    });
    await has(pairing);
  });
});

/** The first difference says enough of a thousand. */
function equal(actual: SeenRoutes, expected: SeenRoutes): void {
  for (const [prefix, route] of expected) assert.deepEqual(actual.get(prefix), route, prefix);
  assert.equal(actual.size, expected.size);
}

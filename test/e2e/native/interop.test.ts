/**
 * Sessions of `berth speaker` with each routing daemon in several combinations: a thousand prefixes with all attributes
 * arrive, are withdrawn and return, whichever side ends the session. BERTH_FULL=1 tests all combinations.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { eventuallySlow } from '../../support/eventually.ts';
import { TestNetwork } from '../../support/netns/network.ts';
import { skipWithoutNetworkBinaries } from '../../support/network-binaries.ts';
import { InteropCluster } from './support/interop/cluster.ts';
import { ALL, type Combination, PAIRWISE, titleOf } from './support/interop/combinations.ts';
import { createRouter } from './support/interop/create-router.ts';
import { DAEMONS, type Daemon } from './support/interop/daemons.ts';
import { SpeakerNode } from './support/interop/node.ts';
import { asShownBy, type ReceivedRoutes } from './support/interop/received-routes.ts';
import type { InteropRouter } from './support/interop/router.ts';
import {
  assignAddresses,
  NODE_AS,
  ROUTER_AS,
  type SessionSpec,
  sessionSpec,
} from './support/interop/session-spec.ts';
import { createThousandServices, expectedRoutes, setServed } from './support/interop/thousand-services.ts';

const combinations = process.env['BERTH_FULL'] === '1' ? ALL : PAIRWISE;
/** Most of the time is spent waiting for daemons. */
const CONCURRENCY = 8;
const LISTEN = ['--listen-port', '179'];

type InteropCase = { readonly combination: Combination; readonly session: SessionSpec };

const cases: readonly InteropCase[] = combinations.map((combination, index) => {
  const { family, protection, kind, dials } = combination;
  const ours = kind === 'iBGP' ? ROUTER_AS : NODE_AS;
  const session = sessionSpec(`peer${index + 1}`, index + 1, {
    family,
    carries: [family],
    dials,
    password: protection === 'MD5' ? `pass-${index + 1}` : null,
  });
  return { combination, session: { ...session, ours: { ...session.ours, as: ours } } };
});

describe('a thousand prefixes', { skip: skipWithoutNetworkBinaries() }, () => {
  let cluster: InteropCluster;
  let node: SpeakerNode;
  const routers = new Map<Daemon, InteropRouter>();

  before(async () => {
    cluster = await InteropCluster.start(new TestNetwork());
    node = await SpeakerNode.make(cluster, 'n1', ['10.9.255.1', 'fd09:255::1']);
    for (const [number, daemon] of DAEMONS.entries()) {
      const sessions = cases
        .filter(({ combination }) => combination.daemon === daemon)
        .map(({ session }) => session);
      const space = cluster.net.namespace(`r${number}`);
      node.space.addVeth(`to-r${number}`, space, 'eth0');
      assignAddresses(sessions, { space: node.space, device: `to-r${number}` }, { space, device: 'eth0' });
      const router = createRouter(daemon, space);
      router.start(sessions);
      routers.set(daemon, router);
    }
    for (const { session } of cases) cluster.peer(session);
    createThousandServices(cluster, node.name);
    node.startSpeaker(...LISTEN);
  });
  after(async () => {
    await cluster?.stop();
  });

  const routerFor = ({ combination }: InteropCase): InteropRouter => {
    const router = routers.get(combination.daemon);
    assert.ok(router !== undefined);
    return router;
  };

  /** One test for each combination. */
  const each = (sentence: string, test: (pairing: InteropCase) => Promise<void>): void => {
    describe(sentence, { concurrency: CONCURRENCY }, () => {
      for (const pairing of cases) it(titleOf(pairing.combination), () => test(pairing));
    });
  };

  /** Waits until the router has exactly the expected routes. */
  const has = (pairing: InteropCase, unserved: readonly string[] = []): Promise<void> => {
    const { session, combination } = pairing;
    const expected = asShownBy(combination.daemon, expectedRoutes(session, session.family, unserved));
    const router = routerFor(pairing);
    return eventuallySlow(async () => {
      const prefixes = await router.prefixes(session, session.family);
      assert.equal(prefixes.length, expected.size, tails(pairing));
      assertSameRoutes(await router.routes(session, session.family), expected);
    });
  };

  const tails = (pairing: InteropCase): string =>
    `\n--- speaker\n${node.tail()}\n--- router\n${routerFor(pairing).tail()}`;

  const rises = ({ session }: InteropCase): number => node.linesAbout(session, 'session established').length;

  /** Ends the session in some way, and waits until another one is established. */
  async function bounce(pairing: InteropCase, end: () => Promise<void> | void): Promise<void> {
    const before = rises(pairing);
    await end();
    await eventuallySlow(async () => assert.ok(rises(pairing) > before, tails(pairing)));
    await eventuallySlow(async () =>
      assert.ok(await routerFor(pairing).isEstablished(pairing.session), tails(pairing)),
    );
  }

  each('arrive with all that is said of them', async (pairing) => {
    await eventuallySlow(async () =>
      assert.ok(await routerFor(pairing).isEstablished(pairing.session), tails(pairing)),
    );
    await has(pairing);
  });

  describe('without those of a pool whose Services have no endpoints', () => {
    before(() => setServed(cluster, node.name, 'rich', false));
    each('are withdrawn', (pairing) => has(pairing, ['rich']));
  });

  describe('with those endpoints again', () => {
    before(() => setServed(cluster, node.name, 'rich', true));
    each('are all there after the router has reset the session', async (pairing) => {
      await bounce(pairing, () => routerFor(pairing).reset(pairing.session));
      await has(pairing);
    });
  });

  each('are back after we have ended the session and begun it again', async (pairing) => {
    await bounce(pairing, async () => {
      cluster.removePeer(pairing.session);
      await eventuallySlow(async () =>
        assert.ok(!(await routerFor(pairing).isEstablished(pairing.session)), tails(pairing)),
      );
      cluster.peer(pairing.session);
    });
    await has(pairing);
  });
});

/** The first difference of a thousand is enough. */
function assertSameRoutes(actual: ReceivedRoutes, expected: ReceivedRoutes): void {
  for (const [prefix, route] of expected) assert.deepEqual(actual.get(prefix), route, prefix);
  assert.equal(actual.size, expected.size);
}

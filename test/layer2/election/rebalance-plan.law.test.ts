/** Laws of the plan: it evens out, obeys preferences, and the speakers elect what it says. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planRebalance, type RebalancePlan } from '../../../src/layer2/election/rebalance-plan.ts';
import type { OwnerRecord } from '../../../src/layer2/election/record-index.ts';
import { aliveAlways } from '../../../src/layer2/membership/alive.ts';
import { endpointSlice, node, pool, service } from '../../announce/support/cluster.ts';
import { type Random, underSeeds } from '../../support/random.ts';
import { layer2Advertisement, layer2State, ownersOf } from '../support/layer2-cluster.ts';

const NODES = ['n1', 'n2', 'n3', 'n4', 'n5'];

function randomCluster(random: Random) {
  const names = Array.from({ length: 1 + random.below(20) }, (_, index) => `s${index}`);
  const preference = { matchLabels: { zone: 'a' } };
  return [
    pool('main', ['10.0.0.0/24', 'fd00::/120']),
    ...NODES.map((name) => node(name, { zone: random.pick(['a', 'b']) })),
    layer2Advertisement('all', {
      preferredNodeSelectors: random.chance(0.3) ? [{ weight: 2, preference }] : [],
    }),
    ...names.flatMap((name) => {
      const last = random.below(24);
      const ips = [`10.0.0.${last}`, ...(random.chance(0.2) ? [`fd00::${last}`] : [])];
      const endpoints = NODES.filter(() => random.chance(0.6)).map((nodeName) => ({
        ...{ addresses: ['10.244.0.1'], nodeName },
      }));
      const policy = random.chance(0.5) ? { externalTrafficPolicy: 'Local' } : {};
      return [service(name, ips, policy), endpointSlice(name, endpoints)];
    }),
  ];
}

const squares = ({ nodes }: RebalancePlan, when: 'before' | 'after'): number =>
  nodes.reduce((sum, one) => sum + one[when] ** 2, 0);

test('a plan evens out, the speakers elect what it says, and after it nothing is left to move', () => {
  underSeeds(60, 1_000, (random) => {
    const objects = randomCluster(random);
    const living = NODES.filter(() => random.chance(0.9));
    const alive = aliveAlways(living);
    const first = Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [`web/s${index}`, random.pick(NODES)] as const),
    );
    const recorded = ownersOf(layer2State(objects, { alive, recorded: first }));
    const plan = (owners: Readonly<Record<string, string>>) => {
      const records = Object.entries(owners).map(
        ([key, owner]): OwnerRecord => ({
          ...{ name: key, service: key, node: owner, interfaces: [], handOverTo: null, pod: null },
        }),
      );
      const { elections } = layer2State(objects, { alive, recorded: owners });
      return planRebalance({ elections, records, alive, returned: new Set() });
    };
    const planned = plan(recorded);
    if (planned.moves.length > 0) assert.ok(squares(planned, 'after') < squares(planned, 'before'));
    const handOver = Object.fromEntries(
      planned.moves.flatMap(({ records, to }) => records.map(({ service: key }) => [key, to] as const)),
    );
    const elected = ownersOf(layer2State(objects, { alive, recorded, handOver }));
    assert.deepEqual(elected, { ...recorded, ...handOver });
    assert.deepEqual(plan(elected).moves, []);
  });
});

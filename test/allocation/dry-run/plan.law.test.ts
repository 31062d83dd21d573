/** A plan is what the allocator does when the edit is made. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AllocationSnapshot, applyEdit, planEdit } from '../../../src/allocation/dry-run/plan.ts';
import { readIngressStatus } from '../../../src/allocation/ingress-status.ts';
import { toPoolObject } from '../../../src/config/pool/pool-set.ts';
import { formatAddress } from '../../../src/net/address.ts';
import { underSeeds } from '../../support/random.ts';
import { RandomHistory } from '../support/random-history.ts';
import { GRACE, type TestCluster, WALL } from '../support/test-cluster.ts';

const snapshot = (cluster: TestCluster): AllocationSnapshot => ({
  services: [...cluster.simulator.services.values()],
  pools: cluster.pools.map(toPoolObject),
  namespaces: cluster.namespaces,
  layer2OnlyPools: new Set(),
  externalClaims: cluster.externalClaims,
});

/** The addresses and the condition of each managed Service. */
const statusByKey = (cluster: TestCluster): ReadonlyMap<string, string> =>
  new Map(
    [...cluster.simulator.services.values()]
      .filter(({ type, loadBalancerClass }) => type === 'LoadBalancer' && loadBalancerClass === null)
      .map((service) => {
        const addresses = readIngressStatus(service).addresses.map(formatAddress).sort();
        return [service.key, `${addresses.join(' ')} ${service.conditions[0]?.message ?? ''}`];
      }),
  );

test('an edit has exactly the planned result, at once and after the grace period', () => {
  underSeeds(20, 3000, (random) => {
    const history = new RandomHistory(random, { invalid: true, writers: false, calico: true });
    for (let step = 0; step < 15; step++) history.step();
    const current = snapshot(history.cluster);
    const edit = new RandomHistory(random, { invalid: true, writers: false, calico: true });
    for (let step = 0; step < 3; step++) edit.step();
    const kept = [...current.services].filter(() => random.chance(0.8));
    const keptKeys = new Set(kept.map(({ key }) => key));
    const edited: AllocationSnapshot = {
      ...snapshot(edit.cluster),
      services: [
        ...kept,
        ...[...edit.cluster.simulator.services.values()].filter(({ key }) => !keptKeys.has(key)).map(asNew),
      ],
      pools: random.chance(0.3) ? current.pools : snapshot(edit.cluster).pools,
    };
    const plan = planEdit(current, edited, history.cluster.options, WALL);

    // A controller that adopted this cluster, and then sees the edit.
    const live = history.cluster.restart();
    live.simulator.runUntilIdle(applyEdit(live.simulator, edited));
    const afterEdit = statusByKey(live);
    live.pass(GRACE);
    const afterGrace = statusByKey(live);
    const planned = (which: 'after' | 'later'): ReadonlyMap<string, string> =>
      new Map(
        plan.services.flatMap(({ key, [which]: assignment }) =>
          assignment === null
            ? []
            : [[key, `${assignment.addresses.map(formatAddress).sort().join(' ')} ${assignment.message}`]],
        ),
      );
    assert.deepEqual(sorted(planned('after')), sorted(afterEdit));
    assert.deepEqual(sorted(planned('later')), sorted(afterGrace));
  });
});

const sorted = (map: ReadonlyMap<string, string>) => [...map].sort();

/** As a manifest has it. */
const asNew = <T extends object>(service: T): T => ({
  ...service,
  ingress: [],
  conditions: [],
  annotations: {},
});

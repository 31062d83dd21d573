/** What `planEdit` says is what comes of doing it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AllocationSnapshot, applyEdit, planEdit } from '../../../src/allocation/dry-run/plan.ts';
import { readIngressStatus } from '../../../src/allocation/ingress-status.ts';
import { toPoolObject } from '../../../src/config/pool/pool-set.ts';
import { formatAddress } from '../../../src/net/address.ts';
import { underSeeds } from '../../support/random.ts';
import { RandomHistory } from '../support/random-history.ts';
import { GRACE, OPTIONS, type TestCluster, WALL } from '../support/test-cluster.ts';

const snapshot = (cluster: TestCluster): AllocationSnapshot => ({
  services: [...cluster.simulator.services.values()],
  pools: cluster.pools.map(toPoolObject),
  namespaces: cluster.namespaces,
  layer2OnlyPools: new Set(),
  externalClaims: cluster.externalClaims,
});

/** What everybody shows, and what is said of it. */
const statusByKey = (cluster: TestCluster): ReadonlyMap<string, string> =>
  new Map(
    [...cluster.simulator.services.values()]
      .filter(({ type, loadBalancerClass }) => type === 'LoadBalancer' && loadBalancerClass === null)
      .map((service) => {
        const addresses = readIngressStatus(service).addresses.map(formatAddress).sort();
        return [service.key, `${addresses.join(' ')} ${service.conditions[0]?.message ?? ''}`];
      }),
  );

test('doing it gives exactly what was planned, at once and after the grace', () => {
  underSeeds(20, 3000, (random) => {
    const history = new RandomHistory(random, { invalid: true, writers: false, calico: true });
    for (let step = 0; step < 15; step++) history.step();
    const now = snapshot(history.cluster);
    const edit = new RandomHistory(random, { invalid: true, writers: false, calico: true });
    for (let step = 0; step < 3; step++) edit.step();
    const kept = [...now.services].filter(() => random.chance(0.8));
    const own = new Set(kept.map(({ key }) => key));
    const edited: AllocationSnapshot = {
      ...snapshot(edit.cluster),
      services: [
        ...kept,
        ...[...edit.cluster.simulator.services.values()].filter(({ key }) => !own.has(key)).map(asNew),
      ],
      pools: random.chance(0.3) ? now.pools : snapshot(edit.cluster).pools,
    };
    const plan = planEdit(now, edited, OPTIONS, WALL);

    // The controller that has taken over this cluster, and lives through the edit.
    const live = history.cluster.restart();
    live.simulator.runUntilIdle(applyEdit(live.simulator, edited));
    const atOnce = statusByKey(live);
    live.pass(GRACE);
    const inTheEnd = statusByKey(live);
    const said = (which: 'after' | 'later'): ReadonlyMap<string, string> =>
      new Map(
        plan.services.flatMap(({ key, [which]: standing }) =>
          standing === null
            ? []
            : [[key, `${standing.addresses.map(formatAddress).sort().join(' ')} ${standing.message}`]],
        ),
      );
    assert.deepEqual(sorted(said('after')), sorted(atOnce));
    assert.deepEqual(sorted(said('later')), sorted(inTheEnd));
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

/** What `planWhole` says is what comes of doing it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { poolObject } from '../../src/config/pools.ts';
import { formatAddress } from '../../src/net/address.ts';
import { readShown } from '../../src/plan/shown.ts';
import { applyEdit, planWhole, type Snapshot } from '../../src/plan/whole.ts';
import { underSeeds } from '../support/random.ts';
import { History } from './history.ts';
import { GRACE, OPTIONS, WALL, type World } from './support.ts';

const snapshot = (world: World): Snapshot => ({
  services: [...world.stage.services.values()],
  pools: world.pools.map(poolObject),
  namespaces: world.namespaces,
  layer2Only: new Set(),
});

/** What everybody shows, and what is said of it. */
const picture = (world: World): ReadonlyMap<string, string> =>
  new Map(
    [...world.stage.services.values()]
      .filter(({ type, loadBalancerClass }) => type === 'LoadBalancer' && loadBalancerClass === null)
      .map((service) => {
        const addresses = readShown(service).addresses.map(formatAddress).sort();
        return [service.key, `${addresses.join(' ')} ${service.conditions[0]?.message ?? ''}`];
      }),
  );

test('doing it gives exactly what was planned, at once and after the grace', () => {
  underSeeds(20, 3000, (random) => {
    const history = new History(random, { invalid: true, writers: false });
    for (let step = 0; step < 15; step++) history.step();
    const now = snapshot(history.world);
    const edit = new History(random, { invalid: true, writers: false });
    for (let step = 0; step < 3; step++) edit.step();
    const kept = [...now.services].filter(() => random.chance(0.8));
    const own = new Set(kept.map(({ key }) => key));
    const edited: Snapshot = {
      ...snapshot(edit.world),
      services: [
        ...kept,
        ...[...edit.world.stage.services.values()].filter(({ key }) => !own.has(key)).map(asNew),
      ],
      pools: random.chance(0.3) ? now.pools : snapshot(edit.world).pools,
    };
    const plan = planWhole(now, edited, OPTIONS, WALL);

    // The controller that has taken over this cluster, and lives through the edit.
    const live = history.world.restart();
    live.stage.run(applyEdit(live.stage, edited));
    const atOnce = picture(live);
    live.pass(GRACE);
    const inTheEnd = picture(live);
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

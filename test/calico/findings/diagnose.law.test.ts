/** Laws: findings agree with the routes that the model computes. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fieldsOf, listOf, type Raw, textOf } from '../../../src/base/json.ts';
import { routerFamily } from '../../../src/calico/cluster/converged-cluster.ts';
import { diagnose } from '../../../src/calico/findings/diagnose.ts';
import { parseVersion } from '../../../src/calico/objects/version.ts';
import { mutate } from '../../support/mutation.ts';
import { type Random, underSeeds } from '../../support/random.ts';
import { HEALTHY } from '../support/clusters.ts';
import { ROWS } from '../support/finding-rows/all.ts';

const folder = new URL('../support/cases/', import.meta.url);

type GivenCluster = { readonly name: string; readonly objects: readonly Raw[]; readonly version: string };

const CASES: readonly GivenCluster[] = [
  ...readdirSync(folder)
    .sort()
    .map((name): GivenCluster => {
      const one: Raw = JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
      return { name, objects: listOf(one['objects']).map(fieldsOf), version: textOf(one['calicoVersion']) };
    }),
  ...ROWS.map(
    ({ code, title, failing }): GivenCluster => ({
      name: `${code}: ${title}`,
      objects: failing,
      version: '',
    }),
  ),
  { name: 'a healthy cluster', objects: HEALTHY, version: '' },
];

/** An address that no router learns is named by an error, and an error names no address that every router learns. */
function assertAgrees({ name, objects, version }: GivenCluster): void {
  const known = version === '' ? {} : { version: parseVersion(version) };
  const { findings, world: snapshot } = diagnose(objects, {
    hashRouterId: () => 1,
    complete: true,
    ...known,
  });
  const errors = findings.filter(({ severity }) => severity === 'error');
  const namedAddresses = new Set(errors.flatMap(({ addresses }) => addresses));
  // An address that leaks is learned, but from wrong nodes.
  const unlearned = new Set(errors.filter(({ code }) => code !== 'P4').flatMap(({ addresses }) => addresses));
  const { converged, assigned } = snapshot;
  for (const { address, text } of assigned) {
    const routers = converged.routers.filter((one) => routerFamily(one) === address.family);
    const learning = routers.filter((one) => converged.longestMatch(one, address) !== null);
    if (learning.length === 0)
      assert.ok(namedAddresses.has(text), `${name}: no error names ${text}, which no router learns`);
    if (routers.length > 0 && learning.length === routers.length) {
      const wrong = errors.find(({ code, addresses }) => code !== 'P4' && addresses.includes(text));
      assert.ok(
        !unlearned.has(text),
        `${name}: ${text} is learned, and ${wrong?.code} names it: ${wrong?.problem}`,
      );
    }
  }
}

test('errors name every address that no router learns, and none that every router learns', () => {
  for (const one of CASES) assertAgrees(one);
});

test('the same in randomly broken clusters', () => {
  underSeeds(1000, 20_000, (random) => assertAgrees(randomlyBroken(random)));
});

test('no input makes it throw, complete or not', () => {
  underSeeds(400, 10_000, (random) => {
    const { objects } = randomlyBroken(random);
    diagnose(
      objects.filter(() => !random.chance(0.2)),
      { hashRouterId: () => 1, complete: random.chance(0.5) },
    );
  });
});

/** The objects of two cases together, some of them removed and some mutated. */
function randomlyBroken(random: Random): GivenCluster {
  const one = random.pick(CASES);
  const other = random.chance(0.3) ? random.pick(CASES).objects : [];
  const kept = [...one.objects, ...other.filter(() => random.chance(0.3))].filter(() => !random.chance(0.05));
  return { ...one, objects: listOf(mutate(random, kept)).map(fieldsOf) };
}

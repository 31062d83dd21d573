/**
 * Laws of the findings: (a) they agree with the routes that the model computes, (b) the edit of a finding fixes it, and brings
 * no other finding that is as bad.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fieldsOf, listOf, type Raw, textOf } from '../../../src/base/json.ts';
import { routerFamily } from '../../../src/calico/cluster/converged-cluster.ts';
import type { AssignedAddress } from '../../../src/calico/findings/assigned-addresses.ts';
import type { FindingCode } from '../../../src/calico/findings/codes.ts';
import { type DiagnoseOptions, diagnose } from '../../../src/calico/findings/diagnose.ts';
import type { Finding } from '../../../src/calico/findings/finding.ts';
import type { ClusterSnapshot } from '../../../src/calico/findings/snapshot.ts';
import { parseVersion } from '../../../src/calico/objects/version.ts';
import { applyEdits } from '../../../src/findings/apply-edits.ts';
import { mutate } from '../../support/mutation.ts';
import { type Random, underSeeds } from '../../support/random.ts';
import { HEALTHY } from '../support/clusters.ts';
import { ROWS } from '../support/finding-rows/all.ts';
import { randomCluster } from '../support/random-cluster.ts';
import { randomMixedCluster } from '../support/random-mixed-cluster.ts';

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

const optionsOf = ({ version }: GivenCluster): DiagnoseOptions => ({
  hashRouterId: () => 1,
  complete: true,
  ...(version === '' ? {} : { version: parseVersion(version) }),
});

/** Warnings that name addresses for another reason than that they are not delivered. */
const NOT_ABOUT_DELIVERY: ReadonlySet<FindingCode> = new Set(['P5', 'P8', 'P31', 'P41']);

/** Findings that say of nodes that no router learns anything from them. Excluded nodes (P13) still announce pods. */
const ABOUT_NODES: ReadonlySet<FindingCode> = new Set(['P12', 'P38']);

/** Nodes that serve the address: all of them, or those with an endpoint that counts. */
function servingNodes({ converged: { cluster } }: ClusterSnapshot, { services }: AssignedAddress) {
  if (services.some(({ isLocal }) => !isLocal)) return null;
  return new Set(
    services.flatMap(({ key, families }) =>
      (cluster.slices.get(key) ?? [])
        .filter(({ addressType }) => families.includes(addressType))
        .flatMap(({ endpoints }) => endpoints)
        .filter(({ isReady }) => isReady || !cluster.behaviour.needsReadiness)
        .map(({ node }) => node),
    ),
  );
}

/** How many routers have no route to the address, and how many have one that leads to a node which does not serve it. */
function routesTo(snapshot: ClusterSnapshot, assigned: AssignedAddress) {
  const { routers, longestMatch } = snapshot.converged;
  const serving = servingNodes(snapshot, assigned);
  const routes = routers
    .filter((one) => routerFamily(one) === assigned.address.family)
    .map((router) => longestMatch(router, assigned.address));
  return {
    routers: routes.length,
    missing: routes.filter((route) => route === null).length,
    wrong: routes.filter((route) => route?.nextHops.some(({ node }) => serving?.has(node) === false)).length,
  };
}

/** Law (a). */
function assertAgrees(given: GivenCluster): void {
  const { findings, snapshot } = diagnose(given.objects, optionsOf(given));
  const about = findings.filter(({ severity, code }) => severity !== 'hint' && !NOT_ABOUT_DELIVERY.has(code));
  const naming = (text: string, all: readonly Finding[]): readonly FindingCode[] =>
    all.filter(({ addresses }) => addresses.includes(text)).map(({ code }) => code);
  const errors = about.filter(({ severity }) => severity === 'error');
  for (const one of snapshot.assigned) {
    const { routers, missing, wrong } = routesTo(snapshot, one);
    const label = `${given.name}: ${one.text}, learned by ${routers - missing} of ${routers} routers, ${wrong} of them wrongly`;
    if (missing === routers) assert.notEqual(naming(one.text, errors).length, 0, label);
    if (missing + wrong > 0) assert.notEqual(naming(one.text, about).length, 0, label);
    if (routers > 0 && missing + wrong === 0) assert.deepEqual(naming(one.text, about), [], label);
  }
  for (const { code, concerns, problem } of findings) {
    if (!ABOUT_NODES.has(code)) continue;
    const learned = snapshot.learnedNodes();
    const named = concerns.filter(({ kind, name }) => kind === 'Node' && learned.has(name));
    assert.deepEqual(named, [], `${given.name}: ${code} ${problem}`);
  }
}

const keyOf = ({ code, severity, object, field }: Finding): string =>
  `${severity} ${code} ${object.kind} ${object.namespace}/${object.name} ${field}`;
const withoutSeverity = (one: Finding): string => keyOf(one).replace(/^\w+ /, '');
const RANKS = ['error', 'warning', 'hint'];

/** Law (b). Returns how many edits were tried. */
function assertEditsFix(given: GivenCluster): number {
  const { findings } = diagnose(given.objects, { ...optionsOf(given), triesEdits: true });
  const before = new Set(findings.map(keyOf));
  const withEdits = findings.filter(({ edits }) => edits.length > 0);
  for (const one of withEdits) {
    const after = diagnose(applyEdits(given.objects, one.edits), optionsOf(given)).findings;
    assert.ok(!after.map(withoutSeverity).includes(withoutSeverity(one)), `${given.name}: ${one.problem}`);
    const added = after.filter(
      (other) => !before.has(keyOf(other)) && RANKS.indexOf(other.severity) <= RANKS.indexOf(one.severity),
    );
    assert.deepEqual(added.map(keyOf), [], `${given.name}: ${one.problem} ${one.remedy}`);
  }
  return withEdits.length;
}

const random = (seed: Random): GivenCluster => ({
  name: 'a random cluster',
  objects: randomCluster(seed),
  version: '',
});

const randomMixed = (seed: Random): GivenCluster => ({
  name: 'a random cluster of all features',
  objects: randomMixedCluster(seed),
  version: '',
});

test('(a) in every case: findings name the addresses and nodes that routes show', () => {
  for (const one of CASES) assertAgrees(one);
});

test('(a) in random clusters', () => {
  underSeeds(600, 20_000, (seed) => assertAgrees(random(seed)));
});

test('(a) in random clusters of all features', () => {
  underSeeds(300, 20_000, (seed) => assertAgrees(randomMixed(seed)));
});

test('(a) in randomly broken cases', () => {
  underSeeds(1000, 20_000, (seed) => assertAgrees(randomlyBroken(seed)));
});

test('(b) in every case: edits fix their finding and bring none as bad', () => {
  const edits = CASES.map(assertEditsFix).reduce((sum, count) => sum + count, 0);
  assert.ok(edits > 150, `only ${edits} edits were tried`);
});

test('(b) in random clusters', () => {
  underSeeds(25, 3_000, (seed) => void assertEditsFix(random(seed)));
});

test('(b) in random clusters of all features', () => {
  underSeeds(25, 3_000, (seed) => void assertEditsFix(randomMixed(seed)));
});

test('(b) in randomly broken cases', () => {
  underSeeds(60, 3_000, (seed) => void assertEditsFix(randomlyBroken(seed)));
});

test('no input makes it throw, complete or not', () => {
  underSeeds(400, 10_000, (seed) => {
    const { objects } = randomlyBroken(seed);
    diagnose(
      objects.filter(() => !seed.chance(0.2)),
      { hashRouterId: () => 1, complete: seed.chance(0.5) },
    );
  });
});

/** The objects of two cases together, some of them removed and some mutated. */
function randomlyBroken(seed: Random): GivenCluster {
  const one = seed.pick(CASES);
  const other = seed.chance(0.3) ? seed.pick(CASES).objects : [];
  const kept = [...one.objects, ...other.filter(() => seed.chance(0.3))].filter(() => !seed.chance(0.05));
  return { ...one, objects: listOf(mutate(seed, kept)).map(fieldsOf) };
}

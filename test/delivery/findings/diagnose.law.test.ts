/** Findings agree with the table of what is announced, and edits with the model. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SimulatedObjectStore } from '../../../src/announce/simulator/object-store.ts';
import { fieldsOf, listOf, type Raw } from '../../../src/base/json.ts';
import { eachRoute } from '../../../src/delivery/bgp/delivery-routes.ts';
import { applyEdits } from '../../../src/findings/apply-edits.ts';
import { SEVERITY_ORDER } from '../../../src/findings/finding.ts';
import { findingKey } from '../../../src/findings/tried-edits.ts';
import { loadObservedCases } from '../../announce/support/cluster.ts';
import { randomCluster } from '../../announce/support/histories.ts';
import { loadLayer2Cases } from '../../layer2/support/layer2-cluster.ts';
import { underSeeds } from '../../support/random.ts';
import { ANNOUNCER_SIBLING_ROWS } from '../support/finding-rows/announcer-siblings.ts';
import { OBJECT_ROWS } from '../support/finding-rows/objects.ts';
import { SIBLING_ROWS } from '../support/finding-rows/siblings.ts';
import { SURROUNDINGS_ROWS } from '../support/finding-rows/surroundings.ts';
import { randomLayer2Cluster } from '../support/layer2-histories.ts';
import { diagnoseCluster, NAMESPACE } from '../support/speaker-clusters.ts';

const FINDING_ROWS = [...OBJECT_ROWS, ...SURROUNDINGS_ROWS, ...SIBLING_ROWS, ...ANNOUNCER_SIBLING_ROWS];

/** As an API server stores them: once, with namespace and identity. */
function stored(objects: readonly Raw[]): readonly Raw[] {
  const store = new SimulatedObjectStore(NAMESPACE);
  for (const raw of objects) store.create(raw);
  return store.stored();
}

function findingsAgreeWithRoutes(objects: readonly Raw[]): void {
  const { findings, snapshot } = diagnoseCluster(objects, { triesEdits: false });
  const { deliveries } = snapshot.announced;
  const down = new Set(snapshot.sessions.filter((one) => one.isDown).map((one) => `${one.node} ${one.peer}`));
  const missing = new Set(
    deliveries
      .filter(
        (one) =>
          one.owner === null && eachRoute(one.routes).every(({ node, peer }) => down.has(`${node} ${peer}`)),
      )
      .map(({ address }) => address),
  );
  const errors = findings.filter(({ severity }) => severity === 'error');
  const named = new Set(errors.flatMap(({ addresses }) => addresses));
  // Where nothing shows that speakers announce, another program may.
  assert.deepEqual([...named].sort(), snapshot.undelivered === null ? [] : [...missing].sort());
  for (const { severity, addresses } of findings) if (severity !== 'error') assert.deepEqual(addresses, []);
  const bad = new Set(deliveries.filter(({ address }) => missing.has(address)).map(({ service }) => service));
  for (const { concerns } of errors)
    for (const { kind, namespace, name } of concerns)
      if (kind === 'Service') assert.ok(bad.has(`${namespace}/${name}`), `${namespace}/${name} is announced`);
}

function editsWork(objects: readonly Raw[]): void {
  const { findings } = diagnoseCluster(objects);
  const known = new Set(findings.map((one) => `${one.severity} ${findingKey(one)}`));
  for (const finding of findings) {
    if (finding.edits.length === 0) continue;
    const after = diagnoseCluster(applyEdits(objects, finding.edits), { triesEdits: false }).findings;
    assert.ok(!after.some((one) => findingKey(one) === findingKey(finding)), `${finding.code} stays`);
    const worse = after.filter(
      (one) =>
        !known.has(`${one.severity} ${findingKey(one)}`) &&
        SEVERITY_ORDER[one.severity] <= SEVERITY_ORDER[finding.severity],
    );
    assert.deepEqual(
      worse.map(({ problem }) => problem),
      [],
    );
  }
}

const objectsIn = (file: Raw): readonly Raw[] => stored(listOf(file['objects']).map(fieldsOf));

describe('every address that nothing leads to has an error, and no error names another', () => {
  it('in clusters of the table', () => {
    for (const { objects } of FINDING_ROWS) findingsAgreeWithRoutes(objects);
  });
  it('in observed clusters', () => {
    for (const file of [...loadObservedCases(), ...loadLayer2Cases()])
      findingsAgreeWithRoutes(objectsIn(file));
  });
  it('in random clusters', () => {
    underSeeds(60, 3000, (random) => {
      findingsAgreeWithRoutes(stored(randomCluster(random)));
      findingsAgreeWithRoutes(stored(randomLayer2Cluster(random)));
    });
  });
});

describe('an edit that is printed fixes its finding, and brings none as bad', () => {
  it('in clusters of the table', () => {
    for (const { objects } of FINDING_ROWS) editsWork(objects);
  });
  it('in observed clusters', () => {
    for (const file of [...loadObservedCases(), ...loadLayer2Cases()]) editsWork(objectsIn(file));
  });
  it('in random clusters', () => {
    underSeeds(30, 1500, (random) => {
      editsWork(stored(randomCluster(random)));
      editsWork(stored(randomLayer2Cluster(random)));
    });
  });
});

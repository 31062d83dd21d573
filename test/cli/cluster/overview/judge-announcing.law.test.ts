/** `berth status` and `berth doctor` say the same of one cluster: every finding is a problem, and none is made up. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SimulatedObjectStore } from '../../../../src/announce/simulator/object-store.ts';
import { fieldsOf, listOf, type Raw, textOf } from '../../../../src/base/json.ts';
import { runDoctor } from '../../../../src/cli/doctor/run.ts';
import { runStatus } from '../../../../src/cli/status/run.ts';
import { type FindingOf, SEVERITY_ORDER } from '../../../../src/findings/finding.ts';
import type { OverviewDocument } from '../../../../src/overview/document.ts';
import { saysTheSame } from '../../../../src/overview/finding-problems.ts';
import type { Problem } from '../../../../src/overview/problem.ts';
import { loadObservedCases } from '../../../announce/support/cluster.ts';
import { randomCluster } from '../../../announce/support/histories.ts';
import { HEALTHY } from '../../../calico/support/clusters.ts';
import { OBJECT_ROWS } from '../../../delivery/support/finding-rows/objects.ts';
import { SURROUNDINGS_ROWS } from '../../../delivery/support/finding-rows/surroundings.ts';
import { randomLayer2Cluster } from '../../../delivery/support/layer2-histories.ts';
import { BGP_CLUSTER, NAMESPACE } from '../../../delivery/support/speaker-clusters.ts';
import { withTypes } from '../../../delivery/support/with-types.ts';
import { loadLayer2Cases } from '../../../layer2/support/layer2-cluster.ts';
import { underSeeds } from '../../../support/random.ts';
import { randomServiceFiles, withSomeAddresses } from '../../support/random-services.ts';
import { runCommand } from '../../support/run-command.ts';

/** As `-o json` has it. */
type DoctorFinding = Pick<FindingOf<string>, 'code' | 'severity' | 'object'> & { readonly says: string };

const FINDING_CODE = /^[APS]\d+$/;

const isSame = (problem: Problem, { code, object, severity }: DoctorFinding): boolean =>
  problem.code === code &&
  problem.severity === severity &&
  problem.object?.kind === object.kind &&
  problem.object.name === object.name;

/** Whether it was compared: addresses of a dry run are not those that the doctor sees. */
async function saySame(objects: readonly Raw[]): Promise<boolean> {
  const stdin = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects.map(withTypes) });
  const status = await runCommand(runStatus, ['-f', '-', '-o', 'json'], { stdin });
  const { problems, services, verdict }: OverviewDocument = JSON.parse(status.out);
  if (services?.from !== 'status') return false;
  const doctor = await runCommand(runDoctor, ['-f', '-', '-o', 'json'], { stdin });
  const { findings }: { readonly findings: readonly DoctorFinding[] } = JSON.parse(doctor.out);
  for (const finding of findings) {
    const said = problems.find(
      (one) =>
        isSame(one, finding) ||
        (saysTheSame(one, finding) && SEVERITY_ORDER[one.severity] <= SEVERITY_ORDER[finding.severity]),
    );
    assert.ok(said, `status does not say ${finding.code} of ${finding.object.name}: ${finding.says}`);
  }
  for (const problem of problems)
    if (FINDING_CODE.test(problem.code))
      assert.ok(
        findings.some((one) => isSame(problem, one)),
        `only status says ${problem.code}: ${problem.says}`,
      );
  if (findings.some(({ severity }) => severity === 'error')) assert.equal(verdict, 'errors');
  return true;
}

/** As an API server stores them: once, with namespace and identity. */
function stored(objects: readonly Raw[]): readonly Raw[] {
  const store = new SimulatedObjectStore(NAMESPACE);
  for (const raw of objects) store.create(raw);
  return store.stored();
}

const objectsIn = (file: Raw): readonly Raw[] => stored(listOf(file['objects']).map(fieldsOf));

async function countCompared(clusters: readonly (readonly Raw[])[]): Promise<number> {
  let compared = 0;
  for (const objects of clusters) if (await saySame(objects)) compared++;
  return compared;
}

describe('status and doctor say the same', () => {
  it('of the clusters in the table of findings', async () => {
    const clusters = [...OBJECT_ROWS, ...SURROUNDINGS_ROWS].map(({ objects }) => objects);
    assert.ok((await countCompared(clusters)) > 20);
  });
  it('of observed clusters', async () => {
    assert.ok((await countCompared([...loadObservedCases(), ...loadLayer2Cases()].map(objectsIn))) > 20);
  });
  it('of random clusters', async () => {
    const clusters: (readonly Raw[])[] = [];
    underSeeds(20, 200, (random) => {
      clusters.push(stored(randomCluster(random)), stored(randomLayer2Cluster(random)));
    });
    assert.ok((await countCompared(clusters)) > 10);
  });
  it('of exports without creation times, where some Services have an address and the others may get none', async () => {
    const clusters: (readonly Raw[])[] = [];
    underSeeds(20, 200, (random) => {
      clusters.push(withSomeAddresses(random, randomServiceFiles(random)));
    });
    assert.ok((await countCompared(clusters)) > 10);
  });
  it('of clusters with Calico, and with both', async () => {
    const speakers = BGP_CLUSTER.filter((raw) => textOf(raw['kind']) !== 'Secret');
    assert.equal(await countCompared([HEALTHY, [...HEALTHY, ...speakers]]), 2);
  });
});

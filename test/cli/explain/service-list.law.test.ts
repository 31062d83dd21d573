/** `berth status`, `berth explain` and the "before" of `berth plan` say the same of each Service of files that were never applied. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import { runExplain } from '../../../src/cli/explain/run.ts';
import { runPlan } from '../../../src/cli/plan/run.ts';
import { runStatus } from '../../../src/cli/status/run.ts';
import type { OverviewDocument } from '../../../src/overview/document.ts';
import { underSeeds } from '../../support/random.ts';
import { randomServiceFiles, SERVICES } from '../support/random-services.ts';
import { type CommandRunner, runCommand } from '../support/run-command.ts';
import { createTempFolder } from '../support/temp-folder.ts';

type Said = { readonly service: string; readonly addresses: readonly string[]; readonly reason: string };

async function jsonOf<T>(run: CommandRunner, args: readonly string[], stdin = ''): Promise<T> {
  const { out, err } = await runCommand(run, [...args, '-o', 'json'], { stdin });
  assert.notEqual(out, '', err);
  return JSON.parse(out);
}

async function statusSays(file: string): Promise<readonly Said[]> {
  const { services } = await jsonOf<OverviewDocument>(runStatus, ['-f', file]);
  return (services?.items ?? []).map(({ service, addresses, reason }) => ({
    ...{ service, addresses, reason: reason ?? '' },
  }));
}

async function explainSays(file: string): Promise<readonly Said[]> {
  const { services } = await jsonOf<{
    readonly services: readonly (Omit<Said, 'reason'> & {
      readonly condition: { readonly reason: string } | null;
    })[];
  }>(runExplain, ['service', '-A', '-f', file]);
  return services.map(({ service, addresses, condition }) => ({
    ...{ service, addresses, reason: condition?.reason ?? '' },
  }));
}

const NO_EDIT = JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'empty' } });

/** Of an edit that concerns nothing: what was before stays. */
async function planSays(file: string): Promise<readonly Said[]> {
  type Assignment = Omit<Said, 'service'>;
  const { services } = await jsonOf<{
    readonly services: readonly {
      readonly service: string;
      readonly before: Assignment;
      readonly later: Assignment;
    }[];
  }>(runPlan, ['-f', '-', '--cluster', file], NO_EDIT);
  for (const { service, before, later } of services)
    assert.deepEqual(later, before, `${service}: nothing was edited`);
  const said = services.map(({ service, before: { addresses, reason } }) => ({ service, addresses, reason }));
  return said.sort((a, b) => (a.service < b.service ? -1 : 1));
}

it('status, explain and plan say the same of each Service', async (test) => {
  const clusters: (readonly Raw[])[] = [];
  underSeeds(15, 300, (random) => {
    clusters.push(randomServiceFiles(random));
  });
  let waiting = 0;
  let assigned = 0;
  for (const items of clusters) {
    const folder = createTempFolder(test, {
      'cluster.json': JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
    });
    const status = await statusSays(folder);
    assert.equal(status.length, SERVICES);
    assert.deepEqual(await explainSays(folder), status, 'explain and status differ');
    assert.deepEqual(await planSays(folder), status, 'plan and status differ');
    waiting += status.filter(({ addresses }) => addresses.length === 0).length;
    assigned += status.filter(({ addresses }) => addresses.length > 0).length;
  }
  assert.ok(
    waiting > 5 && assigned > 5,
    `${waiting} wait, ${assigned} have an address: both kinds have to occur`,
  );
});

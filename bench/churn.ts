/**
 * Measures what one tenant's changes cost another tenant: a namespace changes its Services 1,000 times a second, and new
 * Services in another namespace wait for their address. Rounds with and without changes take turns.
 *
 * The API server and the machine are busy as well, so an idle client assigns every other of the new Services: it watches
 * nothing of the changes, and sends the same PATCH. What the controller's Services wait beyond those is the controller's.
 */

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AssignmentWatch } from './support/assignment-watch.ts';
import { BaselineClient } from './support/baseline/client.ts';
import { startIdleResponder } from './support/baseline/idle-responder.ts';
import { nextMessage } from './support/child-message.ts';
import { CHURN_SERVICES, type ChurnOrder, type ChurnReport } from './support/churn.ts';
import { bench, median, note, percentile, type Row, spread } from './support/figures.ts';
import { newBenchFolder } from './support/folder.ts';
import { createInTurns, newServicesPath, type Wait } from './support/new-services.ts';
import { OURS, THEIRS } from './support/services.ts';
import { type MemoryApi, startMemoryApi } from './support/start-memory-api.ts';
import { launch, serviceAccount } from './support/test-bed.ts';

const RUNS = 5;
const SERVICES = 3000;
const CHANGES_PER_SECOND = 1000;
const CREATIONS = 150;
const CREATE_INTERVAL_MS = 20;
const SETTLES_MS = 3000;
const GOAL = 2;
/** The namespace of the other tenant. */
const OTHER = 'crowd';

/** The new Services of the controller, and those of the idle client. */
type Round = { readonly ours: readonly Wait[]; readonly idle: readonly Wait[] };

async function measure(): Promise<readonly Row[]> {
  const { path: folder, remove: removeFolder } = newBenchFolder();
  const api = await startMemoryApi({ folder, services: SERVICES, churns: true });
  const access = { url: api.url, token: 'any', caFile: join(folder, 'ca.crt') };
  const account = serviceAccount(access);
  const baseline = new BaselineClient(access);
  const controller = launch(account.environment, ['--lb-class', OURS], new Set());
  const end = (): boolean => process.kill(controller.pid, 'SIGKILL');
  process.once('exit', end);
  await controller.servingAt;
  const arrivals = new AssignmentWatch(baseline, newServicesPath(OTHER));
  const stopResponder = startIdleResponder(baseline, newServicesPath(OTHER));
  const round = async (prefix: string): Promise<Round> => {
    const order = { namespace: OTHER, prefix, rounds: CREATIONS, pauseMs: CREATE_INTERVAL_MS };
    const waits = await createInTurns(baseline, arrivals, { ...order, classes: [OURS, THEIRS] });
    return { ours: waits[0] ?? [], idle: waits[1] ?? [] };
  };
  await round('warm');
  const without: Round[] = [];
  const beside: Round[] = [];
  const reports: ChurnReport[] = [];
  for (let run = 0; run < RUNS; run++) {
    without.push(await round(`without-${run}`));
    await order(api, { changesPerSecond: CHANGES_PER_SECOND });
    await sleep(SETTLES_MS);
    beside.push(await round(`beside-${run}`));
    const report = await order(api, { changesPerSecond: 0 });
    reports.push(report);
    await sleep(SETTLES_MS);
    note(`run ${run + 1}: ${report.changes} changes, ${report.writes} writes; event → address, in ms:`);
    for (const [name, rounds] of [
      ['without', without],
      ['beside', beside],
    ] as const)
      note(
        `  ${name}: ${spread(rounds.at(-1)?.ours.map(assigned) ?? [])}, idle client ${spread(rounds.at(-1)?.idle.map(assigned) ?? [])}`,
      );
  }
  stopResponder();
  arrivals.stop();
  process.off('exit', end);
  await controller.kill('SIGTERM');
  account.remove();
  api.child.disconnect();
  removeFolder();
  return rowsOf(without, beside, reports);
}

const assigned = (wait: Wait): number => wait.assigned;

function rowsOf(
  without: readonly Round[],
  beside: readonly Round[],
  reports: readonly ChurnReport[],
): readonly Row[] {
  const figure = `${CHANGES_PER_SECOND} changes a second to ${CHURN_SERVICES} Services of a namespace: event of a new Service in another one → its address`;
  const load = `${RUNS} runs of ${CREATIONS}, ${median(reports.map((one) => one.changesPerSecond)).toFixed(0)} changes a second, ${median(reports.map(({ writes }) => writes)).toFixed(0)} writes each`;
  const middles = (rounds: readonly Round[], side: keyof Round, part: keyof Wait): readonly number[] =>
    rounds.map((one) => median(one[side].map((wait) => wait[part])));
  const ratios = (above: readonly number[], below: readonly number[]): readonly number[] =>
    above.map((one, run) => one / (below[run] ?? Number.NaN));
  const [ours, idle] = [middles(beside, 'ours', 'assigned'), middles(beside, 'idle', 'assigned')];
  const quiet = ratios(middles(without, 'ours', 'assigned'), middles(without, 'idle', 'assigned'));
  const p50 = ratios(ours, idle);
  // One in a hundred of a run would be its longest.
  const tail = (rounds: readonly Round[], side: keyof Round): number =>
    percentile(
      rounds.flatMap((one) => one[side].map(assigned)),
      0.99,
    );
  const p99 = tail(beside, 'ours') / tail(beside, 'idle');
  const overQuiet = (side: keyof Round, part: keyof Wait): string =>
    spread(ratios(middles(beside, side, part), middles(without, side, part)));
  return [
    {
      figure: `${figure}: p50 ÷ an idle client that sends the same PATCH`,
      goal: `≤ ${GOAL}`,
      seen: `${spread(p50)}; ${spread(ours)} ms; without changes ${spread(quiet)}; ${load}`,
      met: median(p50) <= GOAL,
    },
    {
      figure: 'the same: p99 of all runs together ÷ the idle client',
      goal: `≤ ${GOAL}`,
      seen: `${p99.toFixed(2)}; ${tail(beside, 'ours').toFixed(1)} ms; without changes ${(tail(without, 'ours') / tail(without, 'idle')).toFixed(2)}`,
      met: p99 <= GOAL,
    },
    {
      figure: 'the same: create → address: p50 ÷ without changes',
      goal: '',
      seen: `${overQuiet('ours', 'total')}; the idle client ${overQuiet('idle', 'total')}; the POST alone ${overQuiet('ours', 'post')}`,
      met: null,
    },
  ];
}

async function order({ child }: MemoryApi, what: ChurnOrder): Promise<ChurnReport> {
  const answer = nextMessage(child);
  child.send(what);
  return (await answer) as ChurnReport;
}

await bench(10, measure);

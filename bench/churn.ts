/**
 * Measures what one tenant's changes cost another tenant: the time until a new Service has its address, while a namespace
 * changes its Services 1,000 times a second, compared to the same without changes. Rounds with and without take turns.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AssignmentWatch } from './support/assignment-watch.ts';
import { BaselineClient } from './support/baseline/client.ts';
import { nextMessage } from './support/child-message.ts';
import { CHURN_SERVICES, type ChurnOrder, type ChurnReport } from './support/churn.ts';
import { bench, median, note, percentile, type Row, spread } from './support/figures.ts';
import { OURS, serviceBody, servicePath } from './support/services.ts';
import { type MemoryApi, startMemoryApi } from './support/start-memory-api.ts';
import { launch, serviceAccount } from './support/test-bed.ts';

const RUNS = 4;
const SERVICES = 3000;
const CHANGES_PER_SECOND = 1000;
const CREATIONS = 60;
const CREATE_INTERVAL_MS = 50;
const SETTLES_MS = 3000;
const GOALS = { p50: 2, p99: 2 };
/** The namespace of the other tenant. */
const OTHER = 'crowd';

type Round = { readonly waits: readonly number[]; readonly posts: readonly number[] };

async function measure(): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'berth-bench-'));
  const api = await startMemoryApi({ folder, services: SERVICES, churns: true });
  const access = { url: api.url, token: 'any', caFile: join(folder, 'ca.crt') };
  const account = serviceAccount(access);
  const baseline = new BaselineClient(access);
  const controller = launch(account.environment, ['--lb-class', OURS], new Set());
  const end = (): boolean => process.kill(controller.pid, 'SIGKILL');
  process.once('exit', end);
  await controller.servingAt;
  const arrivals = new AssignmentWatch(
    baseline,
    `/api/v1/namespaces/${OTHER}/services?watch=true&labelSelector=bench`,
  );
  const round = (name: string): Promise<Round> => create(baseline, arrivals, name);
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
    const [quiet, churned] = [without.at(-1)?.waits ?? [], beside.at(-1)?.waits ?? []];
    note(
      `run ${run + 1}: ${spread(quiet)} ms without, ${spread(churned)} beside ${report.changes} changes and ${report.writes} writes`,
    );
  }
  arrivals.stop();
  process.off('exit', end);
  await controller.kill('SIGTERM');
  account.remove();
  api.child.disconnect();
  rmSync(folder, { recursive: true, force: true });
  return rowsOf(without, beside, reports);
}

function rowsOf(
  without: readonly Round[],
  beside: readonly Round[],
  reports: readonly ChurnReport[],
): readonly Row[] {
  const ratios = (part: keyof Round, share: number): readonly number[] =>
    beside.map((one, run) => percentile(one[part], share) / percentile(without[run]?.[part] ?? [], share));
  const shares = [
    ['p50', 0.5],
    ['p99', 0.99],
  ] as const;
  return shares.map(([name, share]) => ({
    figure: `${CHANGES_PER_SECOND} changes a second to ${CHURN_SERVICES} Services of a namespace: create → address in another one: ${name} ÷ without`,
    goal: `≤ ${GOALS[name]}`,
    seen: `${spread(ratios('waits', share))}; ${spread(beside.map(({ waits }) => percentile(waits, share)))} ms; the POST alone ÷ without ${spread(ratios('posts', share))}; ${RUNS} runs of ${CREATIONS}, ${median(reports.map((one) => one.changesPerSecond)).toFixed(0)} changes a second, ${median(reports.map(({ writes }) => writes)).toFixed(0)} writes each`,
    met: median(ratios('waits', share)) <= GOALS[name],
  }));
}

async function order({ child }: MemoryApi, what: ChurnOrder): Promise<ChurnReport> {
  const answer = nextMessage(child);
  child.send(what);
  return (await answer) as ChurnReport;
}

/** One at a time: milliseconds until each has its address, and until the POST alone was answered. */
async function create(baseline: BaselineClient, arrivals: AssignmentWatch, round: string): Promise<Round> {
  const waits: number[] = [];
  const posts: number[] = [];
  for (let i = 0; i < CREATIONS; i++) {
    const name = `new-${round}-${i}`;
    const body = JSON.parse(serviceBody(name, OURS)) as { metadata: object };
    const sentAt = performance.now();
    const seen = arrivals.address(`${OTHER}/${name}`);
    await baseline.sendOrThrow(
      'POST',
      servicePath(OTHER),
      JSON.stringify({ ...body, metadata: { ...body.metadata, labels: { bench: 'new' } } }),
    );
    posts.push(performance.now() - sentAt);
    waits.push((await seen) - sentAt);
    await sleep(CREATE_INTERVAL_MS);
  }
  return { waits, posts };
}

await bench(10, measure);

/**
 * Measures what one tenant costs all others: 1,000 Services of 840 kB and 1,000 patches of 250 kB beside 10,000 ordinary
 * Services. Peak memory of controller and speaker, and the time until another tenant's new Service has its address, are
 * compared to the same without them. The API server in memory runs in another process.
 */

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MERGE_PATCH } from '../src/objects/patch-type.ts';
import { AssignmentWatch } from './support/assignment-watch.ts';
import { BaselineClient } from './support/baseline/client.ts';
import { bench, median, note, percentile, type Row, spread } from './support/figures.ts';
import { newBenchFolder } from './support/folder.ts';
import { hostilePatch, TENANT } from './support/hostile-services.ts';
import { createInTurns, newServicesPath } from './support/new-services.ts';
import { residentMemory } from './support/process-usage.ts';
import { startProgram } from './support/program.ts';
import { inParallel, OURS, serviceBody, servicePath } from './support/services.ts';
import { startMemoryApi } from './support/start-memory-api.ts';
import { launch, serviceAccount } from './support/test-bed.ts';

/** For a profile of a smaller run: `BENCH_SHARE=0.1`. */
const SHARE = Number(process.env['BENCH_SHARE'] ?? 1);
const SERVICES = 10_000 * SHARE;
const HOSTILE = 1000 * SHARE;
const PATCHES = 1000 * SHARE;
/** Patches a second: as fast as one connection sends them would measure the API server. */
const PATCH_INTERVAL_MS = 40;
const CREATIONS = 100;
const CREATE_INTERVAL_MS = 250;
const OTHER = 'crowd';
const GOALS = { memory: 1.5, latency: 2 };
const SETTLES_MS = 15_000;
/** Beside a load of 50, a half of it takes more than 25. */
const MINUTES_MAX = 90;

type Figures = {
  readonly controller: { readonly peak: number; readonly after: number };
  readonly speaker: { readonly peak: number; readonly after: number };
  /** From the start of the controller until it serves, in seconds. */
  readonly servingAfter: number;
  readonly waits: readonly number[];
};

async function measure(): Promise<readonly Row[]> {
  const without = await run(0, 0);
  const beside = await run(HOSTILE, PATCHES);
  const rows: Row[] = [];
  for (const program of ['controller', 'speaker'] as const) {
    const [base, seen] = [without[program], beside[program]];
    const ratio = seen.peak / base.peak;
    rows.push({
      figure: `${program}, ${SERVICES} Services: peak beside ${HOSTILE} Services of 840 kB and ${PATCHES} patches of 250 kB ÷ without`,
      goal: `≤ ${GOALS.memory}`,
      seen: `${ratio.toFixed(2)}: ${seen.peak.toFixed(0)} MB (${base.peak.toFixed(0)} without); ${seen.after.toFixed(0)} MB (${base.after.toFixed(0)}) when it is over`,
      met: ratio <= GOALS.memory,
    });
  }
  const ratio = median(beside.waits) / median(without.waits);
  rows.push({
    figure: 'the same: create → address of another tenant, p50 ÷ without (p99 ÷)',
    goal: `≤ ${GOALS.latency}`,
    seen: `${ratio.toFixed(2)} (${(percentile(beside.waits, 0.99) / percentile(without.waits, 0.99)).toFixed(2)}); ${spread(beside.waits)} ms, ${spread(without.waits)} without`,
    met: ratio <= GOALS.latency,
  });
  rows.push({
    figure: 'the same: start of the controller → serving',
    goal: '',
    seen: `${beside.servingAfter.toFixed(1)} s, ${without.servingAfter.toFixed(1)} without`,
    met: null,
  });
  return rows;
}

async function run(hostile: number, patches: number): Promise<Figures> {
  const { path: folder, remove: removeFolder } = newBenchFolder();
  const api = await startMemoryApi({ folder, services: SERVICES, hostile });
  const access = { url: api.url, token: 'any', caFile: join(folder, 'ca.crt') };
  const account = serviceAccount(access);
  const baseline = new BaselineClient(access);
  const controller = launch(account.environment, ['--lb-class', OURS], new Set());
  const servingAt = await controller.servingAt;
  note(`the controller serves, ${hostile} hostile Services`);
  const speaker = startProgram(
    ['speaker', '--node-name=bench', '--port=0', '--health-probe-port=0', '--lb-class', OURS],
    { environment: account.environment, now: () => performance.now() },
  );
  process.once('exit', () => speaker.child.kill('SIGKILL'));
  await speaker.loggedAt('"msg":"speaking"');
  await sleep(SETTLES_MS);
  const arrivals = new AssignmentWatch(baseline, newServicesPath(OTHER));
  const [[created = []]] = await Promise.all([
    createInTurns(baseline, arrivals, {
      namespace: OTHER,
      prefix: 'new',
      classes: [OURS],
      rounds: CREATIONS,
      pauseMs: CREATE_INTERVAL_MS,
    }),
    patch(baseline, patches),
  ]);
  const waits = created.map(({ total }) => total);
  await sleep(SETTLES_MS);
  const memory = (pid: number) => {
    const { now, peak } = residentMemory(pid);
    return { peak, after: now };
  };
  const figures: Figures = {
    controller: memory(controller.pid),
    speaker: memory(speaker.child.pid ?? 0),
    servingAfter: (servingAt - controller.startedAt) / 1000,
    waits,
  };
  note(
    `${hostile} hostile: controller ${figures.controller.peak.toFixed(0)} MB, speaker ${figures.speaker.peak.toFixed(0)} MB, serving after ${figures.servingAfter.toFixed(1)} s, ${spread(waits)} ms`,
  );
  arrivals.stop();
  speaker.child.kill('SIGTERM');
  await Promise.all([controller.kill('SIGTERM'), speaker.exited]);
  account.remove();
  api.child.disconnect();
  removeFolder();
  return figures;
}

/** Patches one small Service of the hostile tenant again and again. */
async function patch(baseline: BaselineClient, patches: number): Promise<void> {
  if (patches === 0) return;
  await baseline.sendOrThrow('POST', servicePath(TENANT), serviceBody('patched', OURS));
  const path = servicePath(TENANT, 'patched');
  await inParallel(patches, 1, async (i) => {
    await baseline.sendOrThrow('PATCH', path, hostilePatch(i), MERGE_PATCH);
    await sleep(PATCH_INTERVAL_MS);
  });
}

await bench(MINUTES_MAX, measure);

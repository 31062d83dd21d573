/**
 * Measures the controller in a large cluster with Calico, with `--calico=auto` and `--calico=off`: its resident memory when
 * idle, and its writes when endpoints move and no condition changes.
 */

import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiServerOrder } from '../../support/calico/api-server.ts';
import { LARGE } from '../../support/calico/cluster.ts';
import { nextMessage } from '../../support/child-message.ts';
import { median, note, type Row, spread } from '../../support/figures.ts';
import { newBenchFolder } from '../../support/folder.ts';
import { residentMemory } from '../../support/process-usage.ts';
import { launch, serviceAccount } from '../../support/test-bed.ts';

const RUNS = 3;
const GOAL = 1.6;
const IDLES_MS = 15_000;
/** The model's thread ends half a minute after its last computation. */
const SETTLES_MS = 60_000;
const MOVES = 1000;
/** Longer than a computation, and than the delay after which a lost route is written. */
const CONDITION_DELAY_MS = 25_000;

type Resident = { readonly early: number; readonly settled: number; readonly peak: number };
type Run = { readonly off: Resident; readonly on: Resident };

export async function calicoMemory(): Promise<readonly Row[]> {
  const { path: folder, remove: removeFolder } = newBenchFolder();
  const child = fork(new URL('../../support/calico/api-server.ts', import.meta.url), {
    execArgv: ['--import', 'tsx', '--max-old-space-size=4096'],
    env: { ...process.env, BENCH_FOLDER: folder },
  });
  const url = String(await nextMessage(child));
  const account = serviceAccount({ url, token: 'any', caFile: join(folder, 'ca.crt') });
  const runs: Run[] = [];
  let moved = 0;
  for (let run = 0; run < RUNS; run++) {
    const off = await resident(account.environment, 'off', () => sleep(0));
    const on = await resident(account.environment, 'auto', async () => {
      if (run < RUNS - 1) return;
      moved = await written(child, { move: MOVES });
    });
    note(`resident ${off.early.toFixed(0)} MB, with Calico ${on.settled.toFixed(0)} MB`);
    runs.push({ off, on });
  }
  account.remove();
  child.disconnect();
  removeFolder();
  const ratios = runs.map(({ off, on }) => on.settled / off.settled);
  const of = (figure: (run: Run) => number): string => spread(runs.map(figure));
  return [
    {
      figure: `resident with ${LARGE.services} Services and ${LARGE.nodes} nodes, idle for a minute: --calico=auto ÷ off`,
      goal: `≤ ${GOAL}`,
      seen: `${spread(ratios)}; ${of(({ on }) => on.settled)} MB; ${of(({ on }) => on.early)} MB while the model's thread runs; peak ${of(({ on }) => on.peak)} MB (off ${of(({ off }) => off.peak)})`,
      met: median(ratios) <= GOAL,
    },
    {
      figure: `writes to Services, including the start and ${MOVES} endpoint changes that change no condition`,
      goal: '0',
      seen: String(moved),
      met: moved === 0,
    },
  ];
}

async function resident(
  environment: NodeJS.ProcessEnv,
  calico: 'auto' | 'off',
  atTheEnd: () => Promise<unknown>,
): Promise<Resident> {
  const controller = launch(environment, [`--calico=${calico}`], new Set());
  await controller.servingAt;
  await sleep(IDLES_MS);
  const early = residentMemory(controller.pid).now;
  await sleep(SETTLES_MS - IDLES_MS);
  const { now, peak } = residentMemory(controller.pid);
  await atTheEnd();
  await controller.kill('SIGTERM');
  return { early, settled: now, peak };
}

/** The number of Services that were written to after the order. */
async function written(child: ChildProcess, order: ApiServerOrder): Promise<number> {
  child.send(order);
  await nextMessage(child);
  await sleep(CONDITION_DELAY_MS);
  child.send('written' satisfies ApiServerOrder);
  return Number(await nextMessage(child));
}

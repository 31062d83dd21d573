/**
 * Measures the resident memory of the idle controller with many Services that have their addresses: without ports, and with
 * the ports for probes and metrics as in the manifests. The API server in memory runs in another process.
 */

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../test/support/real-api/ports.ts';
import { bench, median, note, type Row, spread } from './support/figures.ts';
import { newBenchFolder } from './support/folder.ts';
import { residentMemory } from './support/process-usage.ts';
import { OURS } from './support/services.ts';
import { startMemoryApi } from './support/start-memory-api.ts';
import { launch, serviceAccount } from './support/test-bed.ts';

const SIZES = [
  { services: 0, goal: 65 },
  { services: 10_000, goal: 90 },
  { services: 50_000, goal: 180 },
];
const RUNS = 3;
const IDLES_MS = 15_000;

type Resident = { readonly idle: number; readonly peak: number };

async function measure(): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const { services, goal } of SIZES) {
    const { path: folder, remove: removeFolder } = newBenchFolder();
    const api = await startMemoryApi({ folder, services });
    const account = serviceAccount({ url: api.url, token: 'any', caFile: join(folder, 'ca.crt') });
    for (const withPorts of [false, true]) {
      const runs: Resident[] = [];
      for (let run = 0; run < RUNS; run++) {
        const ports = withPorts
          ? [
              `--port=${await freePort()}`,
              `--health-probe-port=${await freePort()}`,
              '--metrics-plain-http=false',
            ]
          : [];
        runs.push(await resident(account.environment, ports));
      }
      const idle = runs.map((each) => each.idle);
      const peak = spread(runs.map((each) => each.peak));
      note(`${services} Services, ports ${withPorts ? 'on' : 'off'}: ${spread(idle)} MB, peak ${peak}`);
      rows.push({
        figure: `resident, idle with ${services} Services, ${withPorts ? 'probes and metrics on' : 'no ports'}`,
        goal: `≤ ${goal} MB`,
        seen: `${spread(idle)} MB; peak ${peak}`,
        met: median(idle) <= goal,
      });
    }
    account.remove();
    api.child.disconnect();
    removeFolder();
  }
  return rows;
}

async function resident(environment: NodeJS.ProcessEnv, ports: readonly string[]): Promise<Resident> {
  const controller = launch(environment, ['--lb-class', OURS, ...ports], new Set());
  await controller.servingAt;
  await sleep(IDLES_MS);
  const { now, peak } = residentMemory(controller.pid);
  await controller.kill('SIGTERM');
  return { idle: now, peak };
}

await bench(12, measure);

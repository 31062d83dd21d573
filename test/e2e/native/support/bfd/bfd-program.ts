/**
 * BFD sessions as a process of a namespace, with the thread of the built program. With SCRIPT and FOLDER: reads the specs from
 * `specs.json` at the start and on SIGHUP, writes `status.json`, and ends orderly on SIGTERM.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BfdThread } from '../../../../../src/bfd/transport/bfd-thread.ts';
import { systemClock } from '../../../../../src/workqueue/system-clock.ts';
import { type BfdReport, readSpecs } from './report.ts';

export const bfdProgram = fileURLToPath(import.meta.url);

const REPORT_INTERVAL_MS = 50;

if (process.argv[1] === bfdProgram) serve(process.argv[2] ?? '', process.argv[3] ?? '');

function serve(script: string, folder: string): void {
  const changes: string[] = [];
  const failures: string[] = [];
  const sessions = new BfdThread({ script, clock: systemClock, failed: (message) => failures.push(message) });
  sessions.onChange(({ from, status: { key, state, diagnostic } }) => {
    changes.push(`${key}: ${from} → ${state} (${diagnostic})`);
  });
  const report = (): void => {
    const content: BfdReport = { statuses: sessions.statuses(), changes, failures };
    const path = join(folder, 'status.json');
    writeFileSync(`${path}.new`, JSON.stringify(content));
    renameSync(`${path}.new`, path);
  };
  const apply = (): void => sessions.apply(readSpecs(readFileSync(join(folder, 'specs.json'), 'utf8')));
  const timer = setInterval(report, REPORT_INTERVAL_MS);
  process.on('SIGHUP', apply);
  process.once('SIGTERM', async () => {
    await sessions.stop();
    clearInterval(timer);
    report();
  });
  apply();
}

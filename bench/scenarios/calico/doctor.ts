/** Measures `berth doctor` of a large cluster in files. The baseline parses the same files. */

import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type Raw, textOf } from '../../../src/base/json.ts';
import { namespaceOf } from '../../../src/objects/metadata.ts';
import { calicoCluster, LARGE } from '../../support/calico/cluster.ts';
import { runChild } from '../../support/child-value.ts';
import { median, note, type Row, spread } from '../../support/figures.ts';
import { newBenchFolder } from '../../support/folder.ts';

const BASELINE = new URL('../../support/baseline/parse-yaml.ts', import.meta.url);
const RUNS = 3;
const GOAL = 1.5;
/** No findings, warnings, errors. */
const EXIT_CODES_OF_RESULTS: ReadonlySet<number | null> = new Set([0, 3, 4]);

export async function calicoDoctor(): Promise<readonly Row[]> {
  const { path: folder, remove: removeFolder } = newBenchFolder();
  const files = filesOf(calicoCluster('A', LARGE));
  for (const [name, text] of files) writeFileSync(join(folder, name), text);
  const megabytes = [...files.values()].reduce((sum, { length }) => sum + length, 0) / 1e6;
  const runs: { readonly doctor: number; readonly baseline: number }[] = [];
  for (let run = 0; run < RUNS; run++) {
    const baseline = await runChild<number>(BASELINE, { BENCH_FOLDER: folder });
    const doctor = await doctorOf(folder);
    note(`doctor ${(doctor / 1000).toFixed(1)} s, the YAML parser ${(baseline / 1000).toFixed(1)} s`);
    runs.push({ doctor, baseline });
  }
  removeFolder();
  const ratios = runs.map(({ doctor, baseline }) => doctor / baseline);
  return [
    {
      figure: `berth doctor -f of the cluster saved in ${files.size} files of YAML (${megabytes.toFixed(0)} MB), the whole process ÷ the YAML parser`,
      goal: `≤ ${GOAL}`,
      seen: `${spread(ratios)}; ${spread(runs.map(({ doctor }) => doctor / 1000))} s`,
      met: median(ratios) <= GOAL,
    },
  ];
}

/** One file for each kind and namespace, as `kubectl get -o yaml` prints it. */
function filesOf(objects: readonly Raw[]): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const raw of objects) {
    const name = `${namespaceOf(raw)}-${textOf(raw['kind'])}.yaml`;
    const item = `- ${stringify(raw).trimEnd().replaceAll('\n', '\n  ')}\n`;
    files.set(name, `${files.get(name) ?? 'apiVersion: v1\nkind: List\nitems:\n'}${item}`);
  }
  return files;
}

function doctorOf(folder: string): Promise<number> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, ['dist/berth.mjs', 'doctor', '-f', folder, '--complete'], {
    stdio: 'ignore',
  });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  return new Promise((resolve, reject) =>
    child.once('close', (code) => {
      process.off('exit', kill);
      if (EXIT_CODES_OF_RESULTS.has(code)) resolve(performance.now() - startedAt);
      else reject(new Error(`berth doctor ended with ${code}`));
    }),
  );
}

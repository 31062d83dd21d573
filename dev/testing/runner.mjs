// @ts-check
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from 'node:test';
import { findKubernetesBinaries } from '../../test/support/kubernetes-binaries.ts';
import { startRealApi } from '../../test/support/real-api/start.ts';
import { buildIfStale } from '../build.mjs';
import { root } from '../place.mjs';
import { findTestFiles, usesSharedApi } from './files.mjs';
import { FileTally, Tally } from './tally.mjs';

/**
 * Runs test files, each in a process of its own: `node --import tsx dev/testing/runner.mjs [--light-only]
 * [--under=folder] [parts of paths]`. Files that want the shared API server read of it in the file that
 * BERTH_SHARED_API names; it starts beside the tests, so that those that do not need it need not wait. Standard input
 * is a leash: when it ends, so does the run.
 */

/** No test file may take longer; a run that hangs is worse than one that fails. */
const FILE_WITHIN_MS = process.env['BERTH_FULL'] === '1' ? 3_600_000 : 1_200_000;

/** More at once would starve what shares the machine with them: API servers, and the timers of other tests. */
const SIDE_BY_SIDE_MAX = 4;

const args = process.argv.slice(2);
const under = args.find((arg) => arg.startsWith('--under='))?.slice('--under='.length) ?? 'test';
const files = findTestFiles(
  under,
  args.filter((arg) => !arg.startsWith('--')),
);
if (args.includes('--light-only')) {
  files.heavy = [];
  files.patient = [];
}

process.stdin.on('end', () => process.exit(1)).resume();
if (findKubernetesBinaries().isAvailable && Object.values(files).flat().some(usesSharedApi)) share();

const tally = new Tally((text) => process.stdout.write(`${text}\n`));
const light = files.light.values();
await atOnce(Math.min(SIDE_BY_SIDE_MAX, availableParallelism()), () => runAll(light));
// Two of them at once would both build it.
if (files.heavy.length + files.patient.length > 1) await buildIfStale();
// Beside a heavy one there is room for two that mostly wait, and for three of those once the heavy ones are through.
const patient = files.patient.values();
const heavy = runAll(files.heavy.values());
const beside = availableParallelism() > 1 ? 2 : 0;
await Promise.all([atOnce(beside, () => runAll(patient)), heavy.then(() => runAll(patient))]);
process.exit(tally.close(`Node ${process.versions.node}`) ? 0 : 1);

/**
 * One behind the other, shared with whoever takes from the same iterator.
 * @param {Iterable<string>} waiting
 */
async function runAll(waiting) {
  for (const path of waiting) {
    const started = performance.now();
    const file = await runFile(path);
    tally.add(path, file, performance.now() - started);
  }
}

/**
 * @param {number} count
 * @param {() => Promise<void>} work
 */
async function atOnce(count, work) {
  await Promise.all(Array.from({ length: count }, work));
}

/**
 * @param {string} path
 * @returns {Promise<FileTally>}
 */
async function runFile(path) {
  const file = new FileTally();
  for await (const event of run({ files: [join(root, path)], timeout: FILE_WITHIN_MS })) {
    if (event.type === 'test:pass') file.pass(event.data);
    else if (event.type === 'test:fail') file.fail(event.data);
    else if (event.type === 'test:stdout' || event.type === 'test:stderr') file.output += event.data.message;
  }
  return file;
}

/** Starts the shared API server, which ends with this process, and tells the tests where they will read of it. */
function share() {
  const folder = mkdtempSync(join(tmpdir(), 'berth-tests-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const notice = join(folder, 'shared-api.json');
  process.env['BERTH_SHARED_API'] = notice;
  const starting = startRealApi().then(
    ({ url, token, caFile, kubeconfig, folder, kubectlPath }) => ({
      access: { url, token, caFile, kubeconfig, folder, kubectlPath },
    }),
    (error) => ({ failed: String(error) }),
  );
  starting.then((text) => {
    writeFileSync(`${notice}.part`, JSON.stringify(text), { mode: 0o600 });
    renameSync(`${notice}.part`, notice);
  });
}

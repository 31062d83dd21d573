// @ts-check
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from 'node:test';
import { buildIfStale } from '../build.mjs';
import { BatchTally, toBatches, writeBatch } from './batch.mjs';
import { compile } from './compiled.mjs';
import { borrowsApi, findTestFiles, usesSharedApi } from './files.mjs';
import { Schedule } from './schedule.mjs';
import { Tally } from './tally.mjs';

/**
 * Runs test files, each in a process of its own or several that touch nothing but values in one: `node --enable-source-maps dev/testing/runner.mjs
 * [--light-only] [--under=folder] [parts of paths]`. Files that want the shared API server read of it in the file that
 * BERTH_SHARED_API names, and those that borrow one in that of BERTH_LENT_API. Both start beside the tests, so that those
 * that do not need them need not wait. Standard input is a leash: when it ends, so does the run.
 */

const full = process.env['BERTH_FULL'] === '1';
/** No test file may take longer; a run that hangs is worse than one that fails. */
const FILE_WITHIN_MS = full ? 3_600_000 : 1_200_000;

/**
 * Files that may fail once and pass by themselves: a test that depends on how busy a machine is should not hold up a change
 * that has nothing to do with it. The closing lines name it. Where more fail, it is not the machine.
 */
const UNSTEADY_FILES_MAX = 3;

const args = process.argv.slice(2);
const TESTS = 'test';
const under = args.find((arg) => arg.startsWith('--under='))?.slice('--under='.length) ?? TESTS;
const files = findTestFiles(
  under,
  args.filter((arg) => !arg.startsWith('--')),
  full,
);
if (args.includes('--light-only')) {
  files.heavy = [];
  files.patient = [];
}

const folder = mkdtempSync(join(tmpdir(), 'berth-tests-'));
const compiled = await compile(under === TESTS ? ['src', 'web', 'dev', TESTS] : [under]);
process.on('exit', () => {
  for (const own of [folder, compiled.folder]) rmSync(own, { recursive: true, force: true });
});
process.stdin.on('end', () => process.exit(1)).resume();
await provideApis();

const tally = new Tally((text) => process.stdout.write(`${text}\n`));
// Two of them at once would both build it.
if (files.heavy.length + files.patient.length > 1) await buildIfStale();
const schedule = new Schedule(
  { light: toBatches(files.light), heavy: alone(files.heavy), patient: alone(files.patient) },
  availableParallelism(),
);
await startNext();
await tryUnsteadyOnes();
process.exit(tally.close(`Node ${process.versions.node}`) ? 0 : 1);

/** Starts all batches that may start now, and when one ends the next; back when none runs or waits. */
async function startNext() {
  const started = [];
  for (let next = schedule.next(); next !== null; next = schedule.next()) {
    const { paths, kind } = next;
    started.push(
      runBatch(paths).then((batch) => {
        for (const [path, { tally: file, ms }] of batch.files) tally.add(path, file, ms);
        schedule.ended(kind);
        return startNext();
      }),
    );
  }
  await Promise.all(started);
}

/** Runs the few files that failed once more, each by itself, and nothing beside it: what fails now fails for good. */
async function tryUnsteadyOnes() {
  const again = tally.failedFiles();
  if (again.length > UNSTEADY_FILES_MAX) return;
  for (const path of again) {
    for (const { tally: file, ms } of (await runBatch([path])).files.values()) tally.addAgain(path, file, ms);
  }
}

/**
 * @param {readonly string[]} paths
 * @returns {Promise<BatchTally>}
 */
async function runBatch(paths) {
  const at = performance.now();
  const batch = new BatchTally(paths);
  const [first = ''] = paths;
  const isAlone = paths.length === 1;
  const file = isAlone ? compiled.pathOf(first) : join(folder, `${first.replaceAll(/\W/g, '-')}.mjs`);
  if (!isAlone) writeBatch(file, paths, compiled.pathOf);
  for await (const event of run({ files: [file], timeout: FILE_WITHIN_MS })) {
    if (event.type === 'test:pass') batch.current.pass(event.data);
    else if (event.type === 'test:fail') batch.current.fail(event.data);
    else if (event.type === 'test:stdout' || event.type === 'test:stderr')
      batch.current.output += event.data.message;
    if (!isAlone && (event.type === 'test:pass' || event.type === 'test:fail')) batch.ended(event.data);
  }
  if (isAlone) batch.files.set(first, { tally: batch.current, ms: performance.now() - at });
  else batch.close();
  return batch;
}

/**
 * @param {readonly string[]} paths
 * @returns {string[][]}
 */
function alone(paths) {
  return paths.map((path) => [path]);
}

/** Starts the API server that tests share or that is lent to them, as a file needs it. Both end with this process. */
async function provideApis() {
  const paths = Object.values(files).flat();
  const isShared = paths.some(usesSharedApi);
  const isLent = paths.filter(borrowsApi).length > 1;
  if (!isShared && !isLent) return;
  const { findKubernetesBinaries } = await import(compiled.pathOf('test/support/kubernetes-binaries.ts'));
  if (!findKubernetesBinaries().isAvailable) return;
  if (isShared) {
    const notice = join(folder, 'shared-api.json');
    process.env['BERTH_SHARED_API'] = notice;
    startApi().then(
      (access) => announce(notice, { access }),
      (error) => announce(notice, { failed: String(error) }),
    );
  }
  if (isLent) {
    const notice = join(folder, 'lent-api.json');
    process.env['BERTH_LENT_API'] = notice;
    // Without it, each file starts its own.
    startApi().then(
      (access) => announce(notice, access),
      () => {},
    );
  }
}

/** @returns {Promise<import('../../test/support/real-api/client.ts').ApiAccess>} */
async function startApi() {
  const { startRealApi } = await import(compiled.pathOf('test/support/real-api/start.ts'));
  const { url, token, caFile, kubeconfig, folder, kubectlPath } = await startRealApi();
  return { url, token, caFile, kubeconfig, folder, kubectlPath };
}

/**
 * Writes what the tests read, whole at once.
 * @param {string} path
 * @param {object} notice
 */
function announce(path, notice) {
  writeFileSync(`${path}.part`, JSON.stringify(notice), { mode: 0o600 });
  renameSync(`${path}.part`, path);
}

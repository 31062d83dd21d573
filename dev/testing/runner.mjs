// @ts-check
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { run } from 'node:test';
import { startRealApi } from '../../test/support/realapi/start.ts';
import { realParts } from '../../test/support/skip.ts';
import { root } from '../place.mjs';
import { findTestFiles, usesSharedApi } from './files.mjs';
import { Tally } from './tally.mjs';

/**
 * Runs test files, each in a process of its own: `node --import tsx dev/testing/runner.mjs [--light-only] [parts of
 * paths]`. Files that want the shared API server find it in the file that BERTH_SHARED_API names; it starts beside the
 * tests, so that those that do not need it need not wait. Standard input is a leash: when it ends, so does the run.
 */

/** No test file may take longer; a run that hangs is worse than one that fails. */
const FILE_WITHIN_MS = process.env['BERTH_FULL'] === '1' ? 3_600_000 : 300_000;

const args = process.argv.slice(2);
const files = findTestFiles(args.filter((arg) => !arg.startsWith('--')));
if (args.includes('--light-only')) files.heavy = [];

process.stdin.on('end', () => process.exit(1)).resume();
if (realParts().there && [...files.light, ...files.heavy].some(usesSharedApi)) share();

const tally = new Tally((text) => process.stdout.write(`${text}\n`));
await runAll(files.light, Math.max(1, Math.min(4, availableParallelism())));
await runAll(files.heavy, 1);
process.exit(tally.close(`Node ${process.versions.node}`) ? 0 : 1);

/**
 * @param {readonly string[]} paths
 * @param {number} concurrency
 */
async function runAll(paths, concurrency) {
  if (paths.length === 0) return;
  const events = run({ files: paths.map((path) => join(root, path)), concurrency, timeout: FILE_WITHIN_MS });
  for await (const event of events) {
    if (event.type === 'test:pass') tally.pass(local(event.data));
    else if (event.type === 'test:fail') tally.fail(local(event.data));
    else if (event.type === 'test:stdout' || event.type === 'test:stderr')
      process.stderr.write(event.data.message);
  }
  tally.endFile();
}

/**
 * With the path of its file as people type it.
 * @template {{ file?: string, name: string }} T
 * @param {T} test
 * @returns {T}
 */
function local(test) {
  return { ...test, ...(test.file === undefined ? {} : { file: relative(root, test.file) }) };
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

// @ts-check
import { spawn } from 'node:child_process';
import { readArguments } from './arguments.mjs';
import { otherNodes } from './parts/nodes.mjs';
import { root } from './place.mjs';
import { say } from './run.mjs';
import { setUp } from './setup.mjs';

const OBSERVED_CASES = 'e2e/native/observed-';

const USAGE = `Usage: npm test [-- parts of paths] [--full] [--case TEXT]

Sets up what the tests need and runs them.
  --full        (npm run test:full) all seeds and whole matrices; tests without real parts run under the other Node majors, too
  --case TEXT   the observed cases whose file name contains the text, and nothing else`;

const { values, positionals } = readArguments(USAGE, {
  options: { full: { type: 'boolean', default: false }, case: { type: 'string' } },
  allowPositionals: true,
});
const full = values.full && values.case === undefined;
const wanted = values.case === undefined ? positionals : [OBSERVED_CASES];

process.exitCode = (await main()) ? 0 : 1;

async function main() {
  if (!(await setUp(full))) return false;
  const env = {
    ...process.env,
    ...(full ? { BERTH_FULL: '1' } : {}),
    ...(values.case === undefined ? {} : { BERTH_CASE: values.case }),
  };
  let well = await runTests(process.execPath, wanted, env);
  if (!full) return well;
  const nodes = await otherNodes();
  if (typeof nodes === 'string') {
    say(nodes);
    return false;
  }
  for (const { node, version } of nodes) {
    say(`\nUnder Node ${version}:`);
    // The quick selection will do: what differs between majors is the runtime, not the seeds.
    const elsewhere = { ...process.env, BERTH_REAL_PARTS: 'none' };
    well = (await runTests(node, ['--light-only', ...wanted], elsewhere)) && well;
  }
  say(well ? '\nAll well under every Node.' : '\nNot all is well: see the closing lines above.');
  return well;
}

/**
 * @param {string} node
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<boolean>}
 */
function runTests(node, args, env) {
  return new Promise((resolve) => {
    const runner = spawn(node, ['--enable-source-maps', 'dev/testing/runner.mjs', ...args], {
      cwd: root,
      env,
      stdio: ['pipe', 'inherit', 'inherit'], // the pipe is the runner's leash
    });
    const pass = (/** @type {NodeJS.Signals} */ signal) => runner.kill(signal);
    process.on('SIGINT', pass).on('SIGTERM', pass);
    runner.on('exit', (code) => {
      process.off('SIGINT', pass).off('SIGTERM', pass);
      resolve(code === 0);
    });
  });
}

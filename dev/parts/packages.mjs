// @ts-check
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from '../lock.mjs';
import { root } from '../place.mjs';
import { run, say } from '../run.mjs';

/** No script of a package is run: none of ours needs that, and whoever clones this need not trust them. */
const NPM_FLAGS = ['--ignore-scripts', '--include=dev', '--include=optional', '--no-audit', '--no-fund'];

/**
 * Installs the npm packages of the lock file, unless what is installed is as new as the lock file.
 * @returns {Promise<string | null>} null when they are there, else why not
 */
export async function providePackages() {
  if (areInstalled()) return null;
  return withLock(join(root, 'node_modules.lock'), async () => {
    if (areInstalled()) return null;
    say('Installing npm packages ...');
    const code = await run('npm', ['ci', ...NPM_FLAGS], { env: npmEnvironment() });
    return code === 0 ? null : `npm ci ended with exit code ${code}`;
  });
}

/** Provides the packages, or says why not and ends this process. */
export async function requirePackages() {
  const problem = await providePackages();
  if (problem === null) return;
  say(problem);
  process.exit(1);
}

/** npm writes its record last, so packages of an installation that was interrupted do not count. */
function areInstalled() {
  const installed = join(root, 'node_modules/.package-lock.json');
  const locked = join(root, 'package-lock.json');
  return existsSync(installed) && statSync(installed).mtimeMs >= statSync(locked).mtimeMs;
}

/**
 * Inside of `npm install --global` and `npm pack` npm hands its own settings on, by which this one would install globally
 * or try nothing at all.
 */
export function npmEnvironment() {
  const own =
    /^npm_config_(global|json|location|prefix|local_prefix|dry_run|pack_destination|omit|include|production)$/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)));
}

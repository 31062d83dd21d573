// @ts-check
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../place.mjs';
import { run, say } from '../run.mjs';

/**
 * Installs the npm packages of the lock file, unless what is installed is as new as the lock file.
 * @returns {Promise<string | null>} null when they are there, else why not
 */
export async function providePackages() {
  const installed = join(root, 'node_modules/.package-lock.json');
  const locked = join(root, 'package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(locked).mtimeMs) return null;
  say('Installing npm packages ...');
  const code = await run('npm', ['ci', '--no-audit', '--no-fund']);
  return code === 0 ? null : `npm ci ended with exit code ${code}`;
}

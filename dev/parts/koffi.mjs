// @ts-check
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withLock } from '../lock.mjs';
import { cacheFolder, root } from '../place.mjs';
import { must, say } from '../run.mjs';
import { npmEnvironment } from './packages.mjs';

/** The native part of koffi for machines other than this one: images and packages are made for several. */

/** @returns {string} the version that the lock file has */
export function koffiVersion() {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  return lock.packages['node_modules/koffi'].version;
}

/**
 * Fetches the native part for Linux, or takes it from the cache. Throws where it cannot be had.
 * @param {string} architecture as Node calls it: x64, arm64
 * @returns {Promise<string>} the folder of the unpacked package, with a binary for either C library
 */
export async function provideKoffi(architecture) {
  const name = `@koromix/koffi-linux-${architecture}`;
  const folder = join(cacheFolder, 'koffi', `${koffiVersion()}-linux-${architecture}`);
  await mkdir(join(cacheFolder, 'koffi'), { recursive: true });
  await withLock(`${folder}.lock`, async () => {
    if (existsSync(folder)) return;
    say(`Fetching koffi for linux-${architecture} ...`);
    const workshop = await mkdtemp(`${folder}.building-`);
    try {
      await writeFile(join(workshop, 'package.json'), '{ "private": true }');
      // Forced, since npm refuses packages of other platforms.
      const flags = ['--force', '--ignore-scripts', '--no-audit', '--no-fund'];
      await must('npm', ['install', ...flags, `${name}@${koffiVersion()}`], {
        cwd: workshop,
        env: npmEnvironment(),
      });
      await rename(join(workshop, 'node_modules', name), folder);
    } finally {
      await rm(workshop, { recursive: true, force: true });
    }
  });
  return folder;
}

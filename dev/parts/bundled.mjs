// @ts-check
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The packages whose code is in the bundle, with their licences: what is shipped, told by the bundler and not by a list. */

/** @typedef {{ outputs: Record<string, { inputs: Record<string, { bytesInOutput: number }> }> }} Metafile */
/** @typedef {{ place: string, name: string, version: string, license: string }} BundledPackage */

const MODULES = 'node_modules/';
const LICENCE_FILE = /^(licen[cs]e|copying|notice)/i;
const RULE = '-'.repeat(80);

/**
 * The packages that the bundler took at least one octet of.
 * @param {readonly Metafile[]} metafiles
 * @returns {string[]} their places as in the lock file, such as `node_modules/express`, sorted
 */
export function bundledPlaces(metafiles) {
  const inputs = metafiles.flatMap(({ outputs }) =>
    Object.values(outputs).flatMap((output) =>
      Object.entries(output.inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
    ),
  );
  const places = inputs.flatMap((path) => placeOf(path) ?? []);
  return [...new Set(places)].sort();
}

/**
 * @param {string} path of a file, from the root
 * @returns {string | null} null where it is not in a package; the innermost package where one is in another
 */
function placeOf(path) {
  const begin = path.lastIndexOf(MODULES);
  if (begin === -1) return null;
  const [scope = '', name = ''] = path.slice(begin + MODULES.length).split('/');
  const start = path.indexOf(MODULES);
  return `${path.slice(start, begin)}${MODULES}${scope.startsWith('@') ? `${scope}/${name}` : scope}`;
}

/**
 * @param {string} root
 * @param {readonly string[]} places
 * @returns {BundledPackage[]}
 */
export function describePackages(root, places) {
  return places.map((place) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, place, 'package.json'), 'utf8'));
    return { place, name, version, license: String(license ?? 'not stated') };
  });
}

/**
 * One text with the licence of each package: a line each, then what their files say.
 * @param {string} root
 * @param {readonly BundledPackage[]} packages
 */
export function licencesText(root, packages) {
  const lines = packages.map(({ name, version, license }) => `${name} ${version}: ${license}`);
  const texts = packages.flatMap(({ place, name, version }) =>
    licenceFiles(join(root, place)).map((text) => `${RULE}\n${name} ${version}\n${RULE}\n\n${text.trim()}\n`),
  );
  return `Berth contains code of these packages:\n\n${lines.join('\n')}\n\n${texts.join('\n')}`;
}

/** @param {string} folder */
function licenceFiles(folder) {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder, { withFileTypes: true }).filter(
    (entry) => entry.isFile() && LICENCE_FILE.test(entry.name),
  );
  return names
    .map(({ name }) => name)
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8'));
}

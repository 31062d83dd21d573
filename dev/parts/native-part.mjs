// @ts-check
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { arch, platform, report } from 'node:process';

/**
 * The one package with native code (koffi), which cannot be bundled: it is copied beside the bundle, with the binary for
 * this platform and C library.
 */

const PACKAGE = 'koffi';
const FILES = ['package.json', 'LICENSE.txt', 'index.js', 'src/koffi/index.js', 'src/koffi/src/static.js'];
/** npm brings the binaries of each platform as a package of this scope. */
const SCOPE = '@koromix';

/**
 * Lists the files that the bundle needs beside it. Throws where one is not installed: a build without it would run, and
 * only fail when a router asks for a password.
 * @param {string} modules the `node_modules` folder
 * @returns {string[]} paths inside of `modules`, of files and folders
 */
export function nativePart(modules) {
  const files = FILES.map((file) => `${PACKAGE}/${file}`);
  const binaries = `${SCOPE}/${PACKAGE}-${platform}-${arch}`;
  const absent = [...files, binaries].filter((path) => !existsSync(join(modules, path)));
  const parts = absent.includes(binaries) ? [] : partsOf(modules, binaries);
  if (absent.length === 0 && !parts.some((part) => holdsBinary(join(modules, part))))
    absent.push(`${binaries}/*.node`);
  if (absent.length > 0) {
    const where = absent.map((path) => join('node_modules', path)).join(', ');
    throw new Error(
      `The native part of ${PACKAGE} is not installed: ${where} is missing. Run "npm ci" on this machine, with optional packages, and build again.`,
    );
  }
  return [...files, ...parts];
}

/**
 * On Linux such a package holds a binary for either C library, of which Node uses one.
 * @param {string} modules
 * @param {string} name
 */
function partsOf(modules, name) {
  const others = isMusl() ? 'linux_' : 'musl_';
  return readdirSync(join(modules, name))
    .filter((part) => !part.startsWith(others) && part !== 'README.md')
    .map((part) => `${name}/${part}`);
}

/** @param {string} path */
function holdsBinary(path) {
  return statSync(path).isDirectory() && readdirSync(path).some((name) => name.endsWith('.node'));
}

function isMusl() {
  if (platform !== 'linux') return false;
  /** @type {{ header?: { glibcVersionRuntime?: string } }} */
  const { header } = report.getReport();
  return header?.glibcVersionRuntime === undefined;
}

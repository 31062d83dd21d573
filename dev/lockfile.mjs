// @ts-check
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { pathToFileURL } from 'node:url';
import { root } from './place.mjs';
import { say } from './run.mjs';

/**
 * Run after `npm install`: `node dev/lockfile.mjs`. Packages with native parts name one package for each platform, and
 * npm leaves those out of the lock file that it could not fetch or did not need here; `npm ci` then refuses the lock
 * file everywhere. This puts them back in, told by their names.
 */

const path = join(root, 'package-lock.json');

/**
 * @typedef {{ version?: string, dev?: boolean, optional?: boolean, os?: string[], cpu?: string[], libc?: string[],
 *   optionalDependencies?: Record<string, string> }} Entry
 * @typedef {{ packages: Record<string, Entry> }} Lock
 */

/** @returns {Lock} */
export const readLock = () => JSON.parse(readFileSync(path, 'utf8'));

/**
 * The entries that the lock file should hold and does not.
 * @param {Lock} lock
 * @returns {Record<string, Entry>}
 */
export function missingEntries(lock) {
  /** @type {Record<string, Entry>} */
  const missing = {};
  for (const [place, entry] of Object.entries(lock.packages)) {
    for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
      const [hoisted, nested] = [`node_modules/${name}`, `${place}/node_modules/${name}`];
      const version = /^\d+\.\d+\.\d+/.exec(range)?.[0];
      if (hoisted in lock.packages || nested in lock.packages || version === undefined) continue;
      missing[hoisted] = {
        version,
        ...(entry.dev ? { dev: true } : {}),
        optional: true,
        ...platformOf(name),
      };
    }
  }
  return missing;
}

const systems = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
const processors = ['arm64', 'arm', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'x64'];

/**
 * @param {string} name such as `@biomejs/cli-linux-arm64-musl`
 * @returns {Pick<Entry, 'os' | 'cpu' | 'libc'>}
 */
function platformOf(name) {
  const words = name.split(/[-/]/);
  const os = systems.filter((system) => words.includes(system));
  const cpu = processors.filter((processor) => words.includes(processor));
  if (words.includes('arm') || words.some((word) => word === 'gnueabihf')) cpu.splice(0, cpu.length, 'arm');
  const libc = name.includes('musl') ? ['musl'] : name.includes('gnu') ? ['glibc'] : [];
  return { ...(os.length ? { os } : {}), ...(cpu.length ? { cpu } : {}), ...(libc.length ? { libc } : {}) };
}

if (argv[1] && import.meta.url === pathToFileURL(argv[1]).href) {
  const lock = readLock();
  const missing = missingEntries(lock);
  const packages = Object.entries({ ...lock.packages, ...missing }).sort(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(path, `${JSON.stringify({ ...lock, packages: Object.fromEntries(packages) }, null, 2)}\n`);
  say(`Added ${Object.keys(missing).length} entries to package-lock.json`);
}

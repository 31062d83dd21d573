// @ts-check
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../place.mjs';
import { provideUnpacked } from './debian.mjs';
import { onPath } from './system.mjs';

/**
 * Container engines that load the image in the full run: Docker, Podman, skopeo and a registry; and an emulator of arm64. They are
 * unpacked into the cache and never installed, so no daemon of them starts by itself. containerd and runc are `containers.mjs`'s.
 */

const packages = [
  ...['docker.io', 'podman', 'skopeo', 'docker-registry', 'qemu-user-static'],
  ...['conmon', 'golang-github-containers-common'], // Podman runs the one, and reads the other
  ...['libassuan0', 'libglib2.0-0', 'libgpgme11', 'libsubid4'],
];

/** Changes when the list does. */
const EDITION = 1;

const folder = join(cacheFolder, 'tools', `engines-${EDITION}-${process.platform}-${process.arch}`);

/** Where a file of these packages is, whether or not it is there yet. */
export const enginesFile = (/** @type {string} */ path) => join(folder, path);

/** Folders of programs, for PATH. */
export const enginesPath = () => ['usr/bin', 'usr/sbin'].map(enginesFile);

/** Folders of libraries, for LD_LIBRARY_PATH. */
export const enginesLibraries = () =>
  ['usr/lib/x86_64-linux-gnu', 'usr/lib/aarch64-linux-gnu'].map(enginesFile);

/**
 * What is missing, as one sentence without its full stop; null for nothing.
 * @returns {string | null}
 */
export function missingForEngines() {
  if (existsSync(folder)) return null;
  return 'the Debian packages of container engines are not unpacked, which takes apt-get, root and npm run test:full';
}

/**
 * Fetches and unpacks the packages if they are missing, on a system with apt.
 * @returns {Promise<string | null>} null when they are there, else what is missing
 */
export async function provideEngines() {
  const missing = missingForEngines();
  if (missing === null) return null;
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !onPath('apt-get')) return missing;
  return provideUnpacked(folder, packages);
}

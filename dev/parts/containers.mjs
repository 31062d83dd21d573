// @ts-check
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../place.mjs';
import { provideUnpacked } from './debian.mjs';
import { onPath } from './system.mjs';

/**
 * What real kubelets run Pods with: containerd, runc and CNI plugins, and a BusyBox that needs no library. They are unpacked into
 * the cache and never installed, so no service of them starts, and a container engine of the machine stays as it is.
 */

/** @type {readonly { debian: string, file: string }[]} the package and a file that it has */
const packages = [
  { debian: 'containerd', file: 'usr/bin/containerd' },
  { debian: 'runc', file: 'usr/sbin/runc' },
  { debian: 'containernetworking-plugins', file: 'usr/lib/cni/bridge' },
  { debian: 'busybox-static', file: 'bin/busybox' },
];

/** Changes when the list does. */
const EDITION = 1;

/** The folder of the unpacked packages, whether or not it is there yet. */
export const containersFolder = () =>
  join(cacheFolder, 'tools', `containers-${EDITION}-${process.platform}-${process.arch}`);

/** Where a file of these packages is. */
export const containersFile = (/** @type {string} */ path) => join(containersFolder(), path);

/** Folders of programs, for PATH. */
export const containersPath = () => ['usr/bin', 'usr/sbin'].map(containersFile);

/**
 * What is missing, as one sentence without its full stop; null for nothing.
 * @returns {string | null}
 */
export function missingForContainers() {
  if (process.platform !== 'linux') return 'containers are a thing of Linux';
  if (process.getuid?.() !== 0) return 'containers are started by root here, and this is not root';
  const missing = packages.filter((one) => !existsSync(containersFile(one.file)));
  if (missing.length === 0) return null;
  return `these Debian packages are not unpacked: ${missing.map((one) => one.debian).join(', ')}`;
}

/**
 * Fetches and unpacks what is missing, on a system with apt.
 * @returns {Promise<string | null>} null when all is there, else what is missing
 */
export async function provideContainers() {
  const before = missingForContainers();
  if (before === null) return null;
  if (process.getuid?.() !== 0 || !onPath('apt-get')) return before;
  return provideUnpacked(
    containersFolder(),
    packages.map((one) => one.debian),
  );
}

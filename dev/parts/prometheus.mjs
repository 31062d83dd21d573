// @ts-check
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../place.mjs';
import { provideUnpacked } from './debian.mjs';
import { onPath } from './system.mjs';

/**
 * Prometheus and promtool, with which tests run the alerts and the queries of the dashboards. Debian has both in one package,
 * which is there in seconds; to build them takes minutes.
 */

/** Changes when another package is meant. */
const EDITION = 1;

const folder = join(cacheFolder, 'tools', `prometheus-${EDITION}-${process.platform}-${process.arch}`);

/** Where a program of the package is, whether or not it is there yet. */
export const prometheusPath = (/** @type {'prometheus' | 'promtool'} */ name) =>
  join(folder, 'usr/bin', name);

/**
 * Fetches and unpacks the package if it is missing, on a system with apt.
 * @returns {Promise<string | null>} null when it is there, else what is missing, as one sentence without its full stop
 */
export async function providePrometheus() {
  if (existsSync(folder)) return null;
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !onPath('apt-get'))
    return 'the Debian package prometheus is not unpacked, which takes apt-get and root';
  return provideUnpacked(folder, ['prometheus']);
}

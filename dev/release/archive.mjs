// @ts-check
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { tar } from '../image/oci.mjs';
import { must } from '../run.mjs';

/** Helm writes the time of day into the archives that it packs; a release has none in it. */

const GZIP_LEVEL = 9;

/**
 * Packs the chart with Helm, whose checks it has to pass, and packs what Helm packed again: equal charts give equal bytes.
 * @param {string} helm path of the program
 * @param {string} chart the folder of the chart
 * @param {string} version of the chart and of what it installs
 * @param {string} path of the archive
 */
export async function packChart(helm, chart, version, path) {
  const workshop = await mkdtemp(join(tmpdir(), 'berth-chart-'));
  try {
    const versions = ['--version', version, '--app-version', version];
    await must(helm, ['package', chart, '--destination', workshop, ...versions], { env: { HOME: workshop } });
    const folder = join(workshop, 'berth');
    await must('tar', ['-xzf', join(workshop, `berth-${version}.tgz`), '-C', workshop]);
    await must('chmod', ['-R', 'u=rwX,go=rX', folder]);
    writeFileSync(path, gzipSync(tar(workshop, ['berth']), { level: GZIP_LEVEL }));
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}

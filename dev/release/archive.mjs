// @ts-check
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { tar } from '../image/oci.mjs';
import { npmEnvironment } from '../parts/packages.mjs';
import { root } from '../place.mjs';
import { must } from '../run.mjs';

/**
 * What Helm and npm pack is packed again: Helm's archives have the time of day in them, and npm's the modes that files happen to
 * have in a clone. Equal files give equal bytes.
 */

const GZIP_LEVEL = 9;

/**
 * Packs the chart with Helm, whose checks it has to pass.
 * @param {string} helm path of the program
 * @param {string} version of the chart and of what it installs
 * @param {string} path of the archive
 */
export function packChart(helm, version, path) {
  const args = ['package', join(root, 'charts/berth'), '--version', version, '--app-version', version];
  return packAgain('berth', path, (workshop) =>
    must(helm, [...args, '--destination', workshop], { env: { HOME: workshop } }),
  );
}

/**
 * Packs the npm package, as `npm pack` does.
 * @param {string} path of the archive
 */
export function packNpm(path) {
  return packAgain('package', path, (workshop) =>
    must('npm', ['pack', '--pack-destination', workshop], { cwd: root, env: npmEnvironment() }),
  );
}

/**
 * @param {string} top the folder that the archive holds
 * @param {string} path
 * @param {(workshop: string) => Promise<unknown>} pack writes the one archive that is then in the workshop
 */
async function packAgain(top, path, pack) {
  const workshop = await mkdtemp(join(tmpdir(), 'berth-pack-'));
  try {
    await pack(workshop);
    await must('sh', ['-c', 'tar -xzf *.tgz && chmod -R u=rwX,go=rX "$1"', 'sh', top], { cwd: workshop });
    writeFileSync(path, gzipSync(tar(workshop, [top]), { level: GZIP_LEVEL }));
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}

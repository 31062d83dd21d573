// @ts-check
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildIfStale } from '../build.mjs';
import { root } from '../place.mjs';
import { capture } from '../run.mjs';
import { writeImage } from './oci.mjs';
import { provideImageParts } from './parts.mjs';
import { imageConfig, layOut, packageVersion } from './root.mjs';

/**
 * Writes the image of Berth, for each architecture that is asked for, as one archive.
 * @param {string} path
 * @param {readonly string[]} names
 * @param {readonly import('./parts.mjs').Architecture[]} architectures
 * @param {{ gzip?: boolean }} [options]
 * @returns {Promise<{ digest: string, layerBytes: readonly number[] }>}
 */
export async function writeBerthImage(path, names, architectures, options = {}) {
  await buildIfStale();
  const config = imageConfig({ version: packageVersion(), revision: await revision() });
  const workshop = mkdtempSync(join(tmpdir(), 'berth-image-'));
  try {
    const images = [];
    for (const architecture of architectures) {
      const parts = await provideImageParts(architecture);
      images.push({
        architecture,
        layers: layOut(join(workshop, architecture), architecture, parts),
        config,
      });
    }
    return writeImage(path, names, images, options);
  } finally {
    rmSync(workshop, { recursive: true, force: true });
  }
}

/** The commit that the image is built from; null outside of a clone, and where files differ from it. */
async function revision() {
  const head = await capture('git', ['rev-parse', 'HEAD'], { cwd: root });
  const status = await capture('git', ['status', '--porcelain'], { cwd: root });
  return head.code === 0 && status.stdout === '' ? head.stdout.trim() : null;
}

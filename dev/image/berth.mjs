// @ts-check
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildIfStale } from '../build.mjs';
import { root } from '../place.mjs';
import { capture } from '../run.mjs';
import { billOfMaterials, bundledPackages, imageComponents, npmBom } from './bom.mjs';
import { writeImage } from './oci.mjs';
import { npmArchitecture, provideImageParts } from './parts.mjs';
import { imageConfig, layOut, packageVersion } from './root.mjs';

/**
 * Writes the image of Berth, for each architecture that is asked for, as one archive.
 * @param {string} path
 * @param {readonly string[]} names
 * @param {readonly import('./parts.mjs').Architecture[]} architectures
 * @param {{ gzip?: boolean }} [options]
 * @returns {Promise<{ digest: string, layerBytes: readonly number[], boms: readonly string[] }>} `boms`: a bill of materials for each architecture
 */
export async function writeBerthImage(path, names, architectures, options = {}) {
  await buildIfStale();
  const config = imageConfig({ version: packageVersion(), revision: await revision() });
  const workshop = mkdtempSync(join(tmpdir(), 'berth-image-'));
  try {
    const all = await npmBom();
    const images = [];
    const boms = [];
    for (const architecture of architectures) {
      const parts = await provideImageParts(architecture);
      const packages = [...bundledPackages(), nativePackage(architecture, parts)];
      const bom = billOfMaterials(all, packages, imageComponents(architecture, parts));
      boms.push(bom);
      images.push({
        architecture,
        layers: layOut(join(workshop, architecture), architecture, parts, bom),
        config,
      });
    }
    return { ...writeImage(path, names, images, options), boms };
  } finally {
    rmSync(workshop, { recursive: true, force: true });
  }
}

/**
 * @param {import('./parts.mjs').Architecture} architecture
 * @param {import('./parts.mjs').ImageParts} parts
 */
const nativePackage = (architecture, { koffiVersion }) => ({
  name: `@koromix/koffi-linux-${npmArchitecture[architecture]}`,
  version: koffiVersion,
});

/** The commit that the image is built from; null outside of a clone, and where files differ from it. */
async function revision() {
  const head = await capture('git', ['rev-parse', 'HEAD'], { cwd: root });
  const status = await capture('git', ['status', '--porcelain'], { cwd: root });
  return head.code === 0 && status.stdout === '' ? head.stdout.trim() : null;
}

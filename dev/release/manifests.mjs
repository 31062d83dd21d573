// @ts-check
import { join } from 'node:path';
import { root } from '../place.mjs';
import { must } from '../run.mjs';

/** One file for each way to announce, for people who apply a file and have neither kustomize nor a clone. */

/** The bases of `deploy/`, which are the modes of the chart. */
export const MODES = /** @type {const} */ (['native', 'layer2', 'calico', 'controller-only']);

/** What the bases call the image. No registry has it. */
export const UNPUBLISHED = 'localhost/berth';

/**
 * @param {string} kubectl path of the program
 * @param {typeof MODES[number]} mode
 * @param {string} version
 * @param {string} repository of the image; `UNPUBLISHED` stays, and the file says so
 * @returns {Promise<string>} YAML
 */
export async function oneFile(kubectl, mode, version, repository) {
  const objects = await must(kubectl, ['kustomize', join(root, 'deploy', mode)]);
  return `${heading(mode, version, repository)}${nameImage(objects, version, repository)}`;
}

/**
 * @param {string} mode
 * @param {string} version
 * @param {string} repository
 */
function heading(mode, version, repository) {
  const image = `${repository}:${version}`;
  const about =
    repository === UNPUBLISHED
      ? `The image ${image} is in no registry: replace the name by that of yours, or load the archive on each node.`
      : `The image is ${image}.`;
  return `# Berth ${version}, as deploy/${mode}. ${about}\n`;
}

/**
 * @param {string} objects
 * @param {string} version
 * @param {string} repository
 */
export function nameImage(objects, version, repository) {
  const pattern = /^(\s*(?:- )?image: )localhost\/berth:\S+$/gm;
  if (!pattern.test(objects)) throw new Error('no container of the manifests has the image localhost/berth');
  return objects.replaceAll(pattern, `$1${repository}:${version}`);
}

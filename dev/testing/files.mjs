// @ts-check
import { readdirSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { root } from '../place.mjs';

/** Which test files there are, and what each of them asks of the runner. */

/** Networks of namespaces: they wait for daemons to agree. */
const PATIENT = ['e2e/calico/', 'e2e/native/'];

/**
 * @typedef {object} TestFiles
 * @property {string[]} light may run side by side
 * @property {string[]} heavy run one at a time, after the others
 * @property {string[]} patient mostly waiting for others: two run beside the heavy ones, then three at a time
 */

/**
 * @param {string} under the folder to look in, from the root; what is in its folder `e2e` is heavy, in those of `PATIENT` patient
 * @param {readonly string[]} wanted parts of paths, such as `test/ipam`; none means all
 * @returns {TestFiles}
 */
export function findTestFiles(under, wanted) {
  const all = readdirSync(join(root, under), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join(under, name))
    .filter((path) => wanted.length === 0 || wanted.some((part) => path.includes(fromRoot(part))))
    .sort();
  const isHeavy = (/** @type {string} */ path) => path.startsWith(join(under, 'e2e/'));
  const isPatient = (/** @type {string} */ path) =>
    PATIENT.some((folder) => path.startsWith(join(under, folder)));
  return {
    light: all.filter((path) => !isHeavy(path)),
    heavy: all.filter((path) => isHeavy(path) && !isPatient(path)),
    patient: all.filter(isPatient).reverse(), // those that wait longest are among the last by name
  };
}

/** @param {string} part as somebody typed it: also with ./ before it, or as an absolute path */
const fromRoot = (part) => normalize(part).replace(root, '');

/**
 * Whether a file uses the API server that all files of a run share.
 * @param {string} path
 */
export const usesSharedApi = (path) => readFileSync(join(root, path), 'utf8').includes('sharedApi(');

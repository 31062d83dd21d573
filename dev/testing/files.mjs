// @ts-check
import { readdirSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { root } from '../place.mjs';

/** Which test files there are, and what each of them asks of the runner. */

/** Files that only `npm run test:full` plays: each takes minutes. */
const FULL = '.full.test.ts';

/** Networks of namespaces: they wait for daemons to agree. */
const PATIENT = ['e2e/calico/', 'e2e/cluster/', 'e2e/native/'];

/** Below the folder of the tests, those that take longest: they start first, so that none of them is the last to end. */
export const LONGEST = [
  'dev/runner.test.ts',
  'calico/findings/diagnose.law.test.ts',
  'bgp/transport/tcp-session-driver.story.test.ts',
  'calico/cluster/tracker.law.test.ts',
  'support/real-api.test.ts',
  'playground/routers/native-watch.story.test.ts',
  'playground/main.test.ts',
  'bgp/transport/listener-storms.story.test.ts',
  'announce/model/node-model.law.test.ts',
  'e2e/fresh-clone.test.ts',
  'e2e/faults-real.test.ts',
  'e2e/clients.test.ts',
  'e2e/controller/failover.test.ts',
];

/**
 * @typedef {object} TestFiles
 * @property {string[]} light need one core each
 * @property {string[]} heavy need much of the machine
 * @property {string[]} patient mostly wait for daemons
 */

/**
 * @param {string} under the folder to look in, from the root; what is in its folder `e2e` is heavy, in those of `PATIENT` patient
 * @param {readonly string[]} wanted parts of paths, such as `test/ipam`; none means all
 * @param {boolean} [full] also those that take minutes
 * @returns {TestFiles}
 */
export function findTestFiles(under, wanted, full = false) {
  const all = readdirSync(join(root, under), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts') && (full || !name.endsWith(FULL)))
    .map((name) => join(under, name))
    .filter((path) => wanted.length === 0 || wanted.some((part) => path.includes(fromRoot(part))))
    .sort((a, b) => rank(under, a) - rank(under, b) || (a < b ? -1 : 1));
  const isHeavy = (/** @type {string} */ path) => path.startsWith(join(under, 'e2e/'));
  const isPatient = (/** @type {string} */ path) =>
    PATIENT.some((folder) => path.startsWith(join(under, folder)));
  return {
    light: all.filter((path) => !isHeavy(path)),
    heavy: all.filter((path) => isHeavy(path) && !isPatient(path)),
    patient: all.filter(isPatient).reverse(), // those that wait longest are among the last by name
  };
}

/**
 * Its place among the longest, or after them.
 * @param {string} under
 * @param {string} path
 */
function rank(under, path) {
  const index = LONGEST.findIndex((name) => path === join(under, name));
  return index < 0 ? LONGEST.length : index;
}

/** @param {string} part as somebody typed it: also with ./ before it, or as an absolute path */
const fromRoot = (part) => normalize(part).replace(root, '');

/**
 * Whether a file uses the API server that all files of a run share.
 * @param {string} path
 */
export const usesSharedApi = (path) => readFileSync(join(root, path), 'utf8').includes('sharedApi(');

/**
 * Whether a file borrows the API server that files have one after the other.
 * @param {string} path
 */
export const borrowsApi = (path) => readFileSync(join(root, path), 'utf8').includes('Rig.borrow(');

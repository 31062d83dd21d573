// @ts-check
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { root } from '../place.mjs';

/** Which test files there are, and what each of them asks of the runner. */

const HEAVY_FOLDER = 'test/e2e/';

/**
 * @typedef {object} TestFiles
 * @property {string[]} light may run side by side
 * @property {string[]} heavy run one at a time, after the others
 */

/**
 * @param {readonly string[]} wanted parts of paths, such as `test/ipam`; none means all
 * @returns {TestFiles}
 */
export function findTestFiles(wanted) {
  const all = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => `test/${name.split(sep).join('/')}`)
    .filter((path) => wanted.length === 0 || wanted.some((part) => path.includes(plain(part))))
    .sort();
  return {
    light: all.filter((path) => !path.startsWith(HEAVY_FOLDER)),
    heavy: all.filter((path) => path.startsWith(HEAVY_FOLDER)),
  };
}

/** @param {string} part as somebody typed it: also with ./ before it, or as an absolute path */
const plain = (part) => relative(root, join(root, relative(root, part))).replace(/^\.\//, '');

/**
 * Whether a file uses the API server that all files of a run share.
 * @param {string} path
 */
export const usesSharedApi = (path) => readFileSync(join(root, path), 'utf8').includes('sharedApi(');

// @ts-check
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../place.mjs';
import { FileTally } from './tally.mjs';

/**
 * Test files that share a process. Starting one takes longer than most files' tests, since it loads much of the same code
 * again. Only files whose tests touch nothing but values are put together: nothing of one can change what another one sees.
 */

/** More would leave cores idle at the end of a run. */
const BATCH_FILES = 12;

/** What a file has that starts something, waits in real time, or changes what belongs to the whole process. */
const OWN_PROCESS =
  /child_process|worker_threads|process\.|node:(?:http|net|dgram|fs)\b|real-api|netns|timers\/promises|mock\.|startApiServer|playwright|setTimeout|globalThis/;

/**
 * Groups of files in their order: the first of a group of several is where it stands.
 * @param {readonly string[]} paths
 * @returns {string[][]}
 */
export function toBatches(paths) {
  /** @type {string[][]} */
  const batches = [];
  /** @type {string[]} */
  let open = [];
  for (const path of paths) {
    if (OWN_PROCESS.test(readFileSync(join(root, path), 'utf8'))) {
      batches.push([path]);
      continue;
    }
    if (open.length === 0) batches.push(open);
    open.push(path);
    if (open.length === BATCH_FILES) open = [];
  }
  return batches;
}

/**
 * Writes a test file that has each of `paths` as a suite.
 * @param {string} file
 * @param {readonly string[]} paths
 * @param {(path: string) => string} pathOf where a file, from the root, is compiled
 */
export function writeBatch(file, paths, pathOf) {
  const suites = paths.map(
    (path) =>
      `describe(${JSON.stringify(path)}, async () => { await import(${JSON.stringify(pathToFileURL(pathOf(path)).href)}); });`,
  );
  writeFileSync(file, `import { describe } from 'node:test';\n${suites.join('\n')}\n`);
}

/** Divides the reports of a batch among its files. */
export class BatchTally {
  /** @type {Map<string, { tally: FileTally, ms: number }>} in the order in which they end */
  files = new Map();
  #paths;
  #current = new FileTally();

  /** @param {readonly string[]} paths in the order in which they run */
  constructor(paths) {
    this.#paths = paths;
  }

  /** The tally of what runs now. */
  get current() {
    return this.#current;
  }

  /** @param {{ name: string, nesting: number, details: { duration_ms: number } }} test that was counted */
  ended({ name, nesting, details }) {
    if (nesting > 0 || !this.#paths.includes(name)) return;
    this.files.set(name, { tally: this.#current, ms: details.duration_ms });
    this.#current = new FileTally();
  }

  /** The process is over: what it reported last is of the first file that did not end. */
  close() {
    for (const path of this.#paths) {
      if (this.files.has(path)) continue;
      if (this.#current.failures.length === 0)
        this.#current.failures.push({ name: 'the whole file', error: 'The process ended before it.' });
      this.files.set(path, { tally: this.#current, ms: 0 });
      this.#current = new FileTally();
    }
  }
}

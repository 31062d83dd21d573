// @ts-check
import { inspect } from 'node:util';

/**
 * What a test run comes to: made of the events of `node:test`, one file after another. It prints a line for each file,
 * each failure in full, and one closing line.
 */

/**
 * The little that we read of the events of `node:test`.
 * @typedef {object} TestReport
 * @property {string} name
 * @property {number} nesting
 * @property {string} [file]
 * @property {string | boolean} [skip]
 * @property {string | boolean} [todo]
 * @property {{ type?: string | undefined, duration_ms: number, error?: unknown }} details
 */

export class Tally {
  passed = 0;
  failed = 0;
  /** @type {Map<string, number>} how many tests each reason has kept from running */
  skipped = new Map();
  #started = performance.now();
  /** @type {{ path: string, tests: number, failed: number, skipped: number, ms: number } | null} */
  #file = null;
  /** @type {string[]} named again at the end, where nobody has to scroll for them */
  #failures = [];
  #print;

  /** @param {(text: string) => void} print */
  constructor(print) {
    this.#print = print;
  }

  /** @param {TestReport} test */
  pass(test) {
    const file = this.#enter(test);
    if (test.skip !== undefined && test.skip !== false) {
      const reason = typeof test.skip === 'string' && test.skip !== '' ? test.skip : 'no reason given';
      this.skipped.set(reason, (this.skipped.get(reason) ?? 0) + 1);
      file.skipped++;
    } else if (test.details.type !== 'suite') {
      this.passed++;
      file.tests++;
    }
  }

  /** @param {TestReport} test */
  fail(test) {
    const file = this.#enter(test);
    if (failureType(test.details.error) === 'subtestsFailed') return; // it only repeats what was said of a test inside
    this.failed++;
    file.tests++;
    file.failed++;
    const headline = `FAILED  ${file.path}: ${test.name}`;
    this.#failures.push(headline);
    this.#print(`${headline}\n${indent(describe(test.details.error))}`);
  }

  /** Says how the last file went. */
  endFile() {
    const file = this.#file;
    if (file === null) return;
    const skipped = file.skipped > 0 ? `, ${file.skipped} skipped` : '';
    const verdict =
      file.failed > 0
        ? `FAILED  ${file.path}  ${file.failed} of ${file.tests} tests`
        : `ok  ${file.path}  ${file.tests} tests`;
    this.#print(`${verdict}${skipped}, ${(file.ms / 1000).toFixed(2)} s`);
    this.#file = null;
  }

  /**
   * @param {string} what for the closing line
   * @returns {boolean} whether all is well
   */
  close(what) {
    this.endFile();
    if (this.#failures.length > 0) this.#print(`\n${this.#failures.join('\n')}`);
    for (const [reason, count] of this.skipped) this.#print(`skipped ${count}: ${reason}`);
    const skipped = [...this.skipped.values()].reduce((sum, count) => sum + count, 0);
    const time = ((performance.now() - this.#started) / 1000).toFixed(1);
    const total = this.passed + this.failed + skipped;
    this.#print(
      `${what}: ${total} tests, ${this.passed} passed, ${this.failed} failed, ${skipped} skipped, ${time} s`,
    );
    return this.failed === 0 && this.passed > 0;
  }

  /** @param {TestReport} test */
  #enter(test) {
    const path = test.file ?? test.name;
    if (this.#file?.path !== path) {
      this.endFile();
      this.#file = { path, tests: 0, failed: 0, skipped: 0, ms: 0 };
    }
    if (test.nesting === 0) this.#file.ms += test.details.duration_ms;
    return this.#file;
  }
}

/** @param {unknown} error */
const failureType = (error) =>
  error instanceof Error && 'failureType' in error ? error.failureType : undefined;

/**
 * `node:test` wraps what a test threw in an error of its own.
 * @param {unknown} error
 */
const describe = (error) =>
  inspect(error instanceof Error && error.cause !== undefined ? error.cause : error, {
    colors: false,
    depth: 5,
  });

/** @param {string} text */
const indent = (text) => text.replaceAll(/^/gm, '    ');

// @ts-check
import { inspect } from 'node:util';

/**
 * What a test run comes to. It prints a line for each file, each failure in full when its file is done, and one
 * closing line.
 */

/**
 * The little that is read of the events of `node:test`.
 * @typedef {object} TestReport
 * @property {string} name
 * @property {string | boolean} [skip]
 * @property {{ type?: string | undefined, error?: unknown }} details
 */

/** One file's share. */
export class FileTally {
  passed = 0;
  /** @type {{ name: string, error: unknown }[]} */
  failures = [];
  /** @type {string[]} the reason of each test or suite that was skipped */
  skipped = [];
  /** What its tests printed, for whoever looks into a failure. */
  output = '';

  /** @param {TestReport} test */
  pass(test) {
    if (test.skip !== undefined && test.skip !== false)
      this.skipped.push(typeof test.skip === 'string' && test.skip !== '' ? test.skip : 'no reason given');
    else if (test.details.type !== 'suite') this.passed++;
  }

  /** @param {TestReport} test */
  fail(test) {
    // A suite fails with its tests, which have been told already, or by itself, in a hook.
    if (failureType(test.details.error) !== 'subtestsFailed')
      this.failures.push({ name: test.name, error: test.details.error });
  }
}

export class Tally {
  #passed = 0;
  /** @type {Map<string, string[]>} by file; named again at the end, where nobody has to scroll for them */
  #failures = new Map();
  /** @type {string[]} files that failed once and passed by themselves */
  #unsteady = [];
  /** @type {Map<string, number>} */
  #skipped = new Map();
  #started = performance.now();
  #print;

  /** @param {(text: string) => void} print */
  constructor(print) {
    this.#print = print;
  }

  /**
   * @param {string} path
   * @param {FileTally} file
   * @param {number} ms from its start to its end
   */
  add(path, file, ms) {
    if (file.passed + file.failures.length + file.skipped.length === 0)
      file.failures.push({ name: 'the whole file', error: 'It holds no test.' });
    this.#passed += file.passed;
    for (const reason of file.skipped) this.#skipped.set(reason, (this.#skipped.get(reason) ?? 0) + 1);
    for (const { name, error } of file.failures) {
      this.#failures.set(path, [...(this.#failures.get(path) ?? []), `FAILED  ${path}: ${name}`]);
      this.#print(`FAILED  ${path}: ${name}\n${indent(describe(error))}`);
    }
    if (file.failures.length > 0 && file.output !== '')
      this.#print(`It printed:\n${indent(file.output.trimEnd())}`);
    const skipped = file.skipped.length > 0 ? `, ${file.skipped.length} skipped` : '';
    const verdict =
      file.failures.length > 0 ? `FAILED  ${path}  ${file.failures.length} failed,` : `ok  ${path} `;
    this.#print(`${verdict} ${file.passed} passed${skipped}, ${(ms / 1000).toFixed(1)} s`);
  }

  /** The files of which a test failed. */
  failedFiles() {
    return [...this.#failures.keys()];
  }

  /**
   * Another run of a file that failed: what it comes to counts, and the first run is told at the end.
   * @param {string} path
   * @param {FileTally} file
   * @param {number} ms from its start to its end
   */
  addAgain(path, file, ms) {
    this.#print(`Once more, alone: ${path}`);
    const before = this.#failures.get(path) ?? [];
    if (file.failures.length === 0 && file.passed > 0) {
      this.#failures.delete(path);
      this.#unsteady.push(...before);
      this.#passed += before.length;
      this.#print(`ok  ${path}  ${file.passed} passed, ${(ms / 1000).toFixed(1)} s`);
      return;
    }
    for (const { name, error } of file.failures)
      this.#print(`FAILED  ${path}: ${name}\n${indent(describe(error))}`);
  }

  /**
   * @param {string} what the run was, for the closing line
   * @returns {boolean} whether all is well, which takes at least one test that passed
   */
  close(what) {
    const failures = [...this.#failures.values()].flat();
    if (failures.length > 0) this.#print(`\n${failures.join('\n')}`);
    if (this.#unsteady.length > 0)
      this.#print(`\nUNSTEADY: these failed once, and passed alone\n${this.#unsteady.join('\n')}`);
    for (const [reason, count] of this.#skipped) this.#print(`skipped ${count}: ${reason}`);
    const skipped = [...this.#skipped.values()].reduce((sum, count) => sum + count, 0);
    const total = this.#passed + failures.length + skipped;
    const time = ((performance.now() - this.#started) / 1000).toFixed(1);
    this.#print(
      `${what}: ${total} tests, ${this.#passed} passed, ${failures.length} failed, ${skipped} skipped, ${time} s`,
    );
    return failures.length === 0 && this.#passed > 0;
  }
}

/** @param {unknown} error */
const failureType = (error) =>
  error instanceof Error && 'failureType' in error ? error.failureType : undefined;

/**
 * What a test threw, out of the error that `node:test` wraps it in.
 * @param {unknown} error
 */
function describe(error) {
  const inner = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const text = typeof inner === 'string' ? inner : inspect(inner, { colors: false, depth: 5 });
  return text.replaceAll(/^ +at .*node:internal.*\n/gm, ''); // where Node called the test from helps nobody
}

/** @param {string} text */
const indent = (text) => text.replaceAll(/^/gm, '    ');

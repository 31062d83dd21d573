// @ts-check
import { parseArgs } from 'node:util';
import { say } from './run.mjs';

/** Reading the command line of a program of this folder. */

/**
 * The options and operands. `--help` prints `usage` and ends the process with 0; a command line that cannot be read has its
 * problem and `usage` printed, and ends it with 2.
 * @template {import('node:util').ParseArgsConfig} T
 * @param {string} usage
 * @param {T} config
 * @returns {ReturnType<typeof parseArgs<T>>}
 */
export function readArguments(usage, config) {
  if (process.argv.slice(2).some((one) => one === '--help' || one === '-h')) {
    process.stdout.write(`${usage}\n`);
    process.exit(0);
  }
  try {
    return parseArgs(config);
  } catch (error) {
    say(`${error instanceof Error ? error.message : error}\n\n${usage}`);
    process.exit(2);
  }
}

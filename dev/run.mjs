// @ts-check
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './place.mjs';

/** Starting a program and waiting for its end, and saying what is going on meanwhile. */

const PROGRESS_EVERY_MS = 5_000;

/** @param {string} text one line for whoever is waiting in front of the terminal */
export function say(text) {
  process.stderr.write(`${text}\n`);
}

/** @param {number} since as given by `performance.now()` */
export function seconds(since) {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}

/**
 * Runs a program with its output straight to the terminal.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string }} [options]
 * @returns {Promise<number>} its exit code; 128 + n where signal n ended it, 127 where it could not be started
 */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? root,
      env: options.env ?? process.env,
      stdio: 'inherit',
    });
    const pass = (/** @type {NodeJS.Signals} */ signal) => child.kill(signal);
    process.on('SIGINT', pass).on('SIGTERM', pass);
    const done = (/** @type {number} */ code) => {
      process.off('SIGINT', pass).off('SIGTERM', pass);
      resolve(code);
    };
    child.on('error', (error) => {
      say(`${command} could not be started: ${error.message}`);
      done(127);
    });
    child.on('exit', (code, signal) => done(code ?? (signal === 'SIGINT' ? 130 : 143)));
  });
}

/**
 * Runs a program quietly and keeps what it printed; where `doing` is given, says every few seconds that it still is.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string, doing?: string }} [options]
 * @returns {Promise<{ code: number, output: string, stdout: string }>}
 */
export function capture(command, args, options = {}) {
  return new Promise((resolve) => {
    const started = performance.now();
    const child = spawn(command, args, {
      cwd: options.cwd ?? root,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
    const { doing } = options;
    const progress = doing && setInterval(() => say(`  ${doing}, ${seconds(started)}`), PROGRESS_EVERY_MS);
    const stopChild = () => child.kill();
    process.on('exit', stopChild);
    const done = (/** @type {number} */ code) => {
      if (progress) clearInterval(progress);
      process.off('exit', stopChild);
      resolve({ code, output, stdout });
    };
    child.on('error', (error) => {
      output += error.message;
      done(127);
    });
    child.on('close', (code) => done(code ?? 143));
  });
}

/**
 * Runs a program quietly, and throws where it fails.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<string>} what it printed
 */
export async function must(program, args, options = {}) {
  const { code, output, stdout } = await capture(program, args, {
    ...options,
    doing: `${program} ${args[0]}`,
  });
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} failed:\n${output}`);
  return stdout;
}

/**
 * What an installed package calls its program; npm's own links to it would print npm's warnings too.
 * @param {string} name
 * @param {string} program
 */
export function binary(name, program) {
  const { bin } = JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8'));
  return join(root, 'node_modules', name, typeof bin === 'string' ? bin : bin[program]);
}

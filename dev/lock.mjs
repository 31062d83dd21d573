// @ts-check
import { readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { say } from './run.mjs';

const LOOK_AGAIN_MS = 500;
const SAY_EVERY = 20;

/**
 * Does `work` while no other process on this machine holds the file `path`. Waits for a living holder, and takes
 * over from one that died without letting go. What is locked must still be put in place by a rename: of two
 * processes that take over from the same dead holder in the same instant, both may come to work.
 * @template T
 * @param {string} path
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(path, work) {
  for (let round = 0; !(await take(path)); round++) {
    const holder = await readHolder(path);
    if (holder === null || !alive(holder)) await rm(path, { force: true });
    else {
      if (round % SAY_EVERY === 0) say(`  waiting for process ${holder}, which is busy with the same`);
      await sleep(LOOK_AGAIN_MS);
    }
  }
  const letGo = () => rm(path, { force: true });
  try {
    return await work();
  } finally {
    await letGo();
  }
}

/** @param {string} path */
async function take(path) {
  try {
    await writeFile(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * @param {string} path
 * @returns {Promise<number | null>} null when the lock is gone or holds no process id
 */
async function readHolder(path) {
  const text = await readFile(path, 'utf8').catch(() => '');
  return /^\d+$/.test(text) ? Number(text) : null;
}

/** @param {number} pid */
function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

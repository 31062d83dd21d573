// @ts-check
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where things lie: the clone, and the cache outside it that survives a `git clean`. */

export const root = fileURLToPath(new URL('..', import.meta.url));

/** `${XDG_CACHE_HOME:-~/.cache}/berth`. */
export const cacheFolder = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'berth');

/** With `CI=true` a part that is missing is a failure; elsewhere the tests that need it are skipped. */
export const strict = process.env['CI'] === 'true';

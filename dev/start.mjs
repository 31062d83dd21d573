// @ts-check
import { join } from 'node:path';
import { argv } from 'node:process';
import { pathToFileURL } from 'node:url';
import { buildIfStale } from './build.mjs';
import { requirePackages } from './parts/packages.mjs';
import { root } from './place.mjs';

/**
 * `npm start [-- arguments]`: the playground, from a fresh clone with nothing but Node. The command then runs in this
 * very process, so that its signals and its exit code are ours.
 */

await requirePackages();
await buildIfStale();
const program = join(root, 'dist/berth.mjs');
argv.splice(1, 1, program, 'playground');
process.setSourceMapsEnabled(true);
await import(pathToFileURL(program).href);

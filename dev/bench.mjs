// @ts-check
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { buildIfStale } from './build.mjs';
import { root } from './place.mjs';
import { run, say } from './run.mjs';
import { setUp } from './setup.mjs';

/** `npm run bench [-- names]`: runs `bench/<name>.ts` for each name, or all, one after another. */

if (!(await setUp())) process.exit(1);
await buildIfStale();

const all = readdirSync(join(root, 'bench'))
  .filter((name) => name.endsWith('.ts'))
  .map((name) => name.slice(0, -'.ts'.length))
  .sort();
const wanted = argv.slice(2);
const unknown = wanted.filter((name) => !all.includes(name));
if (unknown.length > 0 || all.length === 0) {
  say(`There is no benchmark ${unknown.join(', ')}; there are: ${all.join(', ') || 'none'}.`);
  process.exit(2);
}
let failed = 0;
for (const name of wanted.length > 0 ? wanted : all) {
  say(`\n${name}`);
  if ((await run(process.execPath, ['--expose-gc', '--import', 'tsx', `bench/${name}.ts`])) !== 0) failed++;
}
process.exitCode = failed === 0 ? 0 : 1;

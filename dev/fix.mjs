// @ts-check
import { requirePackages } from './parts/packages.mjs';
import { root } from './place.mjs';
import { binary, run } from './run.mjs';

/** `npm run fix`: formats, sorts imports and applies the linter's safe fixes. */

await requirePackages();
process.exitCode = await run(process.execPath, [binary('@biomejs/biome', 'biome'), 'check', '--write'], {
  cwd: root,
});

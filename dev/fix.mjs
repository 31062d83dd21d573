// @ts-check
import { providePackages } from './parts/packages.mjs';
import { root } from './place.mjs';
import { binary, run, say } from './run.mjs';

/** `npm run fix`: formats, sorts imports and applies the linter's safe fixes. */

const problem = await providePackages();
if (problem) {
  say(problem);
  process.exit(1);
}
process.exitCode = await run(process.execPath, [binary('@biomejs/biome', 'biome'), 'check', '--write'], {
  cwd: root,
});

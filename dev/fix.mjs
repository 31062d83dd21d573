// @ts-check
import { requirePackages } from './parts/packages.mjs';
import { root } from './place.mjs';
import { binary, run } from './run.mjs';

/** `npm run fix`: formats, sorts imports, applies the linter's safe fixes, and writes the pages that are made from the chart. */

await requirePackages();
// Its packages are there only now.
const { writeChartPages } = await import('./chart/readme.mjs');
writeChartPages();
process.exitCode = await run(process.execPath, [binary('@biomejs/biome', 'biome'), 'check', '--write'], {
  cwd: root,
});

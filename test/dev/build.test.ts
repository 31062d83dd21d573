import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { before, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { buildIfStale } from '../../dev/build.mjs';
import { root } from '../../dev/place.mjs';

before(() => buildIfStale());

/** What `programme` prints, run as a module by itself. */
const run = (programme: string): string =>
  execFileSync(process.execPath, ['--input-type=module', '-e', programme], { encoding: 'utf8' });

it('the build puts the package with native code beside the bundle, from where it can be loaded', () => {
  const koffi = pathToFileURL(join(root, 'dist/node_modules/koffi/index.js')).href;
  const printed = run(`
    const koffi = await import(${JSON.stringify(koffi)});
    console.log(koffi.load(null).func('int getpid()')() === process.pid);
  `);
  assert.equal(printed, 'true\n');
});

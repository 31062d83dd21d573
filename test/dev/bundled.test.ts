import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { bundledPlaces, licencesText } from '../../dev/parts/bundled.mjs';

const metafile = (inputs: Readonly<Record<string, number>>) => ({
  outputs: {
    'dist/a.mjs': {
      inputs: Object.fromEntries(
        Object.entries(inputs).map(([path, bytesInOutput]) => [path, { bytesInOutput }]),
      ),
    },
  },
});

describe('the packages in the bundle', () => {
  const rows: readonly [says: string, inputs: Readonly<Record<string, number>>, want: readonly string[]][] = [
    ['are none where only sources are in it', { 'src/main.ts': 9 }, []],
    [
      'are named once, whatever the number of files',
      { 'node_modules/a/x.js': 1, 'node_modules/a/y.js': 1 },
      ['node_modules/a'],
    ],
    ['keep their scope', { 'node_modules/@s/a/lib/x.js': 1 }, ['node_modules/@s/a']],
    [
      'include one that is inside of another',
      { 'node_modules/a/node_modules/@s/b/x.js': 1 },
      ['node_modules/a/node_modules/@s/b'],
    ],
    ['exclude those of which nothing was left', { 'node_modules/a/x.js': 0 }, []],
    [
      'are sorted',
      { 'node_modules/b/x.js': 1, 'node_modules/a/x.js': 1 },
      ['node_modules/a', 'node_modules/b'],
    ],
  ];
  for (const [says, inputs, want] of rows)
    it(says, () => assert.deepEqual(bundledPlaces([metafile(inputs)]), want));

  it('are told from all bundles together: the program and the pages', () => {
    const places = bundledPlaces([
      metafile({ 'node_modules/b/x.js': 1 }),
      metafile({ 'node_modules/a/x.js': 1 }),
    ]);
    assert.deepEqual(places, ['node_modules/a', 'node_modules/b']);
  });
});

it('the list of licences has a line for each package, and what its files say', () => {
  const root = mkdtempSync(join(tmpdir(), 'berth-licences-'));
  try {
    for (const name of ['a', 'b']) mkdirSync(join(root, 'node_modules', name), { recursive: true });
    writeFileSync(join(root, 'node_modules/a/LICENSE.md'), 'You may.\n');
    const text = licencesText(root, [
      { place: 'node_modules/a', name: 'a', version: '1.0.0', license: 'MIT' },
      { place: 'node_modules/b', name: 'b', version: '2.0.0', license: 'ISC' },
    ]);
    assert.match(text, /^a 1\.0\.0: MIT\nb 2\.0\.0: ISC$/m);
    assert.match(text, /^a 1\.0\.0\n-+\n\nYou may\.$/m);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});

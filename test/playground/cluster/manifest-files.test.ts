import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { readManifestPaths } from '../../../src/playground/cluster/manifest-files.ts';

const pod = (name: string): string => `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\n`;

describe('files and folders', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'berth-files-'));
    for (const name of ['b.yaml', 'a.yml', 'c.json', 'notes.txt'])
      writeFileSync(join(folder, name), pod(name[0] ?? ''));
    mkdirSync(join(folder, 'below.yaml'));
    mkdirSync(join(folder, 'empty'));
    mkdirSync(join(folder, 'only'));
    writeFileSync(join(folder, 'only', 'x.yaml'), pod('x'));
  });
  after(() => rmSync(folder, { recursive: true }));

  const read = async (...paths: readonly string[]): Promise<readonly string[]> => {
    const { manifests, problems } = await readManifestPaths(paths.map((path) => join(folder, path)));
    const bare = (place: string): string => place.replace(`${folder}/`, '');
    return [
      ...manifests.map(({ location }) => bare(location)),
      ...problems.map(({ location, message }) => `${bare(location)}: ${message}`),
    ];
  };

  it('a file, whatever its name', async () => assert.deepEqual(await read('notes.txt'), ['notes.txt:1']));

  it('a folder: its manifests by name, and nobody below it but what is called like one', async () =>
    assert.deepEqual(await read('.'), [
      'a.yml:1',
      'b.yaml:1',
      'c.json:1',
      'below.yaml: holds no .yaml, .yml or .json file',
    ]));

  it('in the order in which they are named', async () =>
    assert.deepEqual(await read('only', 'a.yml'), ['only/x.yaml:1', 'a.yml:1']));

  it('a folder without any says so', async () =>
    assert.deepEqual(await read('empty'), ['empty: holds no .yaml, .yml or .json file']));

  it('a name that leads nowhere is told, and the others are read', async () =>
    assert.deepEqual(await read('nowhere', 'a.yml'), [
      'a.yml:1',
      'nowhere: there is no such file or folder',
    ]));
});

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import { readManifests } from '../../../src/cli/files/read-files.ts';
import { createTempFolder } from '../support/temp-folder.ts';

const object = (name: string): string => `apiVersion: v1\nkind: A\nmetadata: {name: ${name}}\n`;
const nobody = (): Readable => Readable.from([]);

describe('files and folders', () => {
  it('reads a folder with what is below it, by name, and only manifests', async (test) => {
    const folder = createTempFolder(test, {
      'b.yaml': object('b'),
      'a.yml': object('a'),
      'c/d.json': '{"apiVersion":"v1","kind":"A","metadata":{"name":"d"}}',
      'README.md': 'not: [a manifest',
      '.git/x.yaml': 'not: [a manifest',
      'node_modules/x.yaml': 'not: [a manifest',
    });
    const read = await readManifests([folder], nobody());
    assert.ok(read.ok, JSON.stringify(read));
    assert.deepEqual(
      read.value.map(({ origin }) => origin.slice(folder.length + 1)),
      ['a.yml:1', 'b.yaml:1', 'c/d.json'],
    );
  });

  it('reads a file whatever its name ends in, and standard input', async (test) => {
    const folder = createTempFolder(test, { pools: object('a') });
    const read = await readManifests(
      [join(folder, 'pools'), '-'],
      Readable.from([object('b').slice(0, 9), object('b').slice(9)]),
    );
    assert.ok(read.ok, JSON.stringify(read));
    assert.deepEqual(
      read.value.map(({ origin }) => origin.slice(-16)),
      [`${join(folder, 'pools')}:1`.slice(-16), 'standard input:1'],
    );
  });

  it('complains of all of them at once', async (test) => {
    const folder = createTempFolder(test, { 'a.yaml': 'kind: A\n', 'b.yaml': '[\n' });
    mkdirSync(join(folder, 'empty'));
    const paths = [
      join(folder, 'a.yaml'),
      join(folder, 'b.yaml'),
      join(folder, 'c.yaml'),
      join(folder, 'empty'),
    ];
    const read = await readManifests([...paths, 'https://example.com/x.yaml'], nobody());
    assert.ok(!read.ok);
    const complaints = read.error.map((one) => one.replaceAll(`${folder}/`, ''));
    assert.match(complaints[1] ?? '', /^b\.yaml:2:1: is not YAML: /);
    assert.deepEqual(complaints.toSpliced(1, 1), [
      'a.yaml:1: is not a Kubernetes object: it has no apiVersion',
      'c.yaml: there is no such file or folder',
      'empty: holds no .yaml, .yml or .json file',
      'https://example.com/x.yaml: fetch it first (curl -O), and give the file',
    ]);
  });
});

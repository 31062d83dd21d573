import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import { formatManifestProblem } from '../../src/manifests/parse-manifests.ts';
import { readManifestFiles } from '../../src/manifests/read-files.ts';
import { createTempFolder } from '../cli/support/temp-folder.ts';

const object = (name: string): string => `apiVersion: v1\nkind: A\nmetadata: {name: ${name}}\n`;
const RECURSIVE = { stdin: null, recursive: true };
const FLAT = { stdin: null, recursive: false };

describe('files and folders', () => {
  it('reads the manifests of a folder by name, those of subfolders if recursive', async (test) => {
    const folder = createTempFolder(test, {
      'b.yaml': object('b'),
      'a.yml': object('a'),
      'c/d.json': '{"apiVersion":"v1","kind":"A","metadata":{"name":"d"}}',
      'README.md': 'not: [a manifest',
      '.git/x.yaml': 'not: [a manifest',
      'node_modules/x.yaml': 'not: [a manifest',
    });
    const locations = async (options: typeof FLAT): Promise<readonly string[]> => {
      const { manifests, problems } = await readManifestFiles([folder], options);
      assert.deepEqual(problems, []);
      return manifests.map(({ location }) => location.slice(folder.length + 1));
    };
    assert.deepEqual(await locations(RECURSIVE), ['a.yml:1', 'b.yaml:1', 'c/d.json']);
    assert.deepEqual(await locations(FLAT), ['a.yml:1', 'b.yaml:1']);
  });

  it('reads a file whatever its name ends in, and standard input', async (test) => {
    const folder = createTempFolder(test, { pools: object('a') });
    const stdin = Readable.from([object('b').slice(0, 9), object('b').slice(9)]);
    const { manifests, problems } = await readManifestFiles([join(folder, 'pools'), '-'], {
      ...{ stdin, recursive: false },
    });
    assert.deepEqual(problems, []);
    assert.deepEqual(
      manifests.map(({ location }) => location.slice(-16)),
      [`${join(folder, 'pools')}:1`.slice(-16), 'standard input:1'],
    );
  });

  it('reports all problems at once', async (test) => {
    const folder = createTempFolder(test, { 'a.yaml': 'kind: A\n', 'b.yaml': '[\n' });
    mkdirSync(join(folder, 'empty'));
    const paths = [
      join(folder, 'a.yaml'),
      join(folder, 'b.yaml'),
      join(folder, 'c.yaml'),
      join(folder, 'empty'),
    ];
    const { problems } = await readManifestFiles([...paths, 'https://example.com/x.yaml'], RECURSIVE);
    const errors = problems.map((one) => formatManifestProblem(one).replaceAll(`${folder}/`, ''));
    assert.match(errors[1] ?? '', /^b\.yaml:2:1: is not YAML: /);
    assert.deepEqual(errors.toSpliced(1, 1), [
      'a.yaml:1: is not a Kubernetes object: it has no apiVersion',
      'c.yaml: there is no such file or folder',
      'empty: holds no .yaml, .yml or .json file',
      'https://example.com/x.yaml: is a URL: fetch it with curl -O, and name the file',
    ]);
  });
});

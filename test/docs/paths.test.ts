/** Files and functions that the pages name exist, so that a move or a rename in the code reaches the pages. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, it } from 'node:test';
import { root } from '../../dev/place.mjs';
import { listRows, pagesOf } from './support/markdown.ts';

const pages = pagesOf(root);
const read = (page: string): string => readFileSync(join(root, page), 'utf8');

const FOLDERS = ['src', 'test', 'bench', 'dev', 'docs', 'deploy', 'examples', '.ci'];

const fileNames: ReadonlySet<string> = new Set(
  FOLDERS.flatMap((folder) => readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })).map(
    (path) => basename(path),
  ),
);

/** Paths from the root of the clone, in text and in commands. A placeholder, `<name>` or `NAME`, ends one. */
const pathsIn = (text: string): readonly string[] =>
  [...text.matchAll(/(?<![\w./-])(?:src|test|bench|dev|docs|deploy|examples|\.ci)\/[\w./-]*\w/g)].map(
    ([path]) => path,
  );

/** Paths of sources as the pages shorten them: from `src/`, or the name of the file alone. What the build makes is no source. */
const sourcesIn = (text: string): readonly string[] =>
  [...text.matchAll(/`(?!dist\/)([\w./-]+\.(?:ts|mjs))`/g)].map(([, path = '']) => path);

describe('the pages', () => {
  it('name folders and files that exist', () => {
    const missing = pages.flatMap((page) =>
      pathsIn(read(page))
        .filter((path) => !existsSync(join(root, path)))
        .map((path) => `${page}: ${path}`),
    );
    assert.deepEqual(missing, []);
  });

  it('name sources that exist', () => {
    const exists = (path: string): boolean =>
      path.includes('/')
        ? existsSync(join(root, path)) || existsSync(join(root, 'src', path))
        : fileNames.has(path);
    const missing = pages.flatMap((page) =>
      sourcesIn(read(page))
        .filter((path) => !exists(path))
        .map((path) => `${page}: ${path}`),
    );
    assert.deepEqual(missing, []);
  });
});

describe('CONTRIBUTING.md', () => {
  /** Rows of the tour: a file, what in it does the step, and what the step is. */
  const steps = listRows(read('CONTRIBUTING.md')).filter(([file = '']) => file.startsWith('`src/'));

  it('has a tour', () => assert.ok(steps.length >= 12));

  it('names functions that are in the files beside them', () => {
    const codes = (cell: string): readonly string[] =>
      [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
    const missing = steps.flatMap(([file = '', names = '']) => {
      const [path = ''] = codes(file);
      const text = read(path);
      return codes(names)
        .flatMap((code) => code.replace(/\(.*\)$/, '').split('.'))
        .filter((name) => !new RegExp(`(?<![\\w#])#?${name}\\b`).test(text))
        .map((name) => `${path}: ${name}`);
    });
    assert.deepEqual(missing, []);
  });
});

/** `docs/glossary.md` names things that exist, where they are, and each term once. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { root } from '../../dev/place.mjs';
import { layers } from '../architecture/layers.ts';

const read = (path: string): string => readFileSync(join(root, path), 'utf8');

type Row = {
  readonly term: string;
  readonly meaning: string;
  readonly symbol: string;
  readonly path: string;
};

const rows: readonly Row[] = read('docs/glossary.md')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| term |'))
  .map((line) => {
    const [, term = '', meaning = '', where = ''] = line.split('|').map((cell) => cell.trim());
    const [, symbol = '', path = ''] = /^`(\w+)` in `([\w./-]+)`$/.exec(where) ?? [];
    return { term, meaning, symbol, path };
  });

describe('the glossary', () => {
  it('has a row for more than fifty terms, each once', () => {
    assert.ok(rows.length > 50);
    assert.deepEqual(
      rows.map(({ term }) => term).filter((term, index, all) => all.indexOf(term) !== index),
      [],
    );
  });

  for (const { term, meaning, symbol, path } of rows)
    it(`${term}: the file of its row exports it`, () => {
      assert.ok(meaning !== '' && symbol !== '', 'a row has a term, a meaning, and a symbol in a path');
      assert.ok(existsSync(join(root, path)), `${path} does not exist`);
      const exported = new RegExp(
        `^export (abstract )?(async )?(interface|type|class|enum|const|function) ${symbol}\\b`,
        'm',
      );
      assert.match(read(path), exported);
    });

  it('has terms of every module that decides or announces', () => {
    const modules = layers.flat().filter((module) => existsSync(join(root, 'src', module)));
    const covered = (module: string): boolean => rows.some(({ path }) => path.startsWith(`src/${module}/`));
    const plain = ['base', 'net', 'observe', 'http-server', 'objects', 'cli'];
    assert.deepEqual(
      modules.filter((module) => !covered(module) && !plain.includes(module)),
      [],
    );
  });
});

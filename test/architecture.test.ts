import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { root } from '../dev/place.mjs';
import { findViolations, type TextFile } from './architecture/rules.ts';

/**
 * Holds the source tree to the rules in `test/architecture/`. When a rule is wrong, change it there and say why; each rule
 * has tests of its own beside it.
 */

const roots = [
  'src',
  'test',
  'bench',
  'dev',
  'docs',
  'deploy',
  'examples',
  '.ci',
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'SECURITY.md',
  'package.json',
];
const readable = /\.(ts|mjs|md|ya?ml|json)$|\/(run|Dockerfile)$/;
const excluded =
  /\/node_modules\/|\/fixtures\/|^test\/(calico|announce|layer2)\/support\/(cases\/|compare\.mjs$)/;

function filesIn(place: string): TextFile[] {
  const names = readdirSync(root, { withFileTypes: true });
  const entry = names.find(({ name }) => name === place);
  if (entry === undefined) return [];
  const paths = entry.isFile()
    ? [place]
    : readdirSync(join(root, place), { recursive: true, encoding: 'utf8' }).map((name) => join(place, name));
  return paths
    .filter((path) => readable.test(path) && !excluded.test(path))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

it('the source tree keeps its rules', () => {
  const files = roots.flatMap(filesIn);
  assert.ok(files.length > 20, 'the files of the clone were not found');
  const complaints = findViolations(files);
  assert.ok(complaints.length === 0, `\n${complaints.join('\n')}\n`);
});

/** Helpers for text that people read. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closestMatch } from '../../src/base/text.ts';

const rows: readonly (readonly [
  title: string,
  text: string,
  candidates: readonly string[],
  expected: string | null,
])[] = [
  ['two neighbours are exchanged', 'wbe', ['db', 'web'], 'web'],
  ['a letter is missing', 'prodction', ['production', 'protection'], 'production'],
  ['a letter is added', 'webb', ['web'], 'web'],
  ['a letter is another one', 'wec', ['web'], 'web'],
  ['capitals do not count', 'WEB', ['web'], 'web'],
  ['of two the nearer one', 'prod-a', ['prod-bc', 'prod-b'], 'prod-b'],
  ['of two that are as near the first one', 'prod-c', ['prod-a', 'prod-b'], 'prod-a'],
  ['nothing is near', 'web', ['database'], null],
  ['there are no candidates', 'web', [], null],
];

for (const [title, text, candidates, expected] of rows)
  test(`closest match: ${title}`, () => assert.equal(closestMatch(text, candidates), expected));

test('a text of a million characters is compared with no name', () => {
  assert.equal(closestMatch('x'.repeat(1_000_000), ['web']), null);
});

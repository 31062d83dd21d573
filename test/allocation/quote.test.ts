import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listFirst, quote } from '../../src/allocation/quote.ts';

const quotes: readonly [title: string, text: string, expected: string][] = [
  ['a name', 'web', '"web"'],
  ['quotes and line ends are escaped', 'a"b\n', '"a\\"b\\n"'],
  ['256 characters are shown', 'x'.repeat(256), `"${'x'.repeat(256)}"`],
  ['of a longer text the first 256', 'x'.repeat(257), `"${'x'.repeat(256)}…"`],
];

for (const [title, text, expected] of quotes)
  test(`quote: ${title}`, () => assert.equal(quote(text), expected));

const lists: readonly [title: string, items: readonly string[], expected: string][] = [
  ['none', [], ''],
  ['one', ['a'], 'a'],
  ['five are named', ['a', 'b', 'c', 'd', 'e'], 'a, b, c, d, e'],
  ['of six, five', ['a', 'b', 'c', 'd', 'e', 'f'], 'a, b, c, d, e and others'],
];

for (const [title, items, expected] of lists) {
  test(`list: ${title}`, () => assert.equal(listFirst(items), expected));
}

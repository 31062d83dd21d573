import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listSome, quote } from '../../src/allocation/quote.ts';

const quotes: readonly [says: string, text: string, want: string][] = [
  ['a name', 'web', '"web"'],
  ['quotes and line ends are escaped', 'a"b\n', '"a\\"b\\n"'],
  ['256 characters are shown', 'x'.repeat(256), `"${'x'.repeat(256)}"`],
  ['of more, the first 256', 'x'.repeat(257), `"${'x'.repeat(256)}…"`],
];

for (const [says, text, want] of quotes) test(`quote: ${says}`, () => assert.equal(quote(text), want));

const lists: readonly [says: string, items: readonly string[], want: string][] = [
  ['nobody', [], ''],
  ['one', ['a'], 'a'],
  ['five are named', ['a', 'b', 'c', 'd', 'e'], 'a, b, c, d, e'],
  ['of six, five', ['a', 'b', 'c', 'd', 'e', 'f'], 'a, b, c, d, e and others'],
];

for (const [says, items, want] of lists) {
  test(`enumerate: ${says}`, () => assert.equal(listSome(items), want));
}

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isPrintable, quoted, showControls } from '../../src/base/printable.ts';
import { underSeeds } from '../support/random.ts';

const CHARACTERS = [
  'a',
  '"',
  '\\',
  '/',
  'u',
  '\n',
  '\t',
  '\r',
  '\b',
  '\f',
  '\0',
  '\u001b',
  '\u007f',
  '\u009b',
];
const MARKS = ['\u202e', '\u2066', '\u2028', '\u200b', '\ufeff', '\u{e0041}', '€', '𝒳'];

describe('a text in quotes', () => {
  const ROWS: readonly (readonly [string, string, string])[] = [
    ['has the escapes of JSON', 'a"b\n', '"a\\"b\\n"'],
    ['shows C1, which JSON leaves as it is', 'a\u009bb', '"a\\u009bb"'],
    ['shows marks that hide text', 'a\u202eb', '"a\\u202eb"'],
  ];
  for (const [rule, text, expected] of ROWS) it(rule, () => assert.equal(quoted(text), expected));
});

describe('JSON for a page', () => {
  const ROWS: readonly (readonly [string, unknown, unknown])[] = [
    ['is the same without unsafe characters', { a: 'x "y" \\ /\n\tz €' }, { a: 'x "y" \\ /\n\tz €' }],
    ['shows controls', ['\u001b[2J', '\r', '\b'], ['\\u001b[2J', '\\u000d', '\\u0008']],
    ['shows marks that hide text', 'a\u202eb', 'a\\u202eb'],
    ['takes a written escape for what it is', '\\u001b', '\\u001b'],
    ['is about keys, too', { '\u0085': 1 }, { '\\u0085': 1 }],
  ];
  for (const [rule, value, shown] of ROWS)
    it(rule, () => assert.deepEqual(JSON.parse(showControls(JSON.stringify(value))), shown));

  it('stays JSON, and has no unsafe character but line breaks and tabs', () => {
    underSeeds(50, 2000, (random) => {
      const text = Array.from({ length: 20 }, () => random.pick([...CHARACTERS, ...MARKS])).join('');
      const shown: unknown = JSON.parse(showControls(JSON.stringify([text])));
      assert.ok(Array.isArray(shown) && typeof shown[0] === 'string');
      assert.ok(isPrintable(shown[0].replaceAll(/[\n\t]/g, '')), JSON.stringify(text));
      if (isPrintable(text.replaceAll(/[\n\t]/g, ''))) assert.equal(shown[0], text);
    });
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { matches, parseSelector } from '../../../src/calico/selector/selector.ts';
import { seeded, seeds } from '../../support/random.ts';

const LABELS = { role: 'db', zone: 'a', 'example.com/rack': 'r-12', empty: '' };

const rows: readonly (readonly [selector: string, matches: boolean])[] = [
  ['', true],
  ['   ', true],
  ['all()', true],
  ['all( )', true],
  ['global()', false],
  ['has(role)', true],
  ['has( role )', true],
  ['has(absent)', false],
  ['!has(absent)', true],
  ['!!has(role)', true],
  ['has(example.com/rack)', true],
  ['role == "db"', true],
  ["role == 'db'", true],
  ['role=="web"', false],
  ['role != "web"', true],
  ['absent != "web"', true],
  ['absent == ""', false],
  ['empty == ""', true],
  ['role in {"web", "db"}', true],
  ['role in {}', false],
  ['role not in {"web"}', true],
  ['role not  in { "db" }', false],
  ['absent not in {"web"}', true],
  ['absent in {"web"}', false],
  ['example.com/rack contains "-1"', true],
  ['absent contains ""', false],
  ['example.com/rack starts with "r-"', true],
  ['example.com/rack ends  with "12"', true],
  ['role == "db" && zone == "b"', false],
  ['role == "db" || zone == "b"', true],
  ['zone == "b" && role == "db" || has(empty)', true],
  ['zone == "b" && (role == "db" || has(empty))', false],
  ['!(zone == "b")', true],
  ['!zone == "b"', true],
  ['all() && has(zone)', true],
  // Names that begin like an operator are names.
  ['inside == "x"', false],
  ['!has(has)', true],
  ['allowed != "no"', true],
];

describe('a selector', () => {
  for (const [selector, wanted] of rows) {
    it(JSON.stringify(selector), () => {
      const parsed = parseSelector(selector);
      assert.ok(parsed.ok, JSON.stringify(parsed));
      assert.equal(matches(parsed.value, LABELS), wanted);
    });
  }
});

const wrong: readonly (readonly [selector: string, column: number, says: RegExp])[] = [
  ['role == "db', 9, /does not end/],
  ['role = "db"', 6, /written ==/],
  ['role == db', 9, /text in quotes/],
  ['role', 5, /expected ==/],
  ['has(role', 9, /expected \)/],
  ['has()', 5, /name of a label/],
  ['(role == "db"', 14, /expected \)/],
  ['role == "db" zone == "a"', 14, /expected && or/],
  ['role == "db" & zone == "a"', 14, /&&/],
  ['role in ["db"]', 9, /means nothing/],
  ['role in {"db"', 14, /expected , or \}/],
  ['role in {"db" "web"}', 15, /expected , or \}/],
  ['&& role == "db"', 1, /name of a label/],
  ['role == "db" &&', 16, /name of a label/],
  ['"role" == "db"', 1, /name of a label/],
  [`${'('.repeat(200)}all()${')'.repeat(200)}`, 101, /brackets/],
];

describe('a syntax error is reported with its column', () => {
  for (const [selector, column, says] of wrong) {
    it(JSON.stringify(selector.slice(0, 40)), () => {
      const parsed = parseSelector(selector);
      assert.ok(!parsed.ok);
      assert.match(parsed.error.message, says);
      assert.equal(parsed.error.column, column);
    });
  }
});

it('any text is a selector or has an error inside of it', () => {
  const pieces = [
    'has(',
    'role',
    ')',
    '"db"',
    "'",
    '==',
    '!',
    '&&',
    '||',
    ' ',
    'in',
    '{',
    '}',
    ',',
    'not',
    'all()',
    '(',
    'ß',
    '\n',
  ];
  for (const seed of seeds(300, 20_000)) {
    const random = seeded(seed);
    const text = Array.from({ length: random.below(12) }, () => random.pick(pieces)).join('');
    const parsed = parseSelector(text);
    if (parsed.ok) matches(parsed.value, LABELS);
    else assert.ok(parsed.error.column >= 1 && parsed.error.column <= text.length + 1, `${text} ${seed}`);
  }
});

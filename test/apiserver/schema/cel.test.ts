import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Json } from '../../../src/apiserver/object/value.ts';
import { compileRule } from '../../../src/apiserver/schema/cel.ts';
import type { Schema } from '../../../src/apiserver/schema/schema.ts';

const rows: readonly [title: string, rule: string, self: Json, holds: boolean][] = [
  ['a comparison', 'self >= 2', 2, true],
  ['and', 'self > 1 && self < 3', 3, false],
  ['or', 'self == 1 || self == 3', 3, true],
  ['not', '!(self == 1)', 1, false],
  ['precedence: and before or', 'true || false && false', null, true],
  ['precedence: times before plus', '1 + 2 * 3 == 7', null, true],
  ['a conditional', "self ? 'a' == 'a' : 1 / 0 == 1", true, true],
  ['a field', 'self.a.b == 1', { a: { b: 1 } }, true],
  ['a missing field breaks the rule', 'self.a == 1', {}, false],
  ['has guards a missing field', '!has(self.a) || self.a == 1', {}, true],
  ['an error on the left is ignored when the right decides', 'self.a == 1 || true', {}, true],
  ['an index', 'self[1] == "b"', ['a', 'b'], true],
  ['size of a list, as method and function', 'size(self) == 2 && self.size() == 2', ['a', 'b'], true],
  ['in a list', "self in ['a', 'b']", 'b', true],
  ['in the keys of a map', "'a' in self", { a: 1 }, true],
  ['all', 'self.all(x, x > 0)', [1, 0], false],
  ['exists', 'self.exists(x, x == 2)', [1, 2], true],
  ['matches', "self.matches('^a+$')", 'aaa', true],
  ['starts, ends, contains', "self.startsWith('a') && self.endsWith('c') && self.contains('b')", 'abc', true],
  [
    'durations compare',
    "duration(self) >= duration('1s') && duration(self) <= duration('65535s')",
    '1m30s',
    true,
  ],
  ['a duration too short', "duration(self) >= duration('1s')", '999ms', false],
  ['milliseconds of a duration', 'duration(self).getMilliseconds() % 1000 == 0', '1500ms', false],
  ['an invalid duration breaks the rule', "duration(self) > duration('0s')", 'soon', false],
  ['an escaped quote', "self == 'it\\'s'", "it's", true],
  ['map', 'self.map(x, x + 1) == [2]', [1], true],
  ['filter', 'self.filter(x, x > 1).size() == 1', [1, 2], true],
  ['a map literal', '{"a": 1} == self', { a: 1 }, true],
  ['an optional field', 'self.?a.orValue(1) == 1', {}, true],
  ['what an object inherits is not a field', 'has(self.constructor)', {}, false],
  ['a rule that gives no bool is broken', 'self', 1, false],
];

describe('a validation rule', () => {
  for (const [title, rule, self, holds] of rows) {
    it(title, () => assert.equal(compileRule({ rule })?.evaluate(self, undefined, {}), holds));
  }

  it('that refers to oldSelf is a transition rule', () => {
    const rule = compileRule({ rule: 'self == oldSelf' });
    assert.deepEqual(
      [rule?.needsOldSelf, rule?.evaluate('a', 'a', {}), rule?.evaluate('a', 'b', {})],
      [true, true, false],
    );
  });

  it('with optionalOldSelf is evaluated without an old value too', () => {
    const rule = compileRule({ rule: 'oldSelf.orValue(1) == self', optionalOldSelf: true });
    assert.deepEqual(
      [rule?.needsOldSelf, rule?.evaluate(1, undefined, {}), rule?.evaluate(2, 1, {})],
      [false, true, false],
    );
  });

  const typed: readonly [title: string, rule: string, schema: Schema, self: Json, holds: boolean][] = [
    ['an integer divides as one', 'self / 2 == 1', { type: 'integer' }, 3, true],
    ['a number divides as one', 'self / 2.0 == 1.5', { type: 'number' }, 3, true],
    [
      'date-time',
      "self > timestamp('2025-01-01T00:00:00Z')",
      { format: 'date-time' },
      '2026-01-01T00:00:00Z',
      true,
    ],
    ['duration', "self > duration('1m')", { format: 'duration' }, '90s', true],
    [
      'fields have the types of their schemas',
      'self.list.all(one, one.ratio < 1.0)',
      { properties: { list: { items: { properties: { ratio: { type: 'number' } } } } } },
      { list: [{ ratio: 0.5 }, { ratio: 1 }] },
      false,
    ],
  ];
  for (const [title, rule, schema, self, holds] of typed) {
    it(`takes values by their schema: ${title}`, () =>
      assert.equal(compileRule({ rule })?.evaluate(self, undefined, schema), holds));
  }
});

describe('a rule that does not compile is not enforced at all', () => {
  const unsupported = [
    'isURL(self)',
    'ip(self).family() == 4',
    'self.sum() == 1',
    'self.isSorted()',
    "self.find('a') == 'a'",
    'self.indexOf(1) == 0',
    'quantity(self).isInteger()',
    'other == 1',
    'self ==',
    'self.all(x)',
    'has(self)',
  ];
  for (const rule of unsupported) it(rule, () => assert.equal(compileRule({ rule }), null));
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ConfigIssue, formatIssue } from '../../src/config/issue.ts';
import { ObjectReader } from '../../src/config/object-reader.ts';
import { LEGACY_SELECTOR_FIELDS, readLabelSelector, readLabelSelectors } from '../../src/config/selector.ts';
import { formatSelector } from '../../src/objects/selector.ts';

function read(
  value: unknown,
  keys?: typeof LEGACY_SELECTOR_FIELDS,
): { says: string; issues: readonly string[] } {
  const issues: ConfigIssue[] = [];
  const reader = ObjectReader.of(value, 's', issues);
  assert.ok(reader);
  const selector = readLabelSelector(reader, issues, keys);
  return { says: formatSelector(selector), issues: issues.map(formatIssue) };
}

const expression = (fields: Readonly<Record<string, unknown>>): unknown => ({ matchExpressions: [fields] });

describe('readLabelSelector', () => {
  const good: readonly [says: string, value: unknown, read: string][] = [
    ['an empty selector matches everything', {}, 'everything'],
    ['labels', { matchLabels: { a: 'b', 'x.io/c': '' } }, 'a=b,x.io/c='],
    ['In', expression({ key: 'a', operator: 'In', values: ['b', 'c'] }), 'a in (b,c)'],
    ['NotIn', expression({ key: 'a', operator: 'NotIn', values: ['b'] }), 'a!=b'],
    ['Exists', expression({ key: 'a', operator: 'Exists', values: [] }), 'a'],
    ['DoesNotExist', expression({ key: 'a', operator: 'DoesNotExist' }), '!a'],
    [
      'both',
      { matchLabels: { a: 'b' }, ...(expression({ key: 'c', operator: 'Exists' }) as object) },
      'a=b,c',
    ],
    [
      'a name of 63 characters',
      { matchLabels: { ['a'.repeat(63)]: 'v'.repeat(63) } },
      `${'a'.repeat(63)}=${'v'.repeat(63)}`,
    ],
  ];
  for (const [says, value, wanted] of good) {
    it(says, () => assert.deepEqual(read(value), { says: wanted, issues: [] }));
  }

  const bad: readonly [says: string, value: unknown, complaint: RegExp][] = [
    ['no key', expression({ operator: 'Exists' }), /^s.matchExpressions\[0\].key: is required/],
    ['no operator', expression({ key: 'a' }), /^s.matchExpressions\[0\].operator: is required/],
    [
      'an operator in lower case',
      expression({ key: 'a', operator: 'in', values: ['b'] }),
      /operator: must be one of In, NotIn/,
    ],
    [
      'In without values',
      expression({ key: 'a', operator: 'In', values: [] }),
      /values: needs at least one value for the operator In/,
    ],
    [
      'NotIn without values',
      expression({ key: 'a', operator: 'NotIn' }),
      /values: needs at least one value for the operator NotIn/,
    ],
    [
      'Exists with values',
      expression({ key: 'a', operator: 'Exists', values: ['b'] }),
      /values: must be empty for the operator Exists/,
    ],
    [
      'DoesNotExist with values',
      expression({ key: 'a', operator: 'DoesNotExist', values: ['b'] }),
      /values: must be empty/,
    ],
    [
      'a key with a blank',
      { matchLabels: { 'a b': 'c' } },
      /^s.matchLabels\["a b"\]: "a b" cannot be the key/,
    ],
    ['a key of 64 characters', { matchLabels: { ['a'.repeat(64)]: 'c' } }, /cannot be the key/],
    ['a prefix in upper case', { matchLabels: { 'X.io/a': 'c' } }, /cannot be the key/],
    ['an empty prefix', { matchLabels: { '/a': 'c' } }, /cannot be the key/],
    ['a value with a slash', { matchLabels: { a: 'b/c' } }, /^s.matchLabels.a: "b\/c" cannot be the value/],
    ['a value of 64 characters', { matchLabels: { a: 'v'.repeat(64) } }, /cannot be the value/],
    [
      'an invalid value in an expression',
      expression({ key: 'a', operator: 'In', values: ['b', '-'] }),
      /^s.matchExpressions\[0\].values\[1\]: "-" cannot/,
    ],
    [
      'an unknown field',
      { matchLabel: {} },
      /^s.matchLabel: is not a known field: did you mean "matchLabels"/,
    ],
  ];
  for (const [says, value, complaint] of bad) {
    it(`refuses ${says}`, () => {
      const { issues } = read(value);
      assert.equal(issues.length, 1, issues.join('\n'));
      assert.match(issues[0] ?? '', complaint);
    });
  }

  it('reads the spelling of the old ConfigMap', () => {
    const value = { 'match-labels': { a: 'b' }, 'match-expressions': [{ key: 'c', operator: 'Exists' }] };
    assert.deepEqual(read(value, LEGACY_SELECTOR_FIELDS), { says: 'a=b,c', issues: [] });
  });

  const isA = { key: 'a', operator: 'In', values: ['1', '2'] };
  const repeated: readonly (readonly [rule: string, list: readonly unknown[], issues: readonly string[]])[] =
    [
      [
        'the order of labels has no meaning',
        [
          { matchLabels: { a: '1', b: '2' } },
          { matchLabels: { a: '1' } },
          { matchLabels: { b: '2', a: '1' } },
        ],
        ['list[2]: says the same as list[0]'],
      ],
      [
        'the order of values has no meaning',
        [{ matchExpressions: [isA] }, { matchExpressions: [{ ...isA, values: ['2', '1'] }] }],
        ['list[1]: says the same as list[0]'],
      ],
      ['two empty selectors', [{}, {}], ['list[1]: says the same as list[0]']],
      [
        'the same meaning in other words is allowed',
        [{ matchLabels: { a: '1' } }, { matchExpressions: [{ key: 'a', operator: 'In', values: ['1'] }] }],
        [],
      ],
      [
        'an expression twice in one selector',
        [{ matchExpressions: [isA, isA] }],
        ['list[0].matchExpressions[1]: says the same as list[0].matchExpressions[0]'],
      ],
      [
        'an expression twice in two selectors',
        [{ matchExpressions: [isA] }, { matchLabels: { b: '' }, matchExpressions: [isA] }],
        [],
      ],
      [
        'a value twice in one expression',
        [{ matchExpressions: [{ ...isA, values: ['1', '2', '1'] }] }],
        ['list[0].matchExpressions[0].values[2]: "1" is listed twice'],
      ],
    ];
  for (const [rule, list, expected] of repeated) {
    it(`in a list: ${rule}`, () => {
      const issues: ConfigIssue[] = [];
      const reader = ObjectReader.of({ list }, '', issues);
      assert.ok(reader);
      assert.equal(readLabelSelectors(reader, 'list', issues).length, list.length);
      assert.deepEqual(issues.map(formatIssue), expected);
    });
  }
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type ConfigIssue,
  fieldPath,
  formatIssue,
  QUOTED_CHARS_MAX,
  quoteText,
} from '../../src/config/issue.ts';
import { ObjectReader } from '../../src/config/object-reader.ts';

/** The errors of reading `value` with `read`, one line each. */
function issueLines(value: unknown, read: (reader: ObjectReader) => unknown): readonly string[] {
  const issues: ConfigIssue[] = [];
  const reader = ObjectReader.of(value, 'top', issues);
  if (reader !== null) {
    read(reader);
    reader.rejectUnknownFields();
  }
  return issues.map(formatIssue);
}

describe('ObjectReader', () => {
  const rows: readonly [
    says: string,
    value: unknown,
    read: (reader: ObjectReader) => unknown,
    complaints: readonly string[],
  ][] = [
    ['a text', { a: 'x' }, (r) => r.string('a'), []],
    ['a text that is a number', { a: 5 }, (r) => r.string('a'), ['top.a: must be a text, not the number 5']],
    ['a required text', {}, (r) => r.requiredString('a'), ['top.a: is required']],
    ['an empty required text', { a: '' }, (r) => r.requiredString('a'), ['top.a: is required']],
    [
      'a required text of the wrong type has one error',
      { a: [] },
      (r) => r.requiredString('a'),
      ['top.a: must be a text, not a list'],
    ],
    ['null is absent', { a: null, b: null }, (r) => [r.string('a'), r.strings('b')], []],
    [
      'a boolean as a text',
      { a: 'true' },
      (r) => r.boolean('a'),
      ['top.a: must be true or false, not the text "true"'],
    ],
    [
      'a fraction',
      { a: 1.5 },
      (r) => r.integer('a', { min: 0, max: 9 }),
      ['top.a: must be a whole number, not the number 1.5'],
    ],
    [
      'a number out of bounds',
      { a: 10 },
      (r) => r.integer('a', { min: 0, max: 9 }),
      ['top.a: must be from 0 to 9, not the number 10'],
    ],
    [
      'a number on the bounds',
      { a: 0, b: 9 },
      (r) => [r.integer('a', { min: 0, max: 9 }), r.integer('b', { min: 0, max: 9 })],
      [],
    ],
    [
      'every invalid element of a list, with its index',
      { a: ['x', 1, 'y', null] },
      (r) => r.strings('a'),
      ['top.a[1]: must be a text, not the number 1', 'top.a[3]: must be a text, not nothing'],
    ],
    [
      'a value that is no list',
      { a: 'x' },
      (r) => r.strings('a'),
      ['top.a: must be a list, not the text "x"'],
    ],
    [
      'objects in a list',
      { a: [{}, 5] },
      (r) => r.objects('a'),
      ['top.a[1]: must be an object, not the number 5'],
    ],
    [
      'a map',
      { a: { 'b/c': 5, d: 'e' } },
      (r) => r.stringMap('a'),
      ['top.a["b/c"]: must be a text, not the number 5'],
    ],
    ['a value that is no map', { a: [] }, (r) => r.stringMap('a'), ['top.a: must be an object, not a list']],
    [
      'an unknown field, with a suggestion',
      { addreses: [] },
      (r) => r.strings('addresses'),
      ['top.addreses: is not a known field: did you mean "addresses"?'],
    ],
    [
      'an unknown field without a similar name',
      { zebra: 1 },
      (r) => r.string('addresses'),
      ['top.zebra: is not a known field'],
    ],
    ['an ignored field', { status: 1 }, (r) => r.ignore('status'), []],
    [
      'inherited property names are not fields',
      {},
      (r) => [r.string('constructor'), r.object('__proto__')],
      [],
    ],
    ['no object at all', 'x', () => {}, ['top: must be an object, not the text "x"']],
    ['a list is no object', [], () => {}, ['top: must be an object, not a list']],
  ];
  for (const [says, value, read, wanted] of rows) {
    it(says, () => assert.deepEqual(issueLines(value, read), wanted));
  }

  it('treats an invalid value as absent', () => {
    const issues: ConfigIssue[] = [];
    const reader = ObjectReader.of({ a: 5, b: 'x', c: 99 }, '', issues);
    assert.deepEqual(
      [reader?.string('a'), reader?.boolean('b'), reader?.integer('c', { min: 0, max: 9 })],
      [undefined, undefined, undefined],
    );
    assert.equal(issues.length, 3);
  });
});

describe('paths and values in errors', () => {
  it('are written as in a manifest', () => {
    assert.equal(fieldPath('', 'spec'), 'spec');
    assert.equal(fieldPath('peers[0]', 'my-asn'), 'peers[0].my-asn');
    assert.equal(fieldPath('matchLabels', 'app.kubernetes.io/name'), 'matchLabels["app.kubernetes.io/name"]');
  });

  it('are short and on one line', () => {
    const shown = quoteText('x\n'.repeat(50_000));
    assert.ok(shown.length < 3 * QUOTED_CHARS_MAX, `${shown.length} characters`);
    assert.ok(!shown.includes('\n'));
    assert.ok(fieldPath('spec', 'k'.repeat(100_000)).length < 200_000);
    const [line] = issueLines({ ['k y'.repeat(40_000)]: 1 }, () => {});
    assert.ok(line !== undefined && line.length < 4 * QUOTED_CHARS_MAX, `${line?.length} characters`);
  });
});

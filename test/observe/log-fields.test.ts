import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorText, ITEMS_MAX, TEXT_CHARS_MAX, toLogFields } from '../../src/observe/log-fields.ts';

const circular: Record<string, unknown> = { name: 'ring' };
circular['self'] = circular;

const twice = { a: 1 };

const rows: readonly [says: string, value: unknown, want: unknown][] = [
  ['a text is unchanged', 'default/web', 'default/web'],
  ['a number is unchanged', 42, 42],
  ['NaN becomes a text, since JSON has none', Number.NaN, 'NaN'],
  ['infinity becomes a text', Number.POSITIVE_INFINITY, 'Infinity'],
  ['a bigint is its digits', 2n ** 70n, '1180591620717411303424'],
  ['null is unchanged', null, null],
  ['a set is a list', new Set(['a', 'b']), ['a', 'b']],
  ['a map is an object', new Map<unknown, unknown>([['a', 1n]]), { a: '1' }],
  ['a date is its text', new Date(0), '1970-01-01T00:00:00.000Z'],
  ['an invalid date does not throw', new Date(Number.NaN), 'Invalid Date'],
  ['bytes are counted, not shown', new Uint8Array(5), '(5 bytes)'],
  ['a function is named', () => 1, '(function)'],
  ['a symbol is named', Symbol('s'), '(symbol)'],
  ['a cycle is cut', circular, { name: 'ring', self: '(circular)' }],
  ['the same object twice is no cycle', { x: twice, y: twice }, { x: { a: 1 }, y: { a: 1 } }],
  ['undefined in a list becomes null', [1, undefined], [1, null]],
  [
    'the depth is limited',
    { a: { b: { c: { d: { e: { f: 1 } } } } } },
    { a: { b: { c: { d: { e: '(object)' } } } } },
  ],
  [
    'a secret is hidden by its name',
    { token: 'abc', secretName: 'memberlist' },
    { token: '(hidden)', secretName: 'memberlist' },
  ],
  [
    'in any spelling of the name',
    { 'client-key-data': 'x', bgpPassword: 'x', my_secret: 'x', Authorization: 'x' },
    {
      'client-key-data': '(hidden)',
      bgpPassword: '(hidden)',
      my_secret: '(hidden)',
      Authorization: '(hidden)',
    },
  ],
  ['credentials in a text are hidden', 'got Bearer abcdefghijkl from it', 'got (hidden) from it'],
  ['tokens in a text are hidden', 'x eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJr.c2ln y', 'x (hidden) y'],
];

for (const [says, value, want] of rows) {
  test(`fields: ${says}`, () => assert.deepEqual(toLogFields({ value }), { value: want }));
}

test('fields: undefined is left out', () => {
  assert.deepEqual(Object.keys(toLogFields({ a: undefined, b: 1 })), ['b']);
});

test('fields: a secret at the top is hidden as well', () => {
  assert.deepEqual(toLogFields({ password: 'x' }), { password: '(hidden)' });
});

test('fields: a getter that throws is named', () => {
  const owner = {
    get bad(): string {
      throw new Error('not today');
    },
  };
  assert.deepEqual(toLogFields({ owner }), { owner: { bad: '(unreadable: not today)' } });
});

test('fields: long texts, lists and objects are truncated, with a mark', () => {
  const list = Array.from({ length: ITEMS_MAX + 5 }, (_, i) => i);
  const big = Object.fromEntries(list.map((i) => [`k${i}`, i]));
  const said = toLogFields({ text: 'x'.repeat(100_000), list, big });
  assert.equal(String(said['text']).length, TEXT_CHARS_MAX + '… (100000 characters)'.length);
  assert.equal((said['list'] as unknown[]).at(-1), '… 5 more');
  assert.equal((said['big'] as Record<string, unknown>)['…'], '5 more');
});

const reset = Object.assign(new Error('read reset'), { code: 'ECONNRESET' });

const errors: readonly [says: string, error: unknown, want: string][] = [
  ['its message', new Error('no'), 'no'],
  [
    'its causes, the outermost first, with their codes',
    new Error('no list', { cause: reset }),
    'no list: read reset (ECONNRESET)',
  ],
  ['its name where it is specific', new TypeError('x is not a function'), 'TypeError: x is not a function'],
  ['its name if it has no message', new RangeError(), 'RangeError'],
  ['a thrown value that is no error', 'just text', 'just text'],
  ['an object that was thrown', { status: 500 }, '{"status":500}'],
  [
    'all errors of an AggregateError',
    new AggregateError([new Error('a'), reset], 'both'),
    'AggregateError: both [a; read reset (ECONNRESET)]',
  ],
];

for (const [says, error, want] of errors) {
  test(`the text of an error has ${says}`, () => assert.equal(errorText(error), want));
}

test('an error that is its own cause is cut', () => {
  const ring = new Error('ring');
  ring.cause = ring;
  assert.match(errorText(ring), /^ring(: ring)*$/);
});

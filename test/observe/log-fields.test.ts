import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorText, ITEMS_MAX, TEXT_CHARS_MAX, toLogFields } from '../../src/observe/log-fields.ts';

const circular: Record<string, unknown> = { name: 'ring' };
circular['self'] = circular;

const twice = { a: 1 };

const rows: readonly [says: string, value: unknown, want: unknown][] = [
  ['text stays text', 'default/web', 'default/web'],
  ['a number too', 42, 42],
  ['but JSON knows no NaN', Number.NaN, 'NaN'],
  ['nor infinity', Number.POSITIVE_INFINITY, 'Infinity'],
  ['a bigint is its digits', 2n ** 70n, '1180591620717411303424'],
  ['null stays null', null, null],
  ['a set is a list', new Set(['a', 'b']), ['a', 'b']],
  ['a map is an object', new Map<unknown, unknown>([['a', 1n]]), { a: '1' }],
  ['a date is its text', new Date(0), '1970-01-01T00:00:00.000Z'],
  ['a date that is none does not throw', new Date(Number.NaN), 'Invalid Date'],
  ['bytes are counted, not shown', new Uint8Array(5), '(5 bytes)'],
  ['a function is named', () => 1, '(function)'],
  ['a symbol too', Symbol('s'), '(symbol)'],
  ['a circle ends', circular, { name: 'ring', self: '(circular)' }],
  ['the same object twice is no circle', { x: twice, y: twice }, { x: { a: 1 }, y: { a: 1 } }],
  ['what is undefined in a list holds its place', [1, undefined], [1, null]],
  ['depth ends', { a: { b: { c: { d: { e: { f: 1 } } } } } }, { a: { b: { c: { d: { e: '(object)' } } } } }],
  [
    'a secret is hidden by its name',
    { token: 'abc', secretName: 'memberlist' },
    { token: '(hidden)', secretName: 'memberlist' },
  ],
  [
    'however it is written',
    { 'client-key-data': 'x', bgpPassword: 'x', my_secret: 'x', Authorization: 'x' },
    {
      'client-key-data': '(hidden)',
      bgpPassword: '(hidden)',
      my_secret: '(hidden)',
      Authorization: '(hidden)',
    },
  ],
  ['credentials in a text are hidden', 'got Bearer abcdefghijkl from it', 'got (hidden) from it'],
  ['tokens too, wherever they stand', 'x eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJr.c2ln y', 'x (hidden) y'],
];

for (const [says, value, want] of rows) {
  test(`fields: ${says}`, () => assert.deepEqual(toLogFields({ value }), { value: want }));
}

test('fields: what is undefined is left out', () => {
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

test('fields: long texts, lists and objects are cut, and say so', () => {
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
  [
    'its name where that says something',
    new TypeError('x is not a function'),
    'TypeError: x is not a function',
  ],
  ['its name where there is nothing else', new RangeError(), 'RangeError'],
  ['what was thrown although it is no error', 'just text', 'just text'],
  ['an object that was thrown', { status: 500 }, '{"status":500}'],
  [
    'all of several',
    new AggregateError([new Error('a'), reset], 'both'),
    'AggregateError: both [a; read reset (ECONNRESET)]',
  ],
];

for (const [says, error, want] of errors) {
  test(`an error says ${says}`, () => assert.equal(errorText(error), want));
}

test('an error that is its own cause ends', () => {
  const ring = new Error('ring');
  ring.cause = ring;
  assert.match(errorText(ring), /^ring(: ring)*$/);
});

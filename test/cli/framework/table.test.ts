import assert from 'node:assert/strict';
import { it } from 'node:test';
import { formatElapsed } from '../../../src/cli/framework/elapsed.ts';
import { type TableColumn, tableLines } from '../../../src/cli/framework/table.ts';
import { PLAIN_FORMAT } from '../support/plain-format.ts';

const COLUMNS: readonly TableColumn[] = [
  { name: 'NAME', canShrink: true },
  { name: 'PLACE', canShrink: true },
  { name: 'COUNT', alignRight: true },
];

it('a table is as wide as its cells, numbers at the right edge', () => {
  const lines = tableLines(
    COLUMNS,
    [
      ['a', 'b', '7'],
      ['longer', 'c', '12345678'],
    ],
    PLAIN_FORMAT,
    2,
  );
  assert.deepEqual(lines, [
    '  NAME    PLACE     COUNT',
    '  a       b             7',
    '  longer  c      12345678',
  ]);
});

it('the widest cell is cut to the width of the terminal, and columns that are shown in full are not', () => {
  const [, line = ''] = tableLines(COLUMNS, [['x'.repeat(200), 'short', '1'.repeat(30)]], PLAIN_FORMAT);
  assert.equal(line.length, 100);
  assert.match(line, /^x+… {2}short {2}1{30}$/);
});

it('a style is put around a cell and counts for nothing', () => {
  const paint = (_: unknown, text: string): string => `<${text}>`;
  const [, line] = tableLines(COLUMNS, [[{ text: 'a', style: 'red' }, 'b', '1']], { ...PLAIN_FORMAT, paint });
  assert.equal(line, '<a>     b          1');
});

it('a wide terminal shows more of a cell', () => {
  const [, line = ''] = tableLines(COLUMNS, [['x'.repeat(110), 'short', '1']], {
    ...PLAIN_FORMAT,
    columns: 140,
  });
  assert.match(line, /^x{110} {2}short {6}1$/);
});

const FROM = '2026-01-01T00:00:00.000Z';
const spans: readonly (readonly [until: string, says: string])[] = [
  ['2026-01-01T00:00:00.900Z', '0 s'],
  ['2026-01-01T00:00:59Z', '59 s'],
  ['2026-01-01T00:01:00Z', '1 min'],
  ['2026-01-01T03:12:30Z', '3 h 12 min'],
  ['2026-01-04T01:00:00Z', '3 d 1 h'],
  ['2025-12-31T23:00:00Z', '0 s'],
  ['no time', ''],
];
for (const [until, says] of spans) {
  it(`until ${until} the elapsed time is ${says || 'unknown'}`, () =>
    assert.equal(formatElapsed(FROM, until), says));
}

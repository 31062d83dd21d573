import assert from 'node:assert/strict';
import { it } from 'node:test';
import { noColor } from '../../../src/cli/framework/color.ts';
import { formatElapsed } from '../../../src/cli/framework/elapsed.ts';
import { printTable, type TableColumn } from '../../../src/cli/framework/table.ts';

const COLUMNS: readonly TableColumn[] = [
  { name: 'NAME', canShrink: true },
  { name: 'PLACE', canShrink: true },
  { name: 'COUNT', alignRight: true },
];

it('a table is as wide as its cells, numbers at the right edge', () => {
  const lines = printTable(
    COLUMNS,
    [
      ['a', 'b', '7'],
      ['longer', 'c', '12345678'],
    ],
    noColor,
    2,
  );
  assert.deepEqual(lines, [
    '  NAME    PLACE     COUNT',
    '  a       b             7',
    '  longer  c      12345678',
  ]);
});

it('what is too wide is cut where it is widest, and whole columns stay whole', () => {
  const [, line = ''] = printTable(COLUMNS, [['x'.repeat(200), 'short', '1'.repeat(30)]], noColor);
  assert.equal(line.length, 100);
  assert.match(line, /^x+… {2}short {2}1{30}$/);
});

it('a style is put around a cell and counts for nothing', () => {
  const paint = (_: unknown, text: string): string => `<${text}>`;
  const [, line] = printTable(COLUMNS, [[{ text: 'a', style: 'red' }, 'b', '1']], paint);
  assert.equal(line, '<a>     b          1');
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
  it(`until ${until} it has been ${says || 'nobody knows how long'}`, () =>
    assert.equal(formatElapsed(FROM, until), says));
}

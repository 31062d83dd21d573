import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { StyledSection } from '../../src/base/styled-text.ts';
import { proseLines } from '../../src/cli/framework/lines.ts';
import { styledSections } from '../../src/observe/styled-output.ts';
import type { TextFormat } from '../../src/observe/terminal.ts';

const plain = (text: string) => ({ text, style: null });
const LONG = 'word '.repeat(100).trim();

const rows: readonly [
  says: string,
  print: (format: TextFormat) => readonly string[],
  want: readonly StyledSection[],
][] = [
  ['nothing has no section', () => [], []],
  ['an empty line separates sections', () => ['a', '', '', 'b'], [[[plain('a')]], [[plain('b')]]]],
  [
    'a painted text is a span',
    ({ paint }) => [`  ${paint('red', 'no')} address`],
    [[[plain('  '), { text: 'no', style: 'red' }, plain(' address')]]],
  ],
  ['lines are not wrapped', (format) => proseLines(LONG, format), [[[plain(LONG)]]]],
  [
    'characters that hide what a text says are escaped',
    () => ['a\u202eb\u001b[31mc'],
    [[[plain('a\\u202eb\\u001b[31mc')]]],
  ],
];

describe('styled output', () => {
  for (const [says, print, want] of rows) it(says, () => assert.deepEqual(styledSections(print), want));
});

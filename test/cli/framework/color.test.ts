import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { colorizerFor } from '../../../src/cli/framework/color.ts';

const rows: readonly [
  says: string,
  isTTY: boolean | undefined,
  environment: Readonly<Record<string, string>>,
  coloured: boolean,
][] = [
  ['a terminal', true, {}, true],
  ['a pipe', undefined, {}, false],
  ['a file, whatever the terminal is called', false, { TERM: 'xterm' }, false],
  ['a terminal whose owner wants none', true, { NO_COLOR: '1' }, false],
  ['a terminal with NO_COLOR set to nothing', true, { NO_COLOR: '' }, true],
  ['a terminal that has none', true, { TERM: 'dumb' }, false],
];

describe('colour', () => {
  for (const [says, isTTY, environment, coloured] of rows) {
    it(`is ${coloured ? '' : 'not '}for ${says}`, () => {
      const paint = colorizerFor(isTTY === undefined ? {} : { isTTY }, environment);
      assert.equal(paint('red', 'text'), coloured ? '\u001b[31mtext\u001b[0m' : 'text');
      assert.equal(paint('red', ''), '');
    });
  }
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { columnsOf, createTerminal, usesColor } from '../../src/observe/terminal.ts';
import { CapturedStream } from '../cli/support/run-command.ts';

type Environment = Readonly<Record<string, string>>;

function openTerminal(isTTY: boolean, environment: Environment = {}) {
  const stream = new CapturedStream();
  stream.isTTY = isTTY;
  return { stream, terminal: createTerminal(stream, environment) };
}

describe('colour is used', () => {
  const rows: readonly [
    where: string,
    isTTY: boolean | undefined,
    environment: Environment,
    used: boolean,
  ][] = [
    ['at a terminal', true, {}, true],
    ['in a pipe', undefined, {}, false],
    ['in a file, whatever TERM is', false, { TERM: 'xterm' }, false],
    ['with NO_COLOR set', true, { NO_COLOR: '1' }, false],
    ['with an empty NO_COLOR', true, { NO_COLOR: '' }, true],
    ['at a dumb terminal', true, { TERM: 'dumb' }, false],
  ];
  for (const [where, isTTY, environment, used] of rows) {
    it(`${where}: ${used ? 'yes' : 'no'}`, () => {
      assert.equal(usesColor(isTTY === undefined ? {} : { isTTY }, environment), used);
    });
  }
});

describe('the width is', () => {
  const rows: readonly [what: string, columns: number | undefined, environment: Environment, want: number][] =
    [
      ['that of the terminal', 132, {}, 132],
      ['100 where there is no terminal', undefined, {}, 100],
      ['COLUMNS where it is set', 132, { COLUMNS: '80' }, 80],
      ['COLUMNS also in a pipe', undefined, { COLUMNS: '200' }, 200],
      ['that of the terminal if COLUMNS is no number', 132, { COLUMNS: 'wide' }, 132],
      ['40 at least', 10, {}, 40],
    ];
  for (const [what, columns, environment, want] of rows) {
    it(what, () => assert.equal(columnsOf(columns === undefined ? {} : { columns }, environment), want));
  }
});

describe('a printed line', () => {
  it('has the styles of paint at a terminal, and none elsewhere', () => {
    for (const isTTY of [true, false]) {
      const { stream, terminal } = openTerminal(isTTY);
      terminal.print([`${terminal.paint('red', 'wrong')}: ${terminal.paint('bold', '')}x`]);
      assert.equal(stream.text, isTTY ? '\u001b[31mwrong\u001b[0m: x\n' : 'wrong: x\n');
    }
  });

  const hostile: readonly [what: string, text: string, want: string][] = [
    ['an escape sequence', 'a\u001b[2Jb', 'a\\u001b[2Jb'],
    ['a title of the window', '\u001b]0;x\u0007', '\\u001b]0;x\\u0007'],
    ['an eight-bit control sequence', '\u009b31m', '\\u009b31m'],
    ['line breaks and tabs', 'a\nb\rc\td', 'a\\u000ab\\u000dc\\u0009d'],
    ['a right-to-left override', 'a\u202eb', 'a\\u202eb'],
    ['an invisible character', 'a\u200bb', 'a\\u200bb'],
    ['a line separator', 'a\u2028b', 'a\\u2028b'],
    ['a tag of a higher plane', 'a\u{e0041}b', 'a\\udb40\\udc41b'],
    ['DEL', 'a\u007fb', 'a\\u007fb'],
  ];
  for (const [what, text, want] of hostile) {
    it(`shows ${what} as an escape, also inside of a style`, () => {
      const { stream, terminal } = openTerminal(true);
      terminal.print([text, terminal.paint('dim', text)]);
      assert.equal(stream.text, `${want}\n\u001b[2m${want}\u001b[0m\n`);
    });
  }

  it('does not take a style from an earlier text', () => {
    const { stream, terminal } = openTerminal(true);
    terminal.print(['\u001b[31mred\u001b[0m']);
    assert.equal(stream.text, '\\u001b[31mred\\u001b[0m\n');
  });

  it('keeps letters of all scripts', () => {
    const { stream, terminal } = openTerminal(false);
    terminal.print(['äß 中文 عربي 🙂']);
    assert.equal(stream.text, 'äß 中文 عربي 🙂\n');
  });
});

it('a status line is overwritten and cleared', () => {
  const { stream, terminal } = openTerminal(true);
  terminal.showStatus('1 read');
  terminal.showStatus('2\u001bread');
  terminal.clearStatus();
  assert.equal(stream.text, '\r\u001b[K1 read\r\u001b[K2\\u001bread\r\u001b[K');
});

/**
 * The one place where text becomes output for people: a line is escaped, coloured and written here. Texts of a cluster, a
 * router or a file reach a terminal only through it, so none of them can steer one.
 */
import { randomBytes } from 'node:crypto';
import type { Writable } from 'node:stream';
import { escapeControls } from '../base/printable.ts';
import type { TextStyle } from '../base/styled-text.ts';

/** SGR codes (ECMA-48 8.3.117). */
const STYLES: Readonly<Record<TextStyle, number>> = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 };

/** Gives a text its style, or leaves it as it is. Widths are counted before. */
export type Colorize = (style: TextStyle, text: string) => string;

/** How text is laid out: what every printer of lines needs to know of the terminal. */
export type TextFormat = {
  readonly paint: Colorize;
  /** Width of a line, in columns. */
  readonly columns: number;
};

/** Where lines go that people read. */
export interface Terminal extends TextFormat {
  /** Whether a person sits before it: a line may then be written over. */
  readonly isInteractive: boolean;
  /** Each is one line, whatever characters are in it. */
  print(lines: readonly string[]): void;
  /** Shows these lines on an empty screen. Only where `isInteractive`. */
  redraw(lines: readonly string[]): void;
  /** Writes over the line that `showStatus` wrote last. Only where `isInteractive`. */
  showStatus(line: string): void;
  /** Removes the line that `showStatus` wrote last. */
  clearStatus(): void;
}

export type OutputStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

type Environment = Readonly<Record<string, string | undefined>>;

/** Where nothing is known of the width: a pipe, a file. */
export const COLUMNS_DEFAULT = 100;
const COLUMNS_MIN = 40;

/** `COLUMNS` where it is set, else the terminal's own width, else 100; at least 40. */
export function columnsOf(stream: Pick<OutputStream, 'columns'>, environment: Environment): number {
  const fromEnvironment = /^\d{1,5}$/.test(environment['COLUMNS'] ?? '') ? Number(environment['COLUMNS']) : 0;
  return Math.max(COLUMNS_MIN, fromEnvironment || (stream.columns ?? 0) || COLUMNS_DEFAULT);
}

/** Colour is for a terminal alone; NO_COLOR (https://no-color.org: present and not empty) and TERM=dumb turn it off. */
export function usesColor(stream: Pick<OutputStream, 'isTTY'>, environment: Environment): boolean {
  return stream.isTTY === true && (environment['NO_COLOR'] ?? '') === '' && environment['TERM'] !== 'dumb';
}

export const noColor: Colorize = (_, text) => text;

/** Of work whose progress nobody looks at. */
export const SILENT_TERMINAL: Terminal = {
  isInteractive: false,
  paint: noColor,
  columns: COLUMNS_DEFAULT,
  print: () => {},
  redraw: () => {},
  showStatus: () => {},
  clearStatus: () => {},
};

const CLEAR_LINE = '\r\u001b[K';
/** Cursor to the upper left, and everything behind it erased (ECMA-48 8.3.21, 8.3.39). */
const CLEAR_SCREEN = '\u001b[H\u001b[J';

/**
 * `write` takes whole texts; without it they go to the stream. Styles travel inside of the lines between marks that hold a
 * random number, so that no text from outside can pass for one.
 */
export function createTerminal(
  stream: OutputStream,
  environment: Environment,
  write: (text: string) => void = (text) => stream.write(text),
): Terminal {
  const nonce = randomBytes(9).toString('hex');
  const mark = (code: number): string => `\u001b${nonce}${code};`;
  const marks = new RegExp(`(\u001b${nonce}\\d+;)`);
  const toOutput = (line: string): string =>
    line
      .split(marks)
      .map((part, index) =>
        index % 2 === 1 ? `\u001b[${part.slice(nonce.length + 1, -1)}m` : escapeControls(part),
      )
      .join('');
  return {
    isInteractive: stream.isTTY === true,
    paint: usesColor(stream, environment)
      ? (style, text) => (text === '' ? '' : `${mark(STYLES[style])}${text}${mark(0)}`)
      : noColor,
    get columns() {
      return columnsOf(stream, environment);
    },
    print: (lines) => {
      if (lines.length > 0) write(lines.map((line) => `${toOutput(line)}\n`).join(''));
    },
    redraw: (lines) => write(`${CLEAR_SCREEN}${lines.map((line) => `${toOutput(line)}\n`).join('')}`),
    showStatus: (line) => write(`${CLEAR_LINE}${toOutput(line)}`),
    clearStatus: () => write(CLEAR_LINE),
  };
}

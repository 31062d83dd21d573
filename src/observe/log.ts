/**
 * Structured log: a constant message plus fields. On a pipe each line is one JSON object that begins with `ts`, `level` and
 * `msg`; on a terminal it is text for people. The main provides the sink.
 *
 * A disabled level costs one comparison. `log-fields.ts` converts the fields, and hides secrets.
 */

import type { Clock } from '../base/clock.ts';
import { escapeControls, escapeDocument, oneLine } from '../base/printable.ts';
import { errorText, type LogValue, toLogFields } from './log-fields.ts';

/** Values of MetalLB's `--log-level`; `all` is the same as `debug`. */
export const LOG_LEVELS = ['all', 'debug', 'info', 'warn', 'error', 'none'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export type LogFields = Readonly<Record<string, unknown>>;

export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  /** Also logs the stack of `fields.error`. */
  error(message: string, fields?: LogFields): void;
  /** Returns a log that adds `fields` to each line. */
  with(fields: LogFields): Log;
}

/** Receives whole lines, including the newline. */
export type LogSink = (line: string) => void;

export type LogOptions = {
  readonly level: LogLevel;
  readonly sink: LogSink;
  readonly clock: Pick<Clock, 'wall'>;
  readonly format: 'json' | 'text';
  /** For `text` only. */
  readonly colour?: boolean;
};

type Severity = 'debug' | 'info' | 'warn' | 'error';

const SEVERITY_RANK: Readonly<Record<LogLevel, number>> = {
  all: 0,
  debug: 0,
  info: 1,
  warn: 2,
  error: 3,
  none: 4,
};

export function createLog(options: LogOptions): Log {
  return new Logger(options, {});
}

/** A log that discards everything. */
export const silentLog: Log = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  with: () => silentLog,
};

class Logger implements Log {
  readonly #options: LogOptions;
  readonly #fields: Readonly<Record<string, LogValue>>;
  readonly #threshold: number;

  constructor(options: LogOptions, own: Readonly<Record<string, LogValue>>) {
    this.#options = options;
    this.#fields = own;
    this.#threshold = SEVERITY_RANK[options.level];
  }

  debug(message: string, fields?: LogFields): void {
    if (SEVERITY_RANK.debug >= this.#threshold) this.#write('debug', message, fields);
  }

  info(message: string, fields?: LogFields): void {
    if (SEVERITY_RANK.info >= this.#threshold) this.#write('info', message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    if (SEVERITY_RANK.warn >= this.#threshold) this.#write('warn', message, fields);
  }

  error(message: string, fields?: LogFields): void {
    if (SEVERITY_RANK.error < this.#threshold) return;
    const stack = fields?.['error'] instanceof Error ? fields['error'].stack : undefined;
    this.#write('error', message, stack === undefined ? fields : { ...fields, stack });
  }

  with(fields: LogFields): Log {
    return new Logger(this.#options, { ...this.#fields, ...toLogFields(fields) });
  }

  #write(level: Severity, message: string, fields: LogFields | undefined): void {
    const { sink, clock, format, colour = false } = this.#options;
    const all = fields === undefined ? this.#fields : { ...this.#fields, ...safeFields(fields) };
    const line: LogLine = { ts: timestamp(clock.wall()), level, msg: message, fields: all };
    sink(format === 'json' ? jsonLine(line) : textLine(line, colour));
  }
}

type LogLine = {
  readonly ts: string;
  readonly level: Severity;
  readonly msg: string;
  readonly fields: Readonly<Record<string, LogValue>>;
};

/** Converts fields safely: a proxy may throw even when its keys are listed. */
function safeFields(fields: LogFields): Readonly<Record<string, LogValue>> {
  try {
    return toLogFields(fields);
  } catch (error) {
    return { unreadable: errorText(error) };
  }
}

const timestamp = (wall: number): string => new Date(wall).toISOString();

const RESERVED: ReadonlySet<string> = new Set(['ts', 'level', 'msg']);

function jsonLine({ ts, level, msg, fields }: LogLine): string {
  const line: Record<string, LogValue> = { ts, level, msg };
  for (const [key, value] of Object.entries(fields)) line[RESERVED.has(key) ? `_${key}` : key] = value;
  return `${escapeDocument(JSON.stringify(line))}\n`;
}

const COLOURS: Readonly<Record<Severity, number>> = { debug: 90, info: 36, warn: 33, error: 31 };
const DIM = 2;

function textLine({ ts, level, msg, fields }: LogLine, colour: boolean): string {
  const paint = (code: number, text: string): string => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
  const { stack, ...rest } = fields;
  const fieldTexts = Object.entries(rest).map(
    ([key, value]) => `${paint(DIM, `${key}=`)}${valueText(value)}`,
  );
  const head = `${paint(DIM, ts.slice(11, 23))} ${paint(COLOURS[level], level.padEnd(5))} ${oneLine(msg)}`;
  const tail = typeof stack === 'string' ? `\n${indent(stack)}` : '';
  return `${[head, ...fieldTexts].join('  ')}${tail}\n`;
}

/** Formats a value bare if it is unambiguous, else as JSON. */
function valueText(value: LogValue): string {
  if (typeof value === 'string' && /^[^\s"'=\p{C}]+$/u.test(value)) return value;
  return escapeControls(JSON.stringify(value));
}

const indent = (text: string): string =>
  text
    .split('\n')
    .map((line) => `    ${oneLine(line)}`)
    .join('\n');

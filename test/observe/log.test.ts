import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createLog,
  LOG_LEVELS,
  type Log,
  type LogLevel,
  type LogOptions,
  silentLog,
} from '../../src/observe/log.ts';
import { FakeClock } from '../support/fake-clock.ts';

function capturedLog(options: Partial<LogOptions> = {}): { readonly log: Log; readonly lines: string[] } {
  const lines: string[] = [];
  const sink = (line: string): void => void lines.push(line);
  const clock = new FakeClock({ wall: Date.UTC(2026, 10, 20, 3, 4, 5, 6) });
  return { log: createLog({ level: 'info', format: 'json', clock, sink, ...options }), lines };
}

test('one JSON object on each line, with time, level and message first', () => {
  const { log, lines } = capturedLog();
  log.info('address granted', { service: 'default/web', address: '192.168.5.0' });
  assert.deepEqual(lines, [
    '{"ts":"2026-11-20T03:04:05.006Z","level":"info","msg":"address granted","service":"default/web","address":"192.168.5.0"}\n',
  ]);
});

test('no field replaces the time, the level or the message', () => {
  const { log, lines } = capturedLog();
  log.info('true', { msg: 'false', level: 'none', ts: 0 });
  const said = JSON.parse(lines[0] ?? '') as Record<string, unknown>;
  assert.deepEqual(
    [said['msg'], said['level'], said['_msg'], said['_level']],
    ['true', 'info', 'false', 'none'],
  );
});

const levelsShown: Readonly<Record<LogLevel, string>> = {
  all: 'debug info warn error',
  debug: 'debug info warn error',
  info: 'info warn error',
  warn: 'warn error',
  error: 'error',
  none: '',
};

for (const level of LOG_LEVELS) {
  test(`level ${level} writes: ${levelsShown[level]}`, () => {
    const { log, lines } = capturedLog({ level });
    for (const each of ['debug', 'info', 'warn', 'error'] as const) log[each]('said');
    const levels = lines.map((line) => (JSON.parse(line) as { level: string }).level);
    assert.equal(levels.join(' '), levelsShown[level]);
  });
}

test('a disabled level does not read its fields', () => {
  const { log } = capturedLog();
  log.debug('quiet', {
    get costly(): string {
      throw new Error('read');
    },
  });
});

test('a child log adds its fields to each line, and no other log changes them', () => {
  const { log, lines } = capturedLog();
  const pool = log.with({ pool: 'a' });
  pool.with({ service: 's' }).info('one', { pool: 'b' });
  pool.info('two');
  log.info('three');
  const said = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual(
    said.map(({ pool, service }) => [pool, service]),
    [
      ['b', 's'],
      ['a', undefined],
      [undefined, undefined],
    ],
  );
});

test('an error has its causes, and its stack at level error', () => {
  const { log, lines } = capturedLog();
  const error = new Error('no list', { cause: new Error('reset') });
  log.warn('will try again', { error });
  log.error('gave up', { error });
  const said = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual(
    said.map((each) => each['error']),
    ['no list: reset', 'no list: reset'],
  );
  assert.equal(said[0]?.['stack'], undefined);
  assert.match(String(said[1]?.['stack']), /Error: no list\n\s+at /);
});

test('no field makes it throw, not even a getter that throws', () => {
  const { log, lines } = capturedLog();
  const hostile = new Proxy(
    {},
    {
      ownKeys: () => {
        throw new Error('no');
      },
    },
  );
  log.info('still said', { hostile });
  log.info('still said', hostile as Record<string, unknown>);
  assert.equal(lines.length, 2);
  for (const line of lines) assert.match(line, /"msg":"still said".*no/);
});

test('on a terminal: text, with blanks and quotes escaped', () => {
  const { log, lines } = capturedLog({ format: 'text' });
  log.info('address granted', { service: 'default/web', why: 'first free one', count: 2, list: ['a'] });
  assert.deepEqual(lines, [
    '03:04:05.006 info  address granted  service=default/web  why="first free one"  count=2  list=["a"]\n',
  ]);
});

test('colour only where it is enabled', () => {
  const plain = capturedLog({ format: 'text' });
  const colourful = capturedLog({ format: 'text', colour: true });
  plain.log.warn('careful');
  colourful.log.warn('careful');
  assert.equal(plain.lines.join('').includes('\u001b'), false);
  assert.equal(colourful.lines.join('').includes('\u001b[33m'), true);
});

test('no text of the cluster controls the terminal', () => {
  const { log, lines } = capturedLog({ format: 'text' });
  log.error('odd \u001b[2J', {
    name: 'a\u001b[31mb',
    turned: 'x\u202ey',
    error: new Error('evil\u001b[0m\rline'),
  });
  for (const sign of ['\u001b', '\u202e', '\r']) assert.equal(lines.join('').includes(sign), false);
});

test('the silent log writes nothing', () => {
  for (const level of ['debug', 'info', 'warn', 'error'] as const)
    assert.equal(silentLog[level]('x'), undefined);
  assert.equal(silentLog.with({ a: 1 }), silentLog);
});

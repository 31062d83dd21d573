import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { BUFFERED_BYTES_MAX, logFormat, streamSink } from '../../src/observe/log-sink.ts';

test('lines are written unchanged', () => {
  const got: string[] = [];
  const stream = new Writable({
    write: (chunk, _, next) => {
      got.push(String(chunk));
      next();
    },
  });
  const sink = streamSink(stream);
  sink('a\n');
  sink('b\n');
  assert.deepEqual(got, ['a\n', 'b\n']);
});

test('a closed pipe ends the log, not the process', async () => {
  let writes = 0;
  const stream = new Writable({
    write: (_chunk, _encoding, next) => {
      writes++;
      next(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    },
  });
  const closed = once(stream, 'close');
  const sink = streamSink(stream);
  sink('a\n');
  await closed.catch(() => {});
  sink('b\n');
  assert.equal(writes, 1);
});

test('a slow reader does not fill the memory, and gets the number of dropped lines', () => {
  const got: string[] = [];
  let goOn = (): void => {};
  const stream = new Writable({
    write: (chunk, _, next) => {
      got.push(String(chunk));
      goOn = next;
    },
  });
  const sink = streamSink(stream);
  sink(`${'x'.repeat(BUFFERED_BYTES_MAX)}\n`);
  sink('lost\n');
  sink('lost\n');
  goOn();
  sink('found\n');
  goOn();
  goOn();
  const notice = JSON.parse(got[1] ?? '') as { lines: number };
  assert.deepEqual([notice.lines, got[2]], [2, 'found\n']);
});

const styles: readonly [
  says: string,
  isTTY: boolean | undefined,
  environment: Record<string, string>,
  want: string,
][] = [
  ['a pipe gets JSON', undefined, {}, 'json false'],
  ['a terminal gets colour', true, { TERM: 'xterm' }, 'text true'],
  ['NO_COLOR disables it', true, { NO_COLOR: '1' }, 'text false'],
  ['an empty NO_COLOR has no effect', true, { NO_COLOR: '' }, 'text true'],
  ['a dumb terminal gets none', true, { TERM: 'dumb' }, 'text false'],
];

for (const [says, isTTY, environment, want] of styles) {
  test(`style: ${says}`, () => {
    const { format, colour } = logFormat(isTTY === undefined ? {} : { isTTY }, environment);
    assert.equal(`${format} ${colour}`, want);
  });
}

/** This fixture runs a playground in this process, with streams that record its output. */
import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { root } from '../../../dev/place.mjs';
import { ok } from '../../../src/base/result.ts';
import { type PlaygroundContext, playgroundMain } from '../../../src/playground/main.ts';
import { eventually } from '../../support/eventually.ts';

export class OutputStream extends Writable {
  text = '';
  readonly isTTY: boolean;
  readonly columns: number;

  constructor({ isTTY = false, columns = 100 } = {}) {
    super({ decodeStrings: false });
    this.isTTY = isTTY;
    this.columns = columns;
  }

  override _write(chunk: string | Buffer, _: BufferEncoding, done: () => void): void {
    this.text += String(chunk);
    done();
  }

  get lines(): readonly string[] {
    return this.text.split('\n');
  }
}

export type OpenPlayground = {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** Resolves with the exit code. */
  readonly ended: Promise<number>;
  readonly stop: () => Promise<number>;
  /** Resolves with the first match of `pattern` on stdout. */
  readonly waitFor: (pattern: RegExp) => Promise<string>;
};

export function openPlayground(
  args: readonly string[],
  context: Partial<PlaygroundContext> = {},
): OpenPlayground {
  const stop = new AbortController();
  const stdout = new OutputStream();
  const stderr = new OutputStream();
  const ended = playgroundMain(args, {
    environment: {},
    stdout,
    stderr,
    version: '1.2.3',
    signal: stop.signal,
    shipped: pathToFileURL(`${root}/`),
    openDashboard: async () => ok({ url: 'http://dashboard.example/', close: async () => {} }),
    ...context,
  });
  const output = context.stdout instanceof OutputStream ? context.stdout : stdout;
  return {
    stdout: output,
    stderr: context.stderr instanceof OutputStream ? context.stderr : stderr,
    ended,
    stop: () => {
      stop.abort();
      return ended;
    },
    waitFor: (pattern) =>
      eventually(() => {
        const found = pattern.exec(output.text);
        assert.ok(found, `${pattern} was not printed:\n${output.text}\n${stderr.text}`);
        return found[1] ?? found[0];
      }),
  };
}

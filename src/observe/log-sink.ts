/** Log sink for a stream. A closed reader (`berth controller | head`) ends the log, not the process. */
import type { Writable } from 'node:stream';
import type { LogSink } from './log.ts';

/** Bytes buffered in the stream above which lines are dropped until the reader catches up. */
export const BUFFERED_BYTES_MAX = 16 * 1024 * 1024;

/** Writes lines to `stream`. After dropped lines, the next line is preceded by one with their number. */
export function streamSink(stream: Writable): LogSink {
  let droppedLines = 0;
  let isClosed = false;
  stream.on('error', () => {
    isClosed = true; // the reader is closed: there is nowhere to report it
  });
  return (line) => {
    if (isClosed || stream.destroyed || stream.writableEnded) return;
    if (stream.writableLength > BUFFERED_BYTES_MAX) {
      droppedLines++;
      return;
    }
    if (droppedLines > 0) {
      stream.write(
        `{"level":"warn","msg":"log lines dropped, the reader is too slow","lines":${droppedLines}}\n`,
      );
      droppedLines = 0;
    }
    stream.write(line);
  };
}

/** Log format for `stream`: text, with colour, on a terminal, else JSON. */
export function logFormat(
  stream: { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>>,
): { readonly format: 'json' | 'text'; readonly colour: boolean } {
  if (stream.isTTY !== true) return { format: 'json', colour: false };
  // https://no-color.org: present and not empty
  const isPlain = (environment['NO_COLOR'] ?? '') !== '' || environment['TERM'] === 'dumb';
  return { format: 'text', colour: !isPlain };
}

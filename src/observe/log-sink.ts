/** Where log lines go. A reader that goes away (`berth controller | head`) ends the log, not the process. */
import type { Writable } from 'node:stream';
import type { LogSink } from './log.ts';

/** More than this waiting in the stream, and lines are left out until the reader catches up; bytes. */
export const BUFFERED_BYTES_MAX = 16 * 1024 * 1024;

/** Writes lines to `stream`. How many were left out is said in a line of its own as soon as one fits again. */
export function streamSink(stream: Writable): LogSink {
  let droppedLines = 0;
  let isClosed = false;
  stream.on('error', () => {
    isClosed = true; // nobody is left to be told
  });
  return (line) => {
    if (isClosed || stream.destroyed || stream.writableEnded) return;
    if (stream.writableLength > BUFFERED_BYTES_MAX) {
      droppedLines++;
      return;
    }
    if (droppedLines > 0) {
      stream.write(
        `{"level":"warn","msg":"log lines left out, the reader was too slow","lines":${droppedLines}}\n`,
      );
      droppedLines = 0;
    }
    stream.write(line);
  };
}

/** How to write for whoever reads `stream`: text with colour for people, JSON for machines. */
export function logFormat(
  stream: { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>>,
): { readonly format: 'json' | 'text'; readonly colour: boolean } {
  if (stream.isTTY !== true) return { format: 'json', colour: false };
  // https://no-color.org: present and not empty
  const isPlain = (environment['NO_COLOR'] ?? '') !== '' || environment['TERM'] === 'dumb';
  return { format: 'text', colour: !isPlain };
}

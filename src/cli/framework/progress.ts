/**
 * A sign of life on stderr for whatever takes longer than people like to look at nothing. At a terminal one line
 * that is written over; elsewhere a line now and then, so that a log stays readable.
 */
import type { Clock, Millis } from '../../base/clock.ts';
import type { Terminal } from './context.ts';

export const PROGRESS_DELAY: Millis = 2000;

const TERMINAL_INTERVAL: Millis = 200;
const LOG_INTERVAL: Millis = 10_000;

/** Begins at once; the returned function ends it and leaves nothing behind at a terminal. */
export function showProgress(
  { stderr, clock }: { readonly stderr: Terminal; readonly clock: Clock },
  progressText: () => string,
): () => void {
  const isTerminal = stderr.isTTY === true;
  let isShown = false;
  let cancel = clock.after(PROGRESS_DELAY, tick);
  function tick(): void {
    const text = `${progressText()} …`;
    stderr.write(isTerminal ? `\r\u001b[K${text}` : `${text}\n`);
    isShown = true;
    cancel = clock.after(isTerminal ? TERMINAL_INTERVAL : LOG_INTERVAL, tick);
  }
  return () => {
    cancel();
    if (isShown && isTerminal) stderr.write('\r\u001b[K');
  };
}

/** From so many Services on, working out who gets what takes a second or more, in which no timer runs. */
export const LONG_WORK_SERVICES = 5000;

/** Says beforehand what will keep us busy in one go; the returned function leaves nothing of it at a terminal. */
export function showLongWork({ stderr }: { readonly stderr: Terminal }, services: number): () => void {
  if (services < LONG_WORK_SERVICES) return () => {};
  const isTerminal = stderr.isTTY === true;
  stderr.write(
    `${isTerminal ? '\r\u001b[K' : ''}working out ${services} Services …${isTerminal ? '' : '\n'}`,
  );
  return () => {
    if (isTerminal) stderr.write('\r\u001b[K');
  };
}

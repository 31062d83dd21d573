/**
 * Progress of a command that takes long, on stderr. A terminal shows one line that is written over; a log gets a line now
 * and then, so that it stays readable.
 */
import type { Clock, Millis } from '../../base/clock.ts';
import type { Terminal } from '../../observe/terminal.ts';

/** Nothing is shown of what takes less. */
export const PROGRESS_DELAY: Millis = 2000;

const TERMINAL_INTERVAL: Millis = 200;
const LOG_INTERVAL: Millis = 10_000;

/** Shows `progressText()` from `PROGRESS_DELAY` on; the returned function ends it and clears the line of a terminal. */
export function showProgress(
  { stderr, clock }: { readonly stderr: Terminal; readonly clock: Clock },
  progressText: () => string,
): () => void {
  const { isInteractive } = stderr;
  let isShown = false;
  let cancel = clock.after(PROGRESS_DELAY, tick);
  function tick(): void {
    const text = `${progressText()} …`;
    if (isInteractive) stderr.showStatus(text);
    else stderr.print([text]);
    isShown = true;
    cancel = clock.after(isInteractive ? TERMINAL_INTERVAL : LOG_INTERVAL, tick);
  }
  return () => {
    cancel();
    if (isShown && isInteractive) stderr.clearStatus();
  };
}

/** From so many Services on, the allocation is computed for a second or more, in which no timer runs. */
export const LONG_WORK_SERVICES = 5000;

/** Announces a long computation; the returned function clears the line of a terminal. */
export function showLongWork({ stderr }: { readonly stderr: Terminal }, services: number): () => void {
  if (services < LONG_WORK_SERVICES) return () => {};
  const text = `computing ${services} Services …`;
  if (!stderr.isInteractive) stderr.print([text]);
  else stderr.showStatus(text);
  return () => {
    if (stderr.isInteractive) stderr.clearStatus();
  };
}

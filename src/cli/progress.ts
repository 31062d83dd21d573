/**
 * A sign of life on stderr for whatever takes longer than people like to look at nothing. At a terminal one line
 * that is written over; elsewhere a line now and then, so that a log stays readable.
 */
import type { Clock, Millis } from '../base/clock.ts';
import type { Terminal } from './context.ts';

export const QUIET_FOR: Millis = 2000;

const EVERY_AT_TERMINAL: Millis = 200;
const EVERY_ELSEWHERE: Millis = 10_000;

/** Begins at once; the returned function ends it and leaves nothing behind at a terminal. */
export function showProgress(
  { stderr, clock }: { readonly stderr: Terminal; readonly clock: Clock },
  says: () => string,
): () => void {
  const atTerminal = stderr.isTTY === true;
  let shown = false;
  let cancel = clock.after(QUIET_FOR, tick);
  function tick(): void {
    const text = `${says()} …`;
    stderr.write(atTerminal ? `\r\u001b[K${text}` : `${text}\n`);
    shown = true;
    cancel = clock.after(atTerminal ? EVERY_AT_TERMINAL : EVERY_ELSEWHERE, tick);
  }
  return () => {
    cancel();
    if (shown && atTerminal) stderr.write('\r\u001b[K');
  };
}

/** From so many Services on, working out who gets what takes a second or more, in which no timer runs. */
export const MANY_SERVICES = 5000;

/** Says beforehand what will keep us busy in one go; the returned function leaves nothing of it at a terminal. */
export function announceWork({ stderr }: { readonly stderr: Terminal }, services: number): () => void {
  if (services < MANY_SERVICES) return () => {};
  const atTerminal = stderr.isTTY === true;
  stderr.write(
    `${atTerminal ? '\r\u001b[K' : ''}working out ${services} Services …${atTerminal ? '' : '\n'}`,
  );
  return () => {
    if (atTerminal) stderr.write('\r\u001b[K');
  };
}

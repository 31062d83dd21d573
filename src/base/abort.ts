/** Waiting that an AbortSignal ends. */
import type { Clock, Millis } from './clock.ts';

/** Settles when the signal is aborted, at once if it already is. */
export const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** Resolves after `time`, when `signal` is aborted, or when `end` is called, which `started` is given. False where it is aborted. */
export function pause(
  clock: Pick<Clock, 'after'>,
  time: Millis,
  signal: AbortSignal,
  started: (end: () => void) => void = () => {},
): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (): void => {
      cancel();
      signal.removeEventListener('abort', end);
      resolve(!signal.aborted);
    };
    const cancel = clock.after(time, end);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
    started(end);
  });
}

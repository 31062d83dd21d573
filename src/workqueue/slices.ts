/** Runs a long computation in slices, so that probes, leases, timers and sockets are served meanwhile. */
import type { Clock, Millis } from '../base/clock.ts';
import type { Steps } from '../base/steps.ts';

/** A slice ends with the first step that ends after this time. */
export const SLICE: Millis = 8;

/** Each slice has a turn of the event loop; `done` is called with the result. The returned function stops it. */
export function runInSlices<T>(
  clock: Pick<Clock, 'now' | 'after'>,
  steps: Steps<T>,
  done: (result: T) => void,
): () => void {
  const runSlice = (): void => {
    const end = clock.now() + SLICE;
    do {
      const step = steps.next();
      if (step.done) {
        done(step.value);
        return;
      }
    } while (clock.now() < end);
    cancel = clock.after(0, runSlice);
  };
  let cancel = clock.after(0, runSlice);
  return () => cancel();
}

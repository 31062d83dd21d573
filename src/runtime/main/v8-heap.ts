/**
 * V8 tuning for a process that lists much at its start and allocates little afterwards. By default V8 expects the allocation
 * to go on: garbage grows to several times the live objects, and is not collected later. With ten thousand Services that is
 * 150 MB for 22 MB of objects.
 *
 * V8 reads these flags whenever a heap is about to grow, so they can be set after the start. A version of V8 that does not
 * know one of them prints a message and goes on.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Clock, Millis } from '../../base/clock.ts';

/**
 * How much the old generation may grow before it is collected, in percent of its live objects. It grows all the time
 * while a list arrives: in small steps, a start spends a third of its CPU time on garbage collection.
 */
const GROWTH_DURING_START = 150;

/** Time between two checks whether the start is over. */
export const START_CHECK_INTERVAL: Millis = 5000;

/**
 * Limits the heap of the process from now on: the young generation does not grow at all, and the old one in large steps. Once
 * the start is over, it grows in small steps; what the start left is collected, which takes some 0.1 s. Returns a function
 * that ends the checks.
 */
export function limitHeapGrowth(clock: Pick<Clock, 'after'>, isStartOver: () => boolean): () => void {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString(`--heap-growing-percent=${GROWTH_DURING_START}`);
  let cancel = (): void => {};
  const check = (): void => {
    if (isStartOver()) endStart();
    else cancel = clock.after(START_CHECK_INTERVAL, check);
  };
  cancel = clock.after(START_CHECK_INTERVAL, check);
  return () => cancel();
}

function endStart(): void {
  setFlagsFromString('--heap-growing-percent=0');
  setFlagsFromString('--optimize-for-size');
  collectGarbage();
}

/** V8 collects garbage only for a function of a context that was created with this flag. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  if (typeof collect === 'function') collect();
}

/**
 * V8 tuning for a process that lists much at its start and allocates little afterwards.
 *
 * By default V8 expects the allocation to go on: garbage grows to several times the live objects, and is not collected later.
 * With ten thousand Services that is 150 MB for 22 MB of objects. And it optimizes functions that run ten thousand times and
 * then hardly again: compiling them takes longer than they do.
 *
 * V8 reads these flags whenever it grows a heap or counts calls, so they can be set after the start. A version of V8 that does
 * not know one of them prints a message and goes on.
 */
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Clock, Millis } from '../../base/clock.ts';

/**
 * How much the old generation may grow before it is collected, in percent of its live objects. It grows all the time
 * while a list arrives: in small steps, a start spends a third of its CPU time on garbage collection.
 */
const GROWTH_DURING_START = 60;

/**
 * Octets of bytecode that a function executes before V8 considers to optimize it: the default, and twenty times that. Later
 * versions of V8 have a cheaper compiler for such functions, and not this flag.
 */
const OPTIMIZATION = { default: 67_584, duringStart: 1_500_000, lastVersion: 11 } as const;

/** Octets of garbage that are worth a collection. */
const WORTH_COLLECTING = 8 * 2 ** 20;

/** A program that begins its work when it has synced leaves garbage after the first collection, too. */
const COLLECTIONS_MAX = 4;

/** Time between two checks whether the start is over. */
export const START_CHECK_INTERVAL: Millis = 5000;

/**
 * Tunes the process for its start: the young generation of its heap does not grow at all, and the old one in larger steps. Once
 * the start is over, it grows in small steps; what the start left is collected, which takes some 0.1 s each time. Returns a
 * function that ends the checks.
 */
export function tuneForStart(clock: Pick<Clock, 'after'>, isStartOver: () => boolean): () => void {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString(`--heap-growing-percent=${GROWTH_DURING_START}`);
  optimizeAfter(OPTIMIZATION.duringStart);
  let collections = 0;
  let cancel = (): void => {};
  const checkLater = (): void => {
    cancel = clock.after(START_CHECK_INTERVAL, check);
  };
  const check = (): void => {
    if (!isStartOver()) {
      checkLater();
      return;
    }
    if (collections === 0) endStart();
    collections += 1;
    if (collectGarbage() >= WORTH_COLLECTING && collections < COLLECTIONS_MAX) checkLater();
  };
  checkLater();
  return () => cancel();
}

function endStart(): void {
  setFlagsFromString('--heap-growing-percent=0');
  setFlagsFromString('--optimize-for-size');
  optimizeAfter(OPTIMIZATION.default);
}

function optimizeAfter(octets: number): void {
  const version = Number.parseInt(process.versions.v8, 10);
  if (version <= OPTIMIZATION.lastVersion) setFlagsFromString(`--interrupt-budget=${octets}`);
}

/**
 * Returns the octets that were freed; none where the heap is too small for that. V8 collects garbage only for a function of a
 * context that was created with the flag.
 */
function collectGarbage(): number {
  const before = getHeapStatistics();
  if (before.total_heap_size < 2 * WORTH_COLLECTING) return 0;
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  if (typeof collect === 'function') collect();
  return before.used_heap_size - getHeapStatistics().used_heap_size;
}

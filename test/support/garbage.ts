/** Collects garbage on demand, for tests about what is kept. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Values that were reached by a WeakRef live until the end of the turn; finalizers run in later turns. */
export async function collectGarbage(): Promise<void> {
  for (let round = 0; round < 3; round++) {
    await nextTurn();
    collect();
  }
  await nextTurn();
}

/** Bytes of the heap in use after a collection. */
export async function heapInUse(): Promise<number> {
  await collectGarbage();
  return process.memoryUsage().heapUsed;
}

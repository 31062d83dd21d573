/** Waiting for daemons: each look starts a program or two, so it is not taken as often as one could. */
import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY_MS = 150;
const WITHIN_MS = 60_000;

/** The first value that `look` gives without throwing. When it never does, its last complaint is thrown. */
export async function patiently<T>(look: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + WITHIN_MS;
  for (;;) {
    try {
      return await look();
    } catch (complaint) {
      if (performance.now() > deadline) throw complaint;
      await sleep(LOOK_EVERY_MS);
    }
  }
}

/** Waiting for daemons: each look starts a program or two, so it is not taken as often as one could. */
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_INTERVAL_MS = 150;
const TIMEOUT_MS = 60_000;

/** The first value that `look` gives without throwing. When it never does, its last complaint is thrown. */
export async function eventuallySlow<T>(attempt: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + TIMEOUT_MS;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(POLL_INTERVAL_MS);
    }
  }
}

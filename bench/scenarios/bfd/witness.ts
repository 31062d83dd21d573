/**
 * A process that only has a timer. Where it runs late itself, the machine had no time for anybody, and no program could have
 * sent or received in time.
 */
import { fileURLToPath } from 'node:url';

export const witnessProgram = fileURLToPath(import.meta.url);

const INTERVAL_MS = 10;
/** Later than this is told. */
const LATE_MS = 40;

/** The timer was not run from `from` to `to`, in milliseconds since the Unix epoch. */
export type Stall = { readonly from: number; readonly to: number };

if (process.argv[1] === witnessProgram) {
  const now = (): number => performance.timeOrigin + performance.now();
  let before = now();
  setInterval(() => {
    const at = now();
    if (at - before > INTERVAL_MS + LATE_MS) process.send?.({ from: before, to: at } satisfies Stall);
    before = at;
  }, INTERVAL_MS);
  process.once('disconnect', () => process.exit(0));
}

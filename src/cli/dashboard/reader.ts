/** Reads the cluster again and again, and publishes what it says. */
import type { Clock, Millis } from '../../base/clock.ts';
import type { OverviewDocument } from '../../overview/document.ts';
import type { Publisher } from './publisher.ts';

export type ReaderOptions = {
  readonly clock: Pick<Clock, 'now' | 'after'>;
  readonly read: () => Promise<OverviewDocument>;
  readonly publisher: Publisher;
  readonly signal: AbortSignal;
};

/** Between the end of one reading and the begin of the next. */
export const READ_INTERVAL: Millis = 1_000;
/** Of the time, so much at most is spent reading: a large cluster is read less often. */
const READ_SHARE = 0.25;

/** Ends when `signal` is aborted. */
export async function readForever({ clock, read, publisher, signal }: ReaderOptions): Promise<void> {
  while (!signal.aborted) {
    const begun = clock.now();
    const document = await read();
    if (signal.aborted) return;
    const lost = unansweredText(document);
    if (lost === null) publisher.publish(document);
    else publisher.lose(lost);
    const took = clock.now() - begun;
    await pause(clock, Math.max(READ_INTERVAL, took / READ_SHARE - took), signal);
  }
}

/** Why nothing at all was answered; null where something was. */
function unansweredText({ kinds, notRead }: OverviewDocument): string | null {
  const isLost = kinds.every(({ state }) => state === 'unreachable' || state === 'unauthorized');
  return isLost && kinds.length > 0 ? (notRead[0] ?? 'the cluster does not answer') : null;
}

function pause(clock: Pick<Clock, 'after'>, time: Millis, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.after(time, end);
    signal.addEventListener('abort', end, { once: true });
  });
}

/** Follows the cluster by its watches, and publishes what it says. */
import type { Clock, Millis } from '../../base/clock.ts';
import type { OverviewDocument } from '../../overview/document.ts';
import type { OverviewFeed } from '../cluster/overview/overview-feed.ts';
import type { Publisher } from './publisher.ts';

export type LiveOptions = {
  readonly clock: Pick<Clock, 'wall' | 'after'>;
  /** `changed` is called when something is different. */
  readonly feed: (changed: () => void) => Pick<OverviewFeed, 'run' | 'document'>;
  readonly publisher: Pick<Publisher, 'publish' | 'lose'>;
  /** Shows a sentence on the terminal: once when the cluster does not answer, and once when it does again. */
  readonly tell: (sentence: string) => void;
};

/** Changes that come within this time are published together. */
export const PUBLISH_INTERVAL: Millis = 200;
/** Without a change, pages are told the time: how long ago something was, and that the cluster is still followed. */
export const IDLE_INTERVAL: Millis = 5_000;

/** Resolves when `signal` is aborted and all watches are closed. */
export async function publishLive(
  { clock, feed, publisher, tell }: LiveOptions,
  signal: AbortSignal,
): Promise<void> {
  let cancel = (): void => {};
  let isSoon = false;
  let isLost = false;
  const publishAfter = (time: Millis): void => {
    cancel();
    cancel = clock.after(time, publish);
  };
  const source = feed(() => {
    if (isSoon) return;
    isSoon = true;
    publishAfter(PUBLISH_INTERVAL);
  });
  function publish(): void {
    isSoon = false;
    const document = source.document(clock.wall());
    const lost = document === null ? null : unansweredText(document);
    if (lost !== null) publisher.lose(lost);
    else if (document !== null) publisher.publish(document);
    if (lost !== null && !isLost) tell(`the cluster does not answer, and is asked again: ${lost}`);
    if (lost === null && isLost) tell('the cluster answers again');
    isLost = lost !== null;
    publishAfter(IDLE_INTERVAL);
  }
  publishAfter(IDLE_INTERVAL);
  await source.run(signal);
  cancel();
}

/** Why nothing at all is answered; null where something is. */
function unansweredText({ kinds, notRead }: OverviewDocument): string | null {
  const isLost =
    kinds.length > 0 && kinds.every(({ state }) => state === 'unreachable' || state === 'unauthorized');
  if (!isLost) return null;
  const says = notRead[0] ?? 'it gives no reason';
  return kinds.every(({ state }) => state === 'unauthorized')
    ? `${says}. Your credentials are not valid, or have expired: log in again`
    : says;
}

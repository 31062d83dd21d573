/** Follows the cluster by its watches, and publishes what it says. */
import type { Clock, Millis } from '../../base/clock.ts';
import type { OverviewDocument } from '../../overview/document.ts';
import type { OverviewFeed } from '../cluster/overview/overview-feed.ts';
import { Outage } from './outage.ts';
import type { Publisher } from './publisher.ts';

export type LiveOptions = {
  readonly clock: Pick<Clock, 'now' | 'wall' | 'after'>;
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
  const outage = new Outage();
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
    publishAfter(IDLE_INTERVAL);
    const document = source.document(clock.wall());
    if (document !== null) show(document);
  }
  function show(document: OverviewDocument): void {
    const wasLost = outage.lost !== null;
    const judged = outage.judge(document, clock.now());
    if (judged.kind === 'answered') {
      publisher.publish(document);
      if (wasLost) tell('the cluster answers again');
      return;
    }
    if (judged.kind === 'unsettled') publishAfter(judged.for);
    if (outage.lost === null) return;
    publisher.lose(outage.lost);
    if (!wasLost) tell(`the cluster does not answer, and is asked again: ${outage.lost}`);
  }
  publishAfter(IDLE_INTERVAL);
  await source.run(signal);
  cancel();
}

/** Follows a cluster: in place on a terminal, until Ctrl-C; or until all is well. */
import { pause } from '../../base/abort.ts';
import type { Millis } from '../../base/clock.ts';
import type { OverviewDocument } from '../../overview/document.ts';
import type { KindState } from '../../overview/knowledge.ts';
import type { OverviewFeed } from '../cluster/overview/overview-feed.ts';
import type { CliContext } from '../framework/context.ts';

export type FollowOptions = {
  readonly context: Pick<CliContext, 'clock' | 'stdout'>;
  readonly flags: { readonly watch: boolean; readonly wait: boolean; readonly timeout: Millis };
  /** `changed` is called when something is different. */
  readonly feed: (changed: () => void) => Pick<OverviewFeed, 'run' | 'document'>;
  readonly show: (document: OverviewDocument) => readonly string[];
  /** Called before anything is printed. */
  readonly endProgress: () => void;
  /** Aborted when the user ends it. */
  readonly signal: AbortSignal;
};

/** The screen is drawn once in this time at most. */
export const REDRAW_INTERVAL: Millis = 250;
/** Without a change it is drawn after this time, since it shows how long ago things were. */
export const IDLE_INTERVAL: Millis = 1000;

/** Resolves with the last document; null where the user ended it before there was one. */
export async function followStatus(options: FollowOptions): Promise<OverviewDocument | null> {
  const { context, flags, show, endProgress, signal } = options;
  const { clock, stdout } = context;
  const deadline = clock.now() + flags.timeout;
  const stop = new AbortController();
  let wake: () => void = () => {};
  const feed = options.feed(() => wake());
  const running = feed.run(stop.signal);
  const screen = new Screen(stdout, show);
  let document: OverviewDocument | null = null;
  try {
    while (!signal.aborted) {
      document = feed.document(clock.wall()) ?? document;
      if (document !== null) {
        endProgress();
        if (flags.watch) screen.draw(document);
        if (flags.wait && (isWell(document) || clock.now() >= deadline)) break;
      }
      const interval = document === null || !flags.watch ? REDRAW_INTERVAL : IDLE_INTERVAL;
      await Promise.race([running, pause(clock, interval, signal, (end) => (wake = end))]);
      await Promise.race([running, pause(clock, REDRAW_INTERVAL, signal)]);
    }
  } finally {
    // Requests that hang end with the connection, which is closed next: Ctrl-C does not wait for them.
    stop.abort();
  }
  if (flags.wait && document !== null) stdout.print(show(document));
  return document;
}

/** Shows documents: in place, or below each other where they differ. */
class Screen {
  readonly #stdout: CliContext['stdout'];
  readonly #show: (document: OverviewDocument) => readonly string[];
  #shown = '';

  constructor(stdout: CliContext['stdout'], show: (document: OverviewDocument) => readonly string[]) {
    this.#stdout = stdout;
    this.#show = show;
  }

  draw(document: OverviewDocument): void {
    if (this.#stdout.isInteractive) {
      this.#stdout.redraw(this.#show(document));
      return;
    }
    // Time passes without that anything has happened.
    const controller = { ...document.controller, renewed: '' };
    const content = JSON.stringify({ ...document, time: '', controller });
    if (content === this.#shown) return;
    this.#stdout.print(this.#shown === '' ? this.#show(document) : ['', ...this.#show(document)]);
    this.#shown = content;
  }
}

/** A right that is missing does not come by waiting; an answer does. */
const PASSING: ReadonlySet<KindState> = new Set<KindState>(['failed', 'unreachable', 'unauthorized']);

/** No error, nothing that is on its way, and an answer to all that was asked and may be read. */
export const isWell = ({ problems, services, kinds }: OverviewDocument): boolean =>
  problems.every(({ severity }) => severity !== 'error') &&
  (services === null || services.unreconciled === 0) &&
  kinds.every(({ state }) => !PASSING.has(state));

/** Follows a cluster: in place on a terminal, until Ctrl-C; or until all is well. */
import type { Millis } from '../../base/clock.ts';
import type { OverviewDocument } from '../../overview/document.ts';
import type { KindState } from '../../overview/knowledge.ts';
import type { CliContext } from '../framework/context.ts';

export type FollowOptions = {
  readonly context: Pick<CliContext, 'clock' | 'stdout' | 'stderr' | 'program'>;
  readonly flags: { readonly watch: boolean; readonly wait: boolean; readonly timeout: Millis };
  readonly read: () => Promise<OverviewDocument>;
  readonly show: (document: OverviewDocument) => readonly string[];
  readonly endProgress: () => void;
  readonly signal: AbortSignal;
};

/** Between the end of one reading and the begin of the next. */
export const FOLLOW_INTERVAL: Millis = 2000;

/** Resolves with the last document. --wait prints it once; --watch prints each one that differs. */
export async function followStatus(options: FollowOptions): Promise<OverviewDocument> {
  const { context, flags, read, show, endProgress, signal } = options;
  const { clock, stdout } = context;
  const deadline = clock.now() + flags.timeout;
  let shown = '';
  for (;;) {
    const document = await read();
    endProgress();
    if (flags.watch) {
      const lines = show(document);
      // The times in it change with every second; what happened does not.
      const text = JSON.stringify({
        ...document,
        time: '',
        controller: { ...document.controller, renewed: '' },
      });
      if (stdout.isInteractive) stdout.redraw(lines);
      else if (text !== shown) stdout.print(shown === '' ? lines : ['', ...lines]);
      shown = text;
    }
    const isOver = flags.wait && (isWell(document) || clock.now() >= deadline);
    if (isOver || signal.aborted) {
      if (flags.wait) stdout.print(show(document));
      return document;
    }
    await pause(options, flags.wait ? Math.min(FOLLOW_INTERVAL, deadline - clock.now()) : FOLLOW_INTERVAL);
  }
}

/** A right that is missing does not come by waiting; an answer does. */
const PASSING: ReadonlySet<KindState> = new Set<KindState>(['failed', 'unreachable', 'unauthorized']);

/** No error, nothing that is on its way, and an answer to all that was asked and may be read. */
export const isWell = ({ problems, services, kinds }: OverviewDocument): boolean =>
  problems.every(({ severity }) => severity !== 'error') &&
  (services === null || services.unreconciled === 0) &&
  kinds.every(({ state }) => !PASSING.has(state));

function pause({ context, signal }: Pick<FollowOptions, 'context' | 'signal'>, time: Millis): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const cancel = context.clock.after(Math.max(0, time), end);
    signal.addEventListener('abort', end, { once: true });
  });
}

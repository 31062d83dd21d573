/** Following: when the screen is drawn, when --wait ends, and that Ctrl-C ends it at once. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { followStatus, IDLE_INTERVAL, isWell, REDRAW_INTERVAL } from '../../../src/cli/status/follow.ts';
import { createTerminal } from '../../../src/observe/terminal.ts';
import type { OverviewDocument } from '../../../src/overview/document.ts';
import { liveCluster } from '../../overview/support/live-cluster.ts';
import { forbidden, overviewOf } from '../../overview/support/overview-of.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { CapturedStream } from '../support/run-command.ts';

const WALL = Date.UTC(2026, 0, 1);
const WELL = overviewOf({ objects: liveCluster(WALL), wall: WALL });
const BAD = overviewOf({
  objects: liveCluster(WALL).filter(({ kind }) => kind !== 'Lease' && kind !== 'Pod'),
  wall: WALL,
});

/** A feed whose document the test sets; what it prints is the verdict. */
function follow(
  flags: { readonly watch: boolean; readonly wait: boolean; readonly timeout?: number },
  isTTY = false,
) {
  const stdout = Object.assign(new CapturedStream(), { isTTY });
  const clock = new FakeClock({ wall: WALL });
  const stop = new AbortController();
  const feed = { document: null as OverviewDocument | null, changed: () => {}, isStopped: false };
  const ended = followStatus({
    context: { clock, stdout: createTerminal(stdout, { NO_COLOR: '1' }) },
    flags: { timeout: 60_000, ...flags },
    feed: (changed) => {
      feed.changed = changed;
      return {
        run: (signal) =>
          new Promise((resolve) =>
            signal.addEventListener('abort', () => {
              feed.isStopped = true;
              resolve();
            }),
          ),
        document: () => feed.document,
      };
    },
    show: ({ verdict }) => [verdict],
    endProgress: () => {},
    signal: stop.signal,
  });
  const set = (document: OverviewDocument): void => {
    feed.document = document;
    feed.changed();
  };
  /** Time passes, and what waits for it runs. */
  const pass = async (time: number): Promise<void> => {
    for (let step = 0; step < 4; step++) await new Promise((resolve) => setImmediate(resolve));
    clock.advance(time);
    for (let step = 0; step < 4; step++) await new Promise((resolve) => setImmediate(resolve));
  };
  return { stdout, clock, stop, feed, ended, set, pass };
}

describe('--wait', () => {
  it('ends when there is no error any more, and prints that once', async () => {
    const { stdout, ended, set, pass, feed } = follow({ watch: false, wait: true });
    set(BAD);
    await pass(REDRAW_INTERVAL);
    await pass(REDRAW_INTERVAL);
    assert.equal(stdout.text, '');
    set(WELL);
    await pass(REDRAW_INTERVAL);
    await pass(REDRAW_INTERVAL);
    assert.equal((await ended)?.verdict, 'clean');
    assert.deepEqual([stdout.text, feed.isStopped], ['clean\n', true]);
  });

  it('ends after its time, with the errors', async () => {
    const { stdout, ended, set, pass } = follow({ watch: false, wait: true, timeout: 1000 });
    set(BAD);
    for (let step = 0; step < 6; step++) await pass(REDRAW_INTERVAL);
    assert.equal((await ended)?.verdict, 'errors');
    assert.equal(stdout.text, 'errors\n');
  });
});

describe('--watch', () => {
  it('prints a document again only where something has changed, unless it is a terminal', async () => {
    const { stdout, ended, set, pass, stop } = follow({ watch: true, wait: false });
    set(WELL);
    await pass(IDLE_INTERVAL);
    await pass(IDLE_INTERVAL);
    set({ ...WELL, time: 'later' });
    await pass(IDLE_INTERVAL);
    set(BAD);
    await pass(IDLE_INTERVAL);
    await pass(IDLE_INTERVAL);
    stop.abort();
    await ended;
    assert.equal(stdout.text, 'clean\n\nerrors\n');
  });

  it('draws in place on a terminal', async () => {
    const { stdout, ended, set, pass, stop } = follow({ watch: true, wait: false }, true);
    set(WELL);
    await pass(IDLE_INTERVAL);
    await pass(IDLE_INTERVAL);
    stop.abort();
    await ended;
    assert.ok(stdout.text.startsWith('\u001b[H\u001b[Jclean\n'), JSON.stringify(stdout.text));
  });

  it('Ctrl-C ends it before there is a document', async () => {
    const { ended, pass, stop, feed } = follow({ watch: true, wait: false });
    await pass(0);
    stop.abort();
    assert.equal(await ended, null);
    assert.equal(feed.isStopped, true);
  });
});

describe('all is well', () => {
  const rows: readonly [what: string, document: OverviewDocument, want: boolean][] = [
    ['without a problem', WELL, true],
    ['with an error', BAD, false],
    [
      'with a right that is missing, which does not come by waiting',
      overviewOf({ objects: liveCluster(WALL), wall: WALL, unread: [forbidden('Node')] }),
      true,
    ],
    [
      'with an API server that does not answer',
      {
        ...WELL,
        kinds: WELL.kinds.map((one) => (one.kind === 'Node' ? { ...one, state: 'unreachable' } : one)),
      },
      false,
    ],
    [
      'with a Service that nobody has reconciled',
      { ...WELL, services: WELL.services && { ...WELL.services, unreconciled: 1 } },
      false,
    ],
  ];
  for (const [what, document, want] of rows) it(what, () => assert.equal(isWell(document), want));
});

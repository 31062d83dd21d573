/** Traffic from the client while something happens to the speakers. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NetworkNamespace } from '../../../support/netns/network.ts';
import { loadProgram } from '../../../support/netns/programs/load.mjs';

/** Times are milliseconds of the run: from when until when it was under way. */
export type FailedRequest = {
  readonly at: number;
  readonly until: number;
  readonly connected: boolean;
  readonly error: string;
};

export type LoadResult = {
  /** Zero of the times below, by the clock of `monotonicNow`. */
  readonly begunAt: number;
  readonly tried: number;
  readonly served: number;
  /** Number of pages from each backend. */
  readonly pods: Readonly<Record<string, number>>;
  /** SYNs that were lost: the kernel sent them again. */
  readonly lostSyns: number;
  readonly failed: readonly FailedRequest[];
  /** Pages that took as long as the kernel waits before it sends a lost SYN again, or longer. */
  readonly late: readonly { readonly at: number; readonly until: number }[];
  readonly longLived: readonly {
    readonly pod: string;
    readonly broke: { readonly at: number; readonly error: string } | null;
  }[];
};

export type Load = {
  readonly host: string;
  /** 80 unless told. */
  readonly port?: number;
  /** A new connection that often. */
  readonly everyMs?: number;
  /** Connections that stay open. */
  readonly longLived?: number;
};

const EVERY_MS = 15;

/** Time before and after, so that there is traffic to lose. */
const LEAD_TIME_MS = 1_000;

let runs = 0;

/** Begins the traffic; the returned function ends it. */
export function startLoad(
  client: NetworkNamespace,
  { host, port = 80, everyMs = EVERY_MS, longLived = 0 }: Load,
): () => Promise<LoadResult> {
  runs += 1;
  const args = [loadProgram, host, `${port}`, `${everyMs}`, `${longLived}`];
  const load = client.start(`load-${runs}`, process.execPath, ...args);
  return async () => {
    await load.end('SIGTERM');
    const last = load.tail().split('\n').at(-1) ?? '';
    assert.match(last, /^\{/, `the client says: ${last}`);
    return JSON.parse(last) as LoadResult;
  };
}

/** The result of the traffic while `during` ran. */
export async function runUnderLoad(
  { client }: { readonly client: NetworkNamespace },
  load: Load,
  during: () => Promise<void>,
): Promise<LoadResult> {
  const end = startLoad(client, load);
  await sleep(LEAD_TIME_MS);
  await during();
  await sleep(LEAD_TIME_MS);
  return end();
}

export const brokenConnections = ({ longLived }: LoadResult): LoadResult['longLived'] =>
  longLived.filter(({ broke }) => broke !== null);

/**
 * What a router's move to other nodes may not cost: new connections. A request whose connection was open at that moment is no
 * new one, and its packets go to another node in the middle of it. All of those were under way at one moment; any other
 * failure is a lost connection.
 */
export function lostRequests({ failed }: Pick<LoadResult, 'failed'>): readonly string[] {
  const cut = failed.filter(({ connected }) => connected);
  const atOneMoment = Math.max(...cut.map(({ at }) => at)) <= Math.min(...cut.map(({ until }) => until));
  const lost = atOneMoment ? failed.filter(({ connected }) => !connected) : failed;
  return lost.map(({ at, until, error }) => `from ${at} to ${until} ms: ${error}`);
}

/**
 * That SYNs were lost, so that connections came late; none where nothing was. A SYN that is sent again at once makes nothing late: it
 * met a port that a pod still held from an earlier connection.
 */
export const lostSyns = ({
  lostSyns: count,
  late,
}: Pick<LoadResult, 'lostSyns' | 'late'>): readonly string[] =>
  count > 0 && late.length > 0 ? [`${count} SYNs were lost`] : [];

/** Also those that came late, since the kernel had to send a SYN again: where nodes are so busy that packets are dropped, too. */
export const lostConnections = (result: LoadResult): readonly string[] => [
  ...lostRequests(result),
  ...lostSyns(result),
];

/**
 * Serves `/healthz` and `/readyz` over plain HTTP, for the kubelet, each on a connection of its own. Each check returns
 * null, or a sentence that says what is missing, which becomes the body of a 503.
 *
 * `/readyz?wait=8` waits up to 8 seconds for readiness before it answers 503. A startup probe that asks so fails only after that time, and
 * succeeds at the moment when the program is ready.
 */
import type { IncomingMessage } from 'node:http';
import { type Clock, type Millis, sleep } from '../base/clock.ts';
import type { Result } from '../base/result.ts';
import { createShortServer, type ListeningServer, listen } from './listen.ts';
import { createRequestListener, type HttpResponse } from './request-listener.ts';

/** Null, or a sentence that says what is missing. It must be quick, and must not wait for anything. */
export type ProbeCheck = () => string | null;

export type ProbeServerOptions = {
  readonly port: number;
  /** Null for all addresses. */
  readonly host: string | null;
  /** The event loop is responsive. When it fails, the kubelet restarts the container. */
  readonly liveness: ProbeCheck;
  /** The informers have synced, on a standby too. */
  readonly readiness: ProbeCheck;
  readonly clock: Pick<Clock, 'now' | 'after'>;
  readonly onError: (sentence: string, error: unknown) => void;
};

/** Longer than any kubelet should wait, and shorter than the server lets a connection be silent. */
export const WAIT_MAX: Millis = 20_000;
/** Between two checks of a request that waits. */
export const WAIT_CHECK_INTERVAL: Millis = 50;

/** The error is a sentence. */
export async function serveProbes(options: ProbeServerOptions): Promise<Result<ListeningServer, string>> {
  const { port, host, liveness, readiness, clock, onError } = options;
  const routes = {
    '/healthz': () => probeResponse(liveness()),
    '/readyz': async (request: IncomingMessage) => probeResponse(await whenReady(readiness, request, clock)),
  };
  const server = createShortServer(createRequestListener(routes, onError));
  return listen(server, { port, host, flag: '--health-probe-port' });
}

/** The result of the check once it is null, the time is up, or the client has left. */
async function whenReady(
  readiness: ProbeCheck,
  { url, socket }: IncomingMessage,
  clock: ProbeServerOptions['clock'],
): Promise<string | null> {
  const until = clock.now() + waitOf(url ?? '');
  for (;;) {
    const problem = readiness();
    if (problem === null || clock.now() >= until || socket.destroyed) return problem;
    await sleep(clock, WAIT_CHECK_INTERVAL);
  }
}

/** 0 for a request that does not say a number of seconds. */
function waitOf(url: string): Millis {
  const seconds = /[?&]wait=(\d{1,4})(?:&|$)/.exec(url)?.[1] ?? '0';
  return Math.min(Number(seconds) * 1000, WAIT_MAX);
}

const probeResponse = (problem: string | null): HttpResponse =>
  problem === null ? { status: 200, body: 'ok\n' } : { status: 503, body: `${problem}\n` };

/**
 * `/healthz` and `/readyz` over plain HTTP, for the kubelet. What they say is decided elsewhere: each check
 * returns null when all is well, or a sentence naming what is missing, which is then the body of a 503.
 */
import { createServer } from 'node:http';
import type { Result } from '../base/result.ts';
import { type ListeningServer, listen, SERVER_LIMITS } from './listen.ts';
import { createRequestListener, type HttpResponse } from './request-listener.ts';

/** Null, or what is missing as a sentence. It must be quick and must not wait for anything. */
export type ProbeCheck = () => string | null;

export type ProbeServerOptions = {
  readonly port: number;
  /** All addresses where it is null. */
  readonly host: string | null;
  /** The loop turns. A failing check has the kubelet restart the container. */
  readonly liveness: ProbeCheck;
  /** The caches are full, on a standby too. */
  readonly readiness: ProbeCheck;
  readonly onError: (sentence: string, error: unknown) => void;
};

/** The error is a whole sentence. */
export async function serveProbes(options: ProbeServerOptions): Promise<Result<ListeningServer, string>> {
  const { port, host, liveness, readiness, onError } = options;
  const routes = { '/healthz': () => probeResponse(liveness()), '/readyz': () => probeResponse(readiness()) };
  const server = createServer(SERVER_LIMITS, await createRequestListener(routes, onError));
  return listen(server, { port, host, flag: '--health-probe-port' });
}

const probeResponse = (problem: string | null): HttpResponse =>
  problem === null ? { status: 200, body: 'ok\n' } : { status: 503, body: `${problem}\n` };

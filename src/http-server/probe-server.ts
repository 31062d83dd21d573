/**
 * Serves `/healthz` and `/readyz` over plain HTTP, for the kubelet, each on a connection of its own. Each check returns
 * null, or a sentence that says what is missing, which becomes the body of a 503.
 */
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
  readonly onError: (sentence: string, error: unknown) => void;
};

/** The error is a sentence. */
export async function serveProbes(options: ProbeServerOptions): Promise<Result<ListeningServer, string>> {
  const { port, host, liveness, readiness, onError } = options;
  const routes = { '/healthz': () => probeResponse(liveness()), '/readyz': () => probeResponse(readiness()) };
  const server = createShortServer(createRequestListener(routes, onError));
  return listen(server, { port, host, flag: '--health-probe-port' });
}

const probeResponse = (problem: string | null): HttpResponse =>
  problem === null ? { status: 200, body: 'ok\n' } : { status: 503, body: `${problem}\n` };

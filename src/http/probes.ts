/**
 * `/healthz` and `/readyz` over plain HTTP, for the kubelet. What they say is decided elsewhere: each check
 * returns null when all is well, or a sentence naming what is missing, which is then the body of a 503.
 */
import { createServer } from 'node:http';
import type { Result } from '../base/result.ts';
import { type Answer, answering } from './answer.ts';
import { type Listening, listen, SERVER_LIMITS } from './listen.ts';

/** Null, or what is missing as a sentence. It must be quick and must not wait for anything. */
export type Check = () => string | null;

export type ProbeOptions = {
  readonly port: number;
  /** All addresses where it is null. */
  readonly host: string | null;
  /** The loop turns. A failing check has the kubelet restart the container. */
  readonly alive: Check;
  /** The caches are full, on a standby too. */
  readonly ready: Check;
  readonly onTrouble: (sentence: string, error: unknown) => void;
};

/** The error is a whole sentence. */
export async function serveProbes(options: ProbeOptions): Promise<Result<Listening, string>> {
  const { port, host, alive, ready, onTrouble } = options;
  const routes = { '/healthz': () => verdict(alive()), '/readyz': () => verdict(ready()) };
  const server = createServer(SERVER_LIMITS, await answering(routes, onTrouble));
  return listen(server, { port, host, flag: '--health-probe-port' });
}

const verdict = (missing: string | null): Answer =>
  missing === null ? { status: 200, body: 'ok\n' } : { status: 503, body: `${missing}\n` };

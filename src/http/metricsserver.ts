/**
 * `/metrics`: by HTTPS for those whose token may read it, or, where that was asked for, by plain HTTP for
 * everybody. Whose token is good is asked of the API server, through `authorize`.
 */
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Clock } from '../base/clock.ts';
import { err, ok, type Result } from '../base/result.ts';
import { type Answer, answering, type Route } from './answer.ts';
import { attempt, type CertificateSource, followCertificate } from './certificate.ts';
import { type Listening, listen, REQUEST_TIMEOUT, SERVER_LIMITS } from './listen.ts';
import type { TlsSettings } from './tlssettings.ts';

/** `unavailable`: nobody could be asked. */
export type Verdict = 'ok' | 'unauthenticated' | 'forbidden' | 'unavailable';

export type Access =
  /** No certificate and no token: whoever reaches the port may read. */
  | { readonly kind: 'http' }
  | {
      readonly kind: 'https';
      readonly certificate: CertificateSource;
      readonly tls: TlsSettings;
      readonly authorize: (token: string) => Promise<Verdict>;
    };

export type MetricsServerOptions = {
  readonly port: number;
  /** All addresses where it is null. */
  readonly host: string | null;
  readonly access: Access;
  readonly metrics: { readonly contentType: string; text(): Promise<string> };
  readonly clock: Clock;
  readonly onTrouble: (sentence: string, error: unknown) => void;
};

/** Questions to the API server at a time: strangers with made-up tokens must not become its load. */
export const QUESTIONS_MAX = 4;

const FLAG = '--port';

/** The error is a whole sentence. */
export async function serveMetrics(options: MetricsServerOptions): Promise<Result<Listening, string>> {
  const { access, onTrouble } = options;
  const scrape = async (): Promise<Answer> => {
    const { contentType } = options.metrics;
    return { status: 200, body: await options.metrics.text(), contentType };
  };
  if (access.kind === 'https') return serveSecurely(options, access, guarded(access.authorize, scrape));
  return listen(createServer(SERVER_LIMITS, await answering({ '/metrics': scrape }, onTrouble)), {
    ...options,
    flag: FLAG,
  });
}

async function serveSecurely(
  { port, host, clock, onTrouble }: MetricsServerOptions,
  { certificate, tls }: Extract<Access, { kind: 'https' }>,
  route: Route,
): Promise<Result<Listening, string>> {
  const pair = await attempt(certificate);
  if (!pair.ok) return err(`the metrics port has no certificate: ${pair.error}`);
  const server = createTlsServer(
    { ...SERVER_LIMITS, ...tls, ...pair.value, handshakeTimeout: REQUEST_TIMEOUT },
    await answering({ '/metrics': route }, onTrouble),
  );
  const opened = await listen(server, { port, host, flag: FLAG });
  if (!opened.ok) return opened;
  const stopFollowing = followCertificate({
    source: certificate,
    from: pair.value,
    clock,
    use: (renewed) => server.setSecureContext({ ...tls, ...renewed }),
    onTrouble,
  });
  const close = (): Promise<void> => {
    stopFollowing();
    return opened.value.close();
  };
  return ok({ port: opened.value.port, close });
}

/** `route` for those whose token is good, and for the others the reason why not. */
function guarded(authorize: (token: string) => Promise<Verdict>, route: Route): Route {
  let questions = 0;
  return async (request) => {
    const token = bearerToken(request);
    if (token === null) return REFUSALS.unauthenticated;
    if (questions >= QUESTIONS_MAX) return REFUSALS.unavailable;
    questions++;
    let verdict: Verdict;
    try {
      verdict = await authorize(token);
    } finally {
      questions--;
    }
    return verdict === 'ok' ? route(request) : REFUSALS[verdict];
  };
}

/** RFC 6750 2.1; the scheme in any case, RFC 9110 11.1. */
function bearerToken(request: IncomingMessage): string | null {
  return /^Bearer +([\w.~+/-]+=*) *$/i.exec(request.headers.authorization ?? '')?.[1] ?? null;
}

const REFUSALS: Readonly<Record<Exclude<Verdict, 'ok'>, Answer>> = {
  unauthenticated: {
    status: 401,
    body: 'send the token of a service account: Authorization: Bearer …\n',
    headers: { 'WWW-Authenticate': 'Bearer' },
  },
  forbidden: {
    status: 403,
    body: 'this token is good, but nobody has granted it the verb get on the non-resource URL /metrics\n',
  },
  unavailable: {
    status: 503,
    body: 'the API server could not be asked about this token; try again later\n',
    headers: { 'Retry-After': '5' },
  },
};

/**
 * `/metrics`: by HTTPS for those whose token may read it, or, where that was asked for, by plain HTTP for
 * everybody. Whose token is good is asked of the API server, through `authorize`.
 */
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Clock } from '../base/clock.ts';
import { err, ok, type Result } from '../base/result.ts';
import { type CertificateSource, followCertificate, readCertificateSource } from './certificate.ts';
import { type ListeningServer, listen, REQUEST_TIMEOUT, SERVER_LIMITS } from './listen.ts';
import { createRequestListener, type HttpResponse, type RouteHandler } from './request-listener.ts';
import type { TlsSettings } from './tls-settings.ts';

/** `unavailable`: nobody could be asked. */
export type AuthorizationResult = 'ok' | 'unauthenticated' | 'forbidden' | 'unavailable';

export type MetricsAccess =
  /** No certificate and no token: whoever reaches the port may read. */
  | { readonly kind: 'http' }
  | {
      readonly kind: 'https';
      readonly certificate: CertificateSource;
      readonly tls: TlsSettings;
      readonly authorize: (token: string) => Promise<AuthorizationResult>;
    };

export type MetricsServerOptions = {
  readonly port: number;
  /** All addresses where it is null. */
  readonly host: string | null;
  readonly access: MetricsAccess;
  readonly metrics: { readonly contentType: string; text(): Promise<string> };
  readonly clock: Clock;
  readonly onError: (sentence: string, error: unknown) => void;
};

/** Questions to the API server at a time: strangers with made-up tokens must not become its load. */
export const AUTHORIZATIONS_MAX = 4;

const FLAG = '--port';

/** The error is a whole sentence. */
export async function serveMetrics(options: MetricsServerOptions): Promise<Result<ListeningServer, string>> {
  const { access, onError } = options;
  const scrape = async (): Promise<HttpResponse> => {
    const { contentType } = options.metrics;
    return { status: 200, body: await options.metrics.text(), contentType };
  };
  if (access.kind === 'https')
    return serveHttps(options, access, requireAuthorization(access.authorize, scrape));
  return listen(createServer(SERVER_LIMITS, await createRequestListener({ '/metrics': scrape }, onError)), {
    ...options,
    flag: FLAG,
  });
}

async function serveHttps(
  { port, host, clock, onError }: MetricsServerOptions,
  { certificate, tls }: Extract<MetricsAccess, { kind: 'https' }>,
  route: RouteHandler,
): Promise<Result<ListeningServer, string>> {
  const keyPair = await readCertificateSource(certificate);
  if (!keyPair.ok) return err(`the metrics port has no certificate: ${keyPair.error}`);
  const server = createTlsServer(
    { ...SERVER_LIMITS, ...tls, ...keyPair.value, handshakeTimeout: REQUEST_TIMEOUT },
    await createRequestListener({ '/metrics': route }, onError),
  );
  const opened = await listen(server, { port, host, flag: FLAG });
  if (!opened.ok) return opened;
  const stopFollowing = followCertificate({
    source: certificate,
    from: keyPair.value,
    clock,
    use: (renewed) => server.setSecureContext({ ...tls, ...renewed }),
    onTrouble: onError,
  });
  const close = (): Promise<void> => {
    stopFollowing();
    return opened.value.close();
  };
  return ok({ port: opened.value.port, close });
}

/** `route` for those whose token is good, and for the others the reason why not. */
function requireAuthorization(
  authorize: (token: string) => Promise<AuthorizationResult>,
  route: RouteHandler,
): RouteHandler {
  let inFlight = 0;
  return async (request) => {
    const token = bearerToken(request);
    if (token === null) return ERROR_RESPONSES.unauthenticated;
    if (inFlight >= AUTHORIZATIONS_MAX) return ERROR_RESPONSES.unavailable;
    inFlight++;
    let result: AuthorizationResult;
    try {
      result = await authorize(token);
    } finally {
      inFlight--;
    }
    return result === 'ok' ? route(request) : ERROR_RESPONSES[result];
  };
}

/** RFC 6750 2.1; the scheme in any case, RFC 9110 11.1. */
function bearerToken(request: IncomingMessage): string | null {
  return /^Bearer +([\w.~+/-]+=*) *$/i.exec(request.headers.authorization ?? '')?.[1] ?? null;
}

const ERROR_RESPONSES: Readonly<Record<Exclude<AuthorizationResult, 'ok'>, HttpResponse>> = {
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

/**
 * Serves `/metrics`: over HTTPS to clients whose token is authorized, or over plain HTTP to everyone. The API server
 * authorizes tokens, through `authorizer`.
 */
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Clock } from '../base/clock.ts';
import { err, ok, type Result } from '../base/result.ts';
import { type CertificateSource, followCertificate, readCertificateSource } from './certificate.ts';
import { sourceOf } from './connections.ts';
import { FairQueue } from './fair-queue.ts';
import { CONNECTIONS_MAX, type ListeningServer, listen, REQUEST_TIMEOUT, SERVER_LIMITS } from './listen.ts';
import { createRequestListener, type HttpResponse, type RouteHandler } from './request-listener.ts';
import type { TlsSettings } from './tls-settings.ts';

/** `unavailable`: the API server gave no answer. */
export type AuthorizationResult = 'ok' | 'unauthenticated' | 'forbidden' | 'unavailable';

export type TokenAuthorizer = {
  /** A recent review of the token, or one in flight; null if there is none. It costs nothing. */
  recall(token: string): Promise<AuthorizationResult> | null;
  /** The token was authorized some time ago; it is not made up. */
  wasAuthorized(token: string): boolean;
  /** Has the token reviewed. */
  authorize(token: string): Promise<AuthorizationResult>;
};

export type MetricsAccess =
  /** Without certificate and token: readable by everyone who reaches the port. */
  | { readonly kind: 'http' }
  | {
      readonly kind: 'https';
      readonly certificate: CertificateSource;
      readonly tls: TlsSettings;
      readonly authorizer: TokenAuthorizer;
    };

export type MetricsServerOptions = {
  readonly port: number;
  /** Null for all addresses. */
  readonly host: string | null;
  readonly access: MetricsAccess;
  readonly metrics: { readonly contentType: string; text(): Promise<string> };
  readonly clock: Clock;
  readonly onError: (sentence: string, error: unknown) => void;
};

/** Concurrent reviews: clients with invalid tokens must not load the API server. Further ones wait. */
export const AUTHORIZATIONS_MAX = 4;
/** Reviews that wait; of more, those of the client with the most are answered with 503. */
export const AUTHORIZATIONS_WAITING_MAX = CONNECTIONS_MAX;
/** Tokens that were authorized before have a turn of their own, whatever their source: clients may share an address. */
const KNOWN_TOKENS = 'known tokens';

const FLAG = '--port';

/** The error is a sentence. */
export async function serveMetrics(options: MetricsServerOptions): Promise<Result<ListeningServer, string>> {
  const { access, onError } = options;
  const scrape = async (): Promise<HttpResponse> => {
    const { contentType } = options.metrics;
    return { status: 200, body: await options.metrics.text(), contentType };
  };
  if (access.kind === 'https')
    return serveHttps(options, access, requireAuthorization(access.authorizer, scrape));
  const server = createServer(SERVER_LIMITS, createRequestListener({ '/metrics': scrape }, onError));
  return listen(server, { ...options, flag: FLAG });
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
    createRequestListener({ '/metrics': route }, onError),
  );
  const opened = await listen(server, { port, host, flag: FLAG });
  if (!opened.ok) return opened;
  const stopFollowing = followCertificate({
    source: certificate,
    from: keyPair.value,
    clock,
    use: (renewed) => server.setSecureContext({ ...tls, ...renewed }),
    onError: onError,
  });
  const close = (): Promise<void> => {
    stopFollowing();
    return opened.value.close();
  };
  return ok({ port: opened.value.port, close });
}

/**
 * Calls `route` for authorized tokens, and answers others with 401, 403 or 503. Only a token without a recent review takes a
 * place in the queue, where each client waits for its own.
 */
function requireAuthorization(authorizer: TokenAuthorizer, route: RouteHandler): RouteHandler {
  const reviews = new FairQueue({ places: AUTHORIZATIONS_MAX, waitingMax: AUTHORIZATIONS_WAITING_MAX });
  return async (request) => {
    const token = bearerToken(request);
    if (token === null) return ERROR_RESPONSES.unauthenticated;
    const recalled = authorizer.recall(token);
    if (recalled !== null) return respond(await recalled);
    const { socket } = request;
    const source = authorizer.wasAuthorized(token) ? KNOWN_TOKENS : sourceOf(socket);
    const review = await reviews.run(source, () =>
      socket.destroyed ? 'unavailable' : authorizer.authorize(token),
    );
    return respond(review.ok ? review.value : 'unavailable');

    function respond(result: AuthorizationResult): HttpResponse | Promise<HttpResponse> {
      return result === 'ok' ? route(request) : ERROR_RESPONSES[result];
    }
  };
}

/** The bearer token (RFC 6750, 2.1); the scheme is case-insensitive (RFC 9110, 11.1). */
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
    body: 'the token is valid, but lacks the right to get the non-resource URL /metrics: grant it by a ClusterRole\n',
  },
  unavailable: {
    status: 503,
    body: 'the API server could not review the token; try again later\n',
    headers: { 'Retry-After': '5' },
  },
};

/**
 * The server of a dashboard: a few static files, a stream of server-sent events (HTML Standard, 9.2), and questions. Whether a request
 * is answered is decided by the caller, before any route is tried.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { RequestHandler } from 'express';
import type { Millis } from '../base/clock.ts';
import { showControls } from '../base/printable.ts';
import type { Result } from '../base/result.ts';
import type { KeyPair } from './certificate.ts';
import { type ListeningServer, type ListenOptions, listen, SERVER_LIMITS } from './listen.ts';
import { type QuestionRoutes, routeQuestions } from './questions.ts';

export type StaticFile = { readonly contentType: string; readonly body: Uint8Array };

export type DashboardServerOptions = ListenOptions &
  Pick<QuestionRoutes, 'questions' | 'quickQuestions'> & {
    /** Null for plain HTTP. */
    readonly keyPair: KeyPair | null;
    /** By path. They contain nothing of the cluster. */
    readonly files: ReadonlyMap<string, StaticFile>;
    /** Null where the request may have a file, else why not. */
    readonly refusePage: (request: IncomingMessage) => string | null;
    /** The same for the events and the questions. */
    readonly refuseData: (request: IncomingMessage) => string | null;
    /** Sends events to `send` until the returned function is called. `since` is the version that the client has, 0 for none. */
    readonly follow: (since: number, send: (event: unknown) => void) => () => void;
    /** A bug, for the terminal. */
    readonly onError: (sentence: string, error: unknown) => void;
  };

const EVENTS_PATH = '/api/events';
/** Tells the client that the server is there, and the server that the client is. */
const HEARTBEAT: Millis = 10_000;
/** A client that reads nothing while so much waits for it is disconnected; it catches up later. */
const BACKLOG_BYTES_MAX = 64 * 1024 * 1024;

/** Nothing but what this server serves: no markup from elsewhere, no inline script, no frame, no form. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

/** The error is a sentence. */
export async function serveDashboard(
  options: DashboardServerOptions,
): Promise<Result<ListeningServer, string>> {
  const { default: express } = await import('express');
  const app = express();
  for (const setting of ['x-powered-by', 'etag', 'query parser']) app.disable(setting);
  for (const setting of ['strict routing', 'case sensitive routing']) app.enable(setting);
  const refuse = refuseWith(options.refuseData);
  app.use(refuseOtherMethods(options), refuseWith(options.refusePage));
  app.get(EVENTS_PATH, refuse, (request, response) => sendEvents(request, response, options));
  for (const [path, { contentType, body }] of options.files)
    app.get(path, (_, response) => {
      response.writeHead(200, { ...HEADERS, 'Content-Type': contentType, 'Content-Length': body.length });
      response.end(body);
    });
  routeQuestions(app, express, { ...options, refuse, headers: HEADERS });
  app.use((_, response) => sendText(response, 404, 'not found'));
  const { keyPair } = options;
  const server =
    keyPair === null
      ? createServer(SERVER_LIMITS, app)
      : createTlsServer({ ...SERVER_LIMITS, ...keyPair, minVersion: 'TLSv1.3' }, app);
  return listen(server, options);
}

const refuseOtherMethods =
  ({ questions, quickQuestions }: DashboardServerOptions): RequestHandler =>
  ({ method, path }, response, next) => {
    const isQuestion = method === 'POST' && (questions.has(path) || quickQuestions.has(path));
    if (method === 'GET' || method === 'HEAD' || isQuestion) next();
    else sendText(response, 405, 'only GET and HEAD, and POST to ask');
  };

const refuseWith =
  (refuse: (request: IncomingMessage) => string | null): RequestHandler =>
  (request, response, next) => {
    const refusal = refuse(request);
    if (refusal === null) next();
    else sendText(response, 403, refusal);
  };

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { ...HEADERS, 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(`${text}\n`);
}

function sendEvents(
  request: IncomingMessage,
  response: ServerResponse,
  { follow }: DashboardServerOptions,
): void {
  response.writeHead(200, { ...HEADERS, 'Content-Type': 'text/event-stream' });
  if (request.method === 'HEAD') return void response.end();
  // A cluster that is still being read gives no event yet.
  response.flushHeaders();
  const write = (text: string): void => {
    response.write(text);
    if (response.writableLength > BACKLOG_BYTES_MAX) response.destroy();
  };
  const heartbeat = setInterval(() => write(':\n\n'), HEARTBEAT);
  const end = follow(sinceOf(request), (event) => write(`data: ${showControls(JSON.stringify(event))}\n\n`));
  response.once('close', () => {
    clearInterval(heartbeat);
    end();
  });
}

/** The version that a client has, as its header says. */
function sinceOf({ headers }: IncomingMessage): number {
  const version = Number(headers['last-event-id'] ?? 0);
  return Number.isSafeInteger(version) && version > 0 ? version : 0;
}

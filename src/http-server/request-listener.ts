/**
 * The request listener of the small servers of a program: fixed paths, GET and HEAD only, text. Express routes; its other
 * features are disabled.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import { lazy } from '../base/lazy.ts';

export type HttpResponse = {
  readonly status: number;
  /** Parts are made one by one, as the client reads them. */
  readonly body: string | AsyncIterable<string>;
  /** Default: `text/plain; charset=utf-8`. */
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

export type RouteHandler = (request: IncomingMessage) => HttpResponse | Promise<HttpResponse>;

/** Paths match exactly: trailing slashes and case are significant. */
const ENABLED_SETTINGS = ['strict routing', 'case sensitive routing'] as const;
/** A header that reveals the framework, and work that no route needs. */
const DISABLED_SETTINGS = ['x-powered-by', 'etag', 'query parser'] as const;

type ErrorObserver = (sentence: string, error: unknown) => void;

const INTERNAL_ERROR: HttpResponse = { status: 500, body: 'internal error: see the log\n' };

/**
 * Unknown paths are answered with 404; a handler that throws is reported, and answered with 500. The first request loads
 * Express: that takes a tenth of a second, which the start of a program would wait for.
 */
export function createRequestListener(
  routes: Readonly<Record<string, RouteHandler>>,
  onError: ErrorObserver,
): RequestListener {
  const application = lazy(() => createApplication(routes, onError));
  return (request, response) =>
    void application().then(
      (handle) => handle(request, response),
      (error: unknown) => {
        onError('request failed', error);
        sendResponse(request, response, INTERNAL_ERROR);
      },
    );
}

async function createApplication(
  routes: Readonly<Record<string, RouteHandler>>,
  onError: ErrorObserver,
): Promise<RequestListener> {
  const { default: express } = await import('express');
  const app = express();
  for (const setting of ENABLED_SETTINGS) app.enable(setting);
  for (const setting of DISABLED_SETTINGS) app.disable(setting);
  app.use(refuseOtherMethods);
  for (const [path, route] of Object.entries(routes)) {
    app.get(path, async (request, response) => await sendResponse(request, response, await route(request)));
  }
  const notFound: HttpResponse = {
    status: 404,
    body: `not found; there is ${Object.keys(routes).join(', ')}\n`,
  };
  app.use((request, response) => sendResponse(request, response, notFound));
  // Express recognizes an error handler by its four parameters.
  const errorHandler: ErrorRequestHandler = async (error: unknown, request, response, _next) => {
    onError('request failed', error);
    if (response.headersSent) response.destroy();
    else await sendResponse(request, response, INTERNAL_ERROR);
  };
  app.use(errorHandler);
  return app;
}

/** Registered before the routes, since Express would answer OPTIONS itself. */
const refuseOtherMethods: RequestHandler = (request, response, next) => {
  if (request.method === 'GET' || request.method === 'HEAD') next();
  else
    sendResponse(request, response, {
      status: 405,
      body: 'only GET and HEAD\n',
      headers: { Allow: 'GET, HEAD' },
    });
};

async function sendResponse(
  request: IncomingMessage,
  response: ServerResponse,
  { status, body, contentType = 'text/plain; charset=utf-8', headers }: HttpResponse,
): Promise<void> {
  // Bodies are not read: after the response to a request with one, the connection is closed.
  const carriesBody =
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
  response.writeHead(status, {
    'Content-Type': contentType,
    ...(typeof body === 'string' ? { 'Content-Length': Buffer.byteLength(body) } : {}),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...headers,
    ...(carriesBody ? { Connection: 'close' } : {}),
  });
  if (request.method === 'HEAD') response.end();
  else if (typeof body === 'string') response.end(body);
  else await sendParts(response, body);
}

/** Asks for no more parts than the client reads, and for none after it has left. */
async function sendParts(response: ServerResponse, parts: AsyncIterable<string>): Promise<void> {
  for await (const part of parts) {
    if (!response.write(part)) await writableOrClosed(response);
    if (response.closed) return;
  }
  response.end();
}

/** Settles at once where the client has left while a part was made: no event tells that again. */
const writableOrClosed = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    if (response.closed) return resolve();
    const settle = (): void => {
      response.off('drain', settle);
      response.off('close', settle);
      resolve();
    };
    response.once('drain', settle);
    response.once('close', settle);
  });

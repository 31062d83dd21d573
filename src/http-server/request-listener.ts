/**
 * Answers for the small servers of a program: a fixed set of paths, GET and HEAD only, plain texts. Express
 * routes; of all that it could do besides, nothing is switched on.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { ErrorRequestHandler, RequestHandler } from 'express';

export type HttpResponse = {
  readonly status: number;
  readonly body: string;
  /** `text/plain; charset=utf-8` unless told. */
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

export type RouteHandler = (request: IncomingMessage) => HttpResponse | Promise<HttpResponse>;

/** A path means itself: no slash more or less, and capitals count. */
const ENABLED_SETTINGS = ['strict routing', 'case sensitive routing'] as const;
/** A header that tells who made us, and work that no route asks for. */
const DISABLED_SETTINGS = ['x-powered-by', 'etag', 'query parser'] as const;

/** A request without a handler is told so; a handler that throws is reported and answered with a bare 500. */
export async function createRequestListener(
  routes: Readonly<Record<string, RouteHandler>>,
  onError: (sentence: string, error: unknown) => void,
): Promise<RequestListener> {
  const { default: express } = await import('express');
  const app = express();
  for (const setting of ENABLED_SETTINGS) app.enable(setting);
  for (const setting of DISABLED_SETTINGS) app.disable(setting);
  app.use(refuseOtherMethods);
  for (const [path, route] of Object.entries(routes)) {
    app.get(path, async (request, response) => sendResponse(request, response, await route(request)));
  }
  const notFound: HttpResponse = { status: 404, body: `here are only ${Object.keys(routes).join(', ')}\n` };
  app.use((request, response) => sendResponse(request, response, notFound));
  // Express tells a handler for errors by its four parameters.
  const errorHandler: ErrorRequestHandler = (error: unknown, request, response, _next) => {
    onError('a request could not be answered', error);
    sendResponse(request, response, { status: 500, body: 'something is wrong here; the log has more\n' });
  };
  app.use(errorHandler);
  return app;
}

/** Before any route, since Express would answer OPTIONS by itself. */
const refuseOtherMethods: RequestHandler = (request, response, next) => {
  if (request.method === 'GET' || request.method === 'HEAD') next();
  else
    sendResponse(request, response, {
      status: 405,
      body: 'only GET and HEAD\n',
      headers: { Allow: 'GET, HEAD' },
    });
};

function sendResponse(request: IncomingMessage, response: ServerResponse, content: HttpResponse): void {
  // Nobody here reads bodies: a client that sends one is answered and hung up on.
  const carriesBody =
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
  response.writeHead(content.status, {
    'Content-Type': content.contentType ?? 'text/plain; charset=utf-8',
    'Content-Length': Buffer.byteLength(content.body),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...content.headers,
    ...(carriesBody ? { Connection: 'close' } : {}),
  });
  response.end(request.method === 'HEAD' ? undefined : content.body);
}

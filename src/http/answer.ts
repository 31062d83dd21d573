/**
 * Answers for the small servers of a program: a fixed set of paths, GET and HEAD only, plain texts. Express
 * routes; of all that it could do besides, nothing is switched on.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { ErrorRequestHandler, RequestHandler } from 'express';

export type Answer = {
  readonly status: number;
  readonly body: string;
  /** `text/plain; charset=utf-8` unless told. */
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

export type Route = (request: IncomingMessage) => Answer | Promise<Answer>;

/** A path means itself: no slash more or less, and capitals count. */
const EXACTLY = ['strict routing', 'case sensitive routing'] as const;
/** A header that tells who made us, and work that no route asks for. */
const NEEDLESS = ['x-powered-by', 'etag', 'query parser'] as const;

/** A request without a handler is told so; a handler that throws is reported and answered with a bare 500. */
export async function answering(
  routes: Readonly<Record<string, Route>>,
  onTrouble: (sentence: string, error: unknown) => void,
): Promise<RequestListener> {
  const { default: express } = await import('express');
  const app = express();
  for (const setting of EXACTLY) app.enable(setting);
  for (const setting of NEEDLESS) app.disable(setting);
  app.use(refuseOtherMethods);
  for (const [path, route] of Object.entries(routes)) {
    app.get(path, async (request, response) => send(request, response, await route(request)));
  }
  const nothing: Answer = { status: 404, body: `here are only ${Object.keys(routes).join(', ')}\n` };
  app.use((request, response) => send(request, response, nothing));
  // Express tells a handler for errors by its four parameters.
  const onError: ErrorRequestHandler = (error: unknown, request, response, _next) => {
    onTrouble('a request could not be answered', error);
    send(request, response, { status: 500, body: 'something is wrong here; the log has more\n' });
  };
  app.use(onError);
  return app;
}

/** Before any route, since Express would answer OPTIONS by itself. */
const refuseOtherMethods: RequestHandler = (request, response, next) => {
  if (request.method === 'GET' || request.method === 'HEAD') next();
  else send(request, response, { status: 405, body: 'only GET and HEAD\n', headers: { Allow: 'GET, HEAD' } });
};

function send(request: IncomingMessage, response: ServerResponse, said: Answer): void {
  // Nobody here reads bodies: a client that sends one is answered and hung up on.
  const carriesBody =
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
  response.writeHead(said.status, {
    'Content-Type': said.contentType ?? 'text/plain; charset=utf-8',
    'Content-Length': Buffer.byteLength(said.body),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...said.headers,
    ...(carriesBody ? { Connection: 'close' } : {}),
  });
  response.end(request.method === 'HEAD' ? undefined : said.body);
}

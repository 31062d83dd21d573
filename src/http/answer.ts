/**
 * Answers for the small servers of a program: a fixed set of paths, GET and HEAD only, plain texts. Three paths
 * do not need a web framework, and doing without keeps an idle controller some 12 MB smaller.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

export type Answer = {
  readonly status: number;
  readonly body: string;
  /** `text/plain; charset=utf-8` unless told. */
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

export type Route = (request: IncomingMessage) => Answer | Promise<Answer>;

/** A request without a handler is told so; a handler that throws is reported and answered with a bare 500. */
export function answering(
  routes: Readonly<Record<string, Route>>,
  onTrouble: (sentence: string, error: unknown) => void,
): RequestListener {
  return (request, response) => {
    void answer(routes, request)
      .catch((error: unknown): Answer => {
        onTrouble('a request could not be answered', error);
        return { status: 500, body: 'something is wrong here; the log has more\n' };
      })
      .then((said) => send(request, response, said));
  };
}

async function answer(routes: Readonly<Record<string, Route>>, request: IncomingMessage): Promise<Answer> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return { status: 405, body: 'only GET and HEAD\n', headers: { Allow: 'GET, HEAD' } };
  }
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
  if (route === undefined) return { status: 404, body: `here are only ${Object.keys(routes).join(', ')}\n` };
  return route(request);
}

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

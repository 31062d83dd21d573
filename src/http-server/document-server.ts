/** JSON documents over plain HTTP, made when they are asked for. What they hold is for everybody who reaches the port. */
import { createServer, type IncomingMessage } from 'node:http';
import type { Result } from '../base/result.ts';
import { type ListeningServer, type ListenOptions, listen, SERVER_LIMITS } from './listen.ts';
import { createRequestListener, type HttpResponse } from './request-listener.ts';

/** The text of an object, or why the question cannot be answered, in a sentence. It must be quick. */
export type DocumentHandler = (query: URLSearchParams) => Result<string, string>;

export type DocumentServerOptions = ListenOptions & {
  /** By path. */
  readonly documents: Readonly<Record<string, DocumentHandler>>;
  readonly onError: (sentence: string, error: unknown) => void;
};

/** The error is a whole sentence. */
export async function serveDocuments(
  options: DocumentServerOptions,
): Promise<Result<ListeningServer, string>> {
  const { documents, onError } = options;
  const routes = Object.fromEntries(
    Object.entries(documents).map(([path, document]) => [
      path,
      (request: IncomingMessage) => toResponse(document(queryOf(request))),
    ]),
  );
  return listen(createServer(SERVER_LIMITS, await createRequestListener(routes, onError)), options);
}

/** A path with a query alone, so that no host that somebody sends is looked at. */
const queryOf = ({ url = '' }: IncomingMessage): URLSearchParams =>
  new URLSearchParams(url.includes('?') ? url.slice(url.indexOf('?') + 1) : '');

const toResponse = (text: Result<string, string>): HttpResponse =>
  text.ok
    ? { status: 200, body: `${text.value}\n`, contentType: 'application/json' }
    : { status: 400, body: `${text.error}\n` };

/** Serves JSON documents over plain HTTP, created on request. They are readable by everyone who reaches the port. */
import { createServer, type IncomingMessage } from 'node:http';
import { escapeControls, escapeDocument } from '../base/printable.ts';
import type { Result } from '../base/result.ts';
import { type ListeningServer, type ListenOptions, listen, SERVER_LIMITS } from './listen.ts';
import { createRequestListener, type HttpResponse } from './request-listener.ts';

/** The JSON of a document; the error is a sentence about the query. It must be quick. */
export type DocumentHandler = (query: URLSearchParams) => Result<string, string>;

export type DocumentServerOptions = ListenOptions & {
  /** By path. */
  readonly documents: Readonly<Record<string, DocumentHandler>>;
  readonly onError: (sentence: string, error: unknown) => void;
};

/** The error is a sentence. */
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
  return listen(createServer(SERVER_LIMITS, createRequestListener(routes, onError)), options);
}

/** The query of the path alone: the Host header is not trusted. */
const queryOf = ({ url = '' }: IncomingMessage): URLSearchParams =>
  new URLSearchParams(url.includes('?') ? url.slice(url.indexOf('?') + 1) : '');

const toResponse = (text: Result<string, string>): HttpResponse =>
  text.ok
    ? { status: 200, body: `${escapeDocument(text.value)}\n`, contentType: 'application/json' }
    : { status: 400, body: `${escapeControls(text.error)}\n` };

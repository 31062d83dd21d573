/**
 * Serves JSON documents over plain HTTP, created on request. They are readable by everyone who reaches the port. Each is
 * made in parts, one in a turn of the event loop, and clients take turns: so no request holds up anything else.
 */
import type { IncomingMessage } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { escapeControls, escapeDocument } from '../base/printable.ts';
import type { Result } from '../base/result.ts';
import { sourceOf } from './connections.ts';
import { FairQueue } from './fair-queue.ts';
import {
  CONNECTIONS_MAX,
  createShortServer,
  type ListeningServer,
  type ListenOptions,
  listen,
} from './listen.ts';
import { createRequestListener, type HttpResponse } from './request-listener.ts';

/** The JSON of a document in parts, each made quickly; null only makes a pause. The error is a sentence about the query. */
export type DocumentHandler = (query: URLSearchParams) => Result<Iterable<string | null>, string>;

export type DocumentServerOptions = ListenOptions & {
  /** By path. */
  readonly documents: Readonly<Record<string, DocumentHandler>>;
  readonly onError: (sentence: string, error: unknown) => void;
};

/** Parts that wait to be made. A connection has one, also for a moment after it was closed. */
const PARTS_WAITING_MAX = 2 * CONNECTIONS_MAX;

/** The error is a sentence. */
export async function serveDocuments(
  options: DocumentServerOptions,
): Promise<Result<ListeningServer, string>> {
  const { documents, onError } = options;
  const turns = new FairQueue({ places: 1, waitingMax: PARTS_WAITING_MAX });
  const routes = Object.fromEntries(
    Object.entries(documents).map(([path, document]) => [
      path,
      (request: IncomingMessage) => toResponse(document(queryOf(request)), turns, request),
    ]),
  );
  return listen(createShortServer(createRequestListener(routes, onError)), options);
}

/** The query of the path alone: the Host header is not trusted. */
const queryOf = ({ url = '' }: IncomingMessage): URLSearchParams =>
  new URLSearchParams(url.includes('?') ? url.slice(url.indexOf('?') + 1) : '');

const toResponse = (
  document: Result<Iterable<string | null>, string>,
  turns: FairQueue,
  { socket }: IncomingMessage,
): HttpResponse =>
  document.ok
    ? {
        status: 200,
        body: inTurns(document.value, turns, sourceOf(socket)),
        contentType: 'application/json',
      }
    : { status: 400, body: `${escapeControls(document.error)}\n` };

/** The parts, each made in a turn of the event loop of its own. */
async function* inTurns(
  parts: Iterable<string | null>,
  turns: FairQueue,
  source: string,
): AsyncGenerator<string> {
  const iterator = parts[Symbol.iterator]();
  try {
    for (;;) {
      const turn = await turns.run(source, async () => {
        await nextTurn();
        return iterator.next();
      });
      if (!turn.ok) throw new Error('more documents are requested than this port serves at a time');
      if (turn.value.done === true) break;
      if (turn.value.value !== null) yield escapeDocument(turn.value.value);
    }
    yield '\n';
  } finally {
    iterator.return?.();
  }
}

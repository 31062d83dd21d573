/** JSON documents over plain HTTP, made when they are asked for. What they hold is for everybody who reaches the port. */
import { createServer, type IncomingMessage } from 'node:http';
import type { Result } from '../base/result.ts';
import { type Answer, answering } from './answer.ts';
import { type Listening, listen, SERVER_LIMITS, type Where } from './listen.ts';

/** The text of an object, or why the question cannot be answered, in a sentence. It must be quick. */
export type Document = (query: URLSearchParams) => Result<string, string>;

export type DocumentOptions = Where & {
  /** By path. */
  readonly documents: Readonly<Record<string, Document>>;
  readonly onTrouble: (sentence: string, error: unknown) => void;
};

/** The error is a whole sentence. */
export async function serveDocuments(options: DocumentOptions): Promise<Result<Listening, string>> {
  const { documents, onTrouble } = options;
  const routes = Object.fromEntries(
    Object.entries(documents).map(([path, document]) => [
      path,
      (request: IncomingMessage) => answerOf(document(queryOf(request))),
    ]),
  );
  return listen(createServer(SERVER_LIMITS, await answering(routes, onTrouble)), options);
}

/** A path with a query alone, so that no host that somebody sends is looked at. */
const queryOf = ({ url = '' }: IncomingMessage): URLSearchParams =>
  new URLSearchParams(url.includes('?') ? url.slice(url.indexOf('?') + 1) : '');

const answerOf = (text: Result<string, string>): Answer =>
  text.ok
    ? { status: 200, body: `${text.value}\n`, contentType: 'application/json' }
    : { status: 400, body: `${text.error}\n` };

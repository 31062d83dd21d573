/**
 * Questions that pages of a dashboard ask: a POST of JSON, since they are too long for a URL. They change nothing. One is answered at a
 * time, because an answer takes the whole cluster into account. Those that need nothing but what is in memory are answered at once.
 */
import type { IncomingMessage } from 'node:http';
import type { ErrorRequestHandler, Express, RequestHandler, Response } from 'express';
import { fieldsOf } from '../base/json.ts';
import { showControls } from '../base/printable.ts';
import type { Result } from '../base/result.ts';
import { sourceOf } from './connections.ts';
import { FairQueue } from './fair-queue.ts';

/** Answers the JSON of a request. The errors are sentences. */
export type Question = (body: unknown) => Promise<Result<unknown, readonly string[]>>;

/** Takes no longer than a filter of the page: it is answered before those that wait. */
export type QuickQuestion = (body: unknown) => Result<unknown, readonly string[]>;

/** Of one question: a folder of manifests is a few kilobytes. */
export const QUESTION_BYTES_MAX = 1024 * 1024;
/** Questions that wait for their turn; a further one is refused. */
export const QUESTIONS_WAITING_MAX = 16;

export type QuestionRoutes = {
  /** By path. */
  readonly questions: ReadonlyMap<string, Question>;
  readonly quickQuestions: ReadonlyMap<string, QuickQuestion>;
  /** Null where the request may ask, else why not. */
  readonly refuse: RequestHandler;
  readonly headers: Readonly<Record<string, string>>;
  /** A question that could not be answered because of a bug. */
  readonly onError: (sentence: string, error: unknown) => void;
};

type Express5 = Pick<typeof import('express'), 'json'>;

/** Answers with 200 and a document, or with another status and `{ errors }`: sentences for people. */
export function routeQuestions(app: Express, express: Express5, routes: QuestionRoutes): void {
  const { questions, quickQuestions, refuse, headers, onError } = routes;
  const turns = new FairQueue({ places: 1, waitingMax: QUESTIONS_WAITING_MAX });
  const send = (response: Response, status: number, body: unknown): void => {
    response.writeHead(status, { ...headers, 'Content-Type': 'application/json; charset=utf-8' });
    response.end(showControls(JSON.stringify(body)));
  };
  const refuseType: RequestHandler = (request, response, next) => {
    if (request.is('application/json') === 'application/json') next();
    else send(response, 415, { errors: ['a question should be application/json'] });
  };
  const sendAnswer = (response: Response, answer: ReturnType<QuickQuestion>): void => {
    if (answer.ok) send(response, 200, answer.value);
    else send(response, 422, { errors: answer.error });
  };
  const readBody = express.json({ limit: QUESTION_BYTES_MAX });
  for (const [path, question] of quickQuestions)
    app.post(path, refuse, refuseType, readBody, (request, response) =>
      sendAnswer(response, question(request.body)),
    );
  for (const [path, question] of questions)
    app.post(path, refuse, refuseType, readBody, async (request, response) => {
      const body: unknown = request.body;
      // Whoever has chosen something else meanwhile does not wait for an answer any more.
      const answer = async () => (response.destroyed ? null : question(body));
      const turn = await turns.run(sourceOf(request.socket), answer);
      if (!turn.ok) send(response, 503, { errors: ['too many questions wait for an answer: ask again'] });
      else if (turn.value !== null) sendAnswer(response, turn.value);
    });
  const onBadBody: ErrorRequestHandler = (error: unknown, request: IncomingMessage, response, next) => {
    const says = badBodyText(fieldsOf(error)['type']);
    if (response.headersSent) return next(error);
    if (says !== null) return send(response, ...says);
    onError(`${request.url} could not be answered`, error);
    send(response, 500, {
      errors: ['the question could not be answered: the terminal of the dashboard shows why'],
    });
  };
  app.use(onBadBody);
}

/** The types of errors are those of body-parser; null for others. */
function badBodyText(type: unknown): readonly [status: number, body: unknown] | null {
  if (type === 'entity.too.large')
    return [
      413,
      { errors: [`the edit is too large: ${QUESTION_BYTES_MAX / 1024} KiB at most are planned at once`] },
    ];
  if (typeof type === 'string') return [400, { errors: ['the question is no JSON'] }];
  return null;
}

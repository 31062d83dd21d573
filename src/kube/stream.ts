/** An answer that goes on until somebody hangs up: one watch, as bytes. */
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Clock, Millis } from '../base/clock.ts';
import { type ApiRefused, readRefusal } from './outcome.ts';

export type StreamRequest = {
  readonly path: string;
  /** Until the server has answered with its headers; what comes after has no limit here. */
  readonly timeout: Millis;
};

export type StreamEnd =
  /** The server closed the answer properly. */
  | { readonly kind: 'ended' }
  | ApiRefused
  /** No connection, none in time, or one that broke. */
  | { readonly kind: 'broken'; readonly because: string };

export type StreamSink = {
  /** The server said 200. */
  opened(): void;
  bytes(chunk: Buffer): void;
  /** Once, and nothing after it; not after hanging up. */
  ended(end: StreamEnd): void;
};

/** Whoever can open such an answer; the returned function hangs up. */
export interface ApiStreamer {
  stream(request: StreamRequest, sink: StreamSink): () => void;
}

export type StreamDoor = {
  open(): Promise<ClientRequest>;
  /** The credentials were refused. */
  renew(): void;
  readonly clock: Clock;
};

/** A refusal longer than this is cut off. */
const REFUSAL_BYTES_MAX = 64 * 1024;

export function openStream(door: StreamDoor, request: StreamRequest, sink: StreamSink): () => void {
  let call: ClientRequest | null = null;
  let over = false;
  const finish = (): void => {
    over = true;
    cancelTimer();
    call?.destroy();
  };
  const end = (how: StreamEnd): void => {
    if (over) return;
    finish();
    sink.ended(how);
  };
  const broken = (because: string): void => end({ kind: 'broken', because });

  const cancelTimer = door.clock.after(request.timeout, () => broken(`nothing within ${request.timeout} ms`));
  const answered = (answer: IncomingMessage): void => {
    if (answer.statusCode !== 200) {
      readRefused(answer, door.clock, (refused) => {
        if (refused.status === 401) door.renew();
        end(refused);
      });
      return;
    }
    cancelTimer();
    sink.opened();
    answer.on('data', (chunk: Buffer) => {
      if (!over) sink.bytes(chunk);
    });
    answer.on('error', (error) => broken(error.message));
    answer.on('end', () => (answer.complete ? end({ kind: 'ended' }) : broken('the answer broke off')));
  };

  door.open().then(
    (opened) => {
      call = opened;
      opened.on('error', (error) => broken(error.message));
      opened.on('response', answered);
      if (over) opened.destroy();
      else opened.end();
    },
    (error: unknown) => broken((error as Error).message),
  );
  return finish;
}

function readRefused(answer: IncomingMessage, clock: Clock, done: (refused: ApiRefused) => void): void {
  let text = '';
  answer.setEncoding('utf8');
  const tell = (): void =>
    done(
      readRefusal(
        { status: answer.statusCode ?? 0, retryAfter: answer.headers['retry-after'], text },
        clock.wall(),
      ),
    );
  answer.on('data', (chunk: string) => {
    text += chunk;
    if (text.length > REFUSAL_BYTES_MAX) tell();
  });
  answer.on('error', tell);
  answer.on('end', tell);
}

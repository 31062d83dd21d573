/** An answer that goes on until somebody hangs up: one watch, as bytes. */
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Clock, Millis } from '../../base/clock.ts';
import { type ApiRefused, readRefusal } from './api-request.ts';

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

export type StreamTransport = {
  open(): Promise<ClientRequest>;
  /** The credentials were refused. */
  invalidateCredentials(): void;
  readonly clock: Clock;
};

/** A refusal longer than this is cut off. */
const REFUSAL_BYTES_MAX = 64 * 1024;

export function openStream(transport: StreamTransport, request: StreamRequest, sink: StreamSink): () => void {
  let clientRequest: ClientRequest | null = null;
  let isOver = false;
  const cancel = (): void => {
    isOver = true;
    cancelTimer();
    clientRequest?.destroy();
  };
  const end = (reason: StreamEnd): void => {
    if (isOver) return;
    cancel();
    sink.ended(reason);
  };
  const endBroken = (because: string): void => end({ kind: 'broken', because });

  const cancelTimer = transport.clock.after(request.timeout, () =>
    endBroken(`nothing within ${request.timeout} ms`),
  );
  const onResponse = (response: IncomingMessage): void => {
    if (response.statusCode !== 200) {
      readRefusalStream(response, transport.clock, (refused) => {
        if (refused.status === 401) transport.invalidateCredentials();
        end(refused);
      });
      return;
    }
    cancelTimer();
    sink.opened();
    response.on('data', (chunk: Buffer) => {
      if (!isOver) sink.bytes(chunk);
    });
    response.on('error', (error) => endBroken(error.message));
    response.on('end', () =>
      response.complete ? end({ kind: 'ended' }) : endBroken('the answer broke off'),
    );
  };

  transport.open().then(
    (openedRequest) => {
      clientRequest = openedRequest;
      openedRequest.on('error', (error) => endBroken(error.message));
      openedRequest.on('response', onResponse);
      if (isOver) openedRequest.destroy();
      else openedRequest.end();
    },
    (error: unknown) => endBroken((error as Error).message),
  );
  return cancel;
}

function readRefusalStream(
  response: IncomingMessage,
  clock: Clock,
  onRefusal: (refused: ApiRefused) => void,
): void {
  let text = '';
  response.setEncoding('utf8');
  const report = (): void =>
    onRefusal(
      readRefusal(
        { status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'], text },
        clock.wall(),
      ),
    );
  response.on('data', (chunk: string) => {
    text += chunk;
    if (text.length > REFUSAL_BYTES_MAX) report();
  });
  response.on('error', report);
  response.on('end', report);
}

/** A response that continues until one side ends it: the bytes of one watch. */
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Clock, Millis } from '../../base/clock.ts';
import { failureText } from '../../base/system-error.ts';
import { type ApiRefused, readRefusal } from './api-request.ts';

export type StreamRequest = {
  readonly path: string;
  /** Until the headers of the response; the body has no limit here. */
  readonly timeout: Millis;
};

export type StreamEnd =
  /** The server completed the response. */
  | { readonly kind: 'ended' }
  | ApiRefused
  /**
   * No connection, no response in time, or a connection that broke. `isTooLarge` where one part is larger than is read: the
   * same request would bring it again.
   */
  | { readonly kind: 'broken'; readonly because: string; readonly isTooLarge?: true };

export type StreamSink = {
  /** The server answered 200. */
  opened(): void;
  bytes(chunk: Buffer): void;
  /** Called once, as the last call; not called after a cancel. */
  ended(end: StreamEnd): void;
};

/** Opens streams; the returned function cancels one. */
export interface ApiStreamer {
  stream(request: StreamRequest, sink: StreamSink): () => void;
}

export type StreamTransport = {
  open(): Promise<ClientRequest>;
  /** The server answered 401. */
  invalidateCredentials(): void;
  readonly clock: Clock;
};

/** The body of a refusal is cut off here. */
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
    endBroken(`no response within ${request.timeout} ms`),
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
    response.on('error', (error) => endBroken(failureText(error)));
    response.on('end', () =>
      response.complete ? end({ kind: 'ended' }) : endBroken('the response broke off'),
    );
  };

  transport.open().then(
    (openedRequest) => {
      clientRequest = openedRequest;
      openedRequest.on('error', (error) => endBroken(failureText(error)));
      openedRequest.on('response', onResponse);
      if (isOver) openedRequest.destroy();
      else openedRequest.end();
    },
    (error: unknown) => endBroken(failureText(error)),
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

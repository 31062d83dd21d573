/** A fake API client without a network: the test plays the lists and watches. */
import type { ApiOutcome, ApiRequest, ApiSender } from '../../../src/kube/http/api-request.ts';
import type { ApiStreamer, StreamEnd, StreamRequest, StreamSink } from '../../../src/kube/http/stream.ts';
import { flushPromises } from '../../support/fake-clock.ts';

export class FakeWatch {
  readonly url: URL;
  readonly sink: StreamSink;
  isCancelled = false;

  constructor(path: string, sink: StreamSink) {
    this.url = new URL(path, 'http://api');
    this.sink = sink;
  }

  /** Sends events as lines, cut into chunks of `chunkBytes` bytes. */
  send(events: readonly object[], chunkBytes = Number.POSITIVE_INFINITY): void {
    const bytes = Buffer.from(events.map((event) => `${JSON.stringify(event)}\n`).join(''));
    for (let at = 0; at < bytes.length && !this.isCancelled; at += chunkBytes) {
      this.sink.bytes(bytes.subarray(at, Math.min(at + chunkBytes, bytes.length)));
    }
  }

  sendRaw(text: string): void {
    this.sink.bytes(Buffer.from(text));
  }

  end(end: StreamEnd): void {
    if (!this.isCancelled) this.sink.ended(end);
  }
}

const PAGES_MAX = 4;

export class ScriptedClient implements ApiSender, ApiStreamer {
  readonly requests: ApiRequest[] = [];
  readonly watches: FakeWatch[] = [];
  /** The response to a request; a promise delays it. */
  answer: (request: ApiRequest) => ApiOutcome | Promise<ApiOutcome> = () => listOutcome([], '1');

  async send(request: ApiRequest): Promise<ApiOutcome> {
    if (request.signal?.aborted) return { kind: 'unsent', because: 'stopped' };
    this.requests.push(request);
    const stopped = new Promise<ApiOutcome>((resolve) =>
      request.signal?.addEventListener('abort', () => resolve({ kind: 'unknown', because: 'stopped' })),
    );
    return Promise.race([this.answer(request), stopped]);
  }

  stream(request: StreamRequest, sink: StreamSink): () => void {
    const watch = new FakeWatch(request.path, sink);
    this.watches.push(watch);
    return () => {
      watch.isCancelled = true;
    };
  }

  /** Opens and returns the pending watch. A list before it takes one turn of the event loop for each page. */
  async currentWatch(): Promise<FakeWatch> {
    await flushPromises();
    for (let turns = 0; turns < PAGES_MAX && this.watches.at(-1)?.isCancelled !== false; turns++)
      await flushPromises();
    const watch = this.watches.at(-1);
    if (watch === undefined || watch.isCancelled) throw new Error('no watch is under way');
    watch.sink.opened();
    return watch;
  }
}

export const listOutcome = (items: readonly object[], resourceVersion: string, next = ''): ApiOutcome => ({
  kind: 'ok',
  status: 200,
  body: { metadata: { resourceVersion, ...(next === '' ? {} : { continue: next }) }, items },
});

export const refusedOutcome = (status: number, reason = '', retryAfter: number | null = null) =>
  ({ kind: 'refused', status, reason, message: reason, retryAfter }) as const;

export const makeRaw = (name: string, resourceVersion: string, more: object = {}): object => ({
  metadata: { name, resourceVersion, ...more },
});

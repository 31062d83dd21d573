/** A stand-in for the API client whose lists and watches are played by the test, with no network between. */
import type { ApiOutcome, ApiRequest, ApiSender } from '../../src/kube/outcome.ts';
import type { ApiStreamer, StreamEnd, StreamRequest, StreamSink } from '../../src/kube/stream.ts';
import { turn } from '../support/clock.ts';

export class OpenWatch {
  readonly url: URL;
  readonly sink: StreamSink;
  hungUp = false;

  constructor(path: string, sink: StreamSink) {
    this.url = new URL(path, 'http://api');
    this.sink = sink;
  }

  /** Lines of one watch, cut into chunks of `cut` bytes. */
  say(events: readonly object[], cut = Number.POSITIVE_INFINITY): void {
    const bytes = Buffer.from(events.map((event) => `${JSON.stringify(event)}\n`).join(''));
    for (let at = 0; at < bytes.length && !this.hungUp; at += cut) {
      this.sink.bytes(bytes.subarray(at, Math.min(at + cut, bytes.length)));
    }
  }

  raw(text: string): void {
    this.sink.bytes(Buffer.from(text));
  }

  end(end: StreamEnd): void {
    if (!this.hungUp) this.sink.ended(end);
  }
}

const PAGES_MAX = 4;

export class ScriptedClient implements ApiSender, ApiStreamer {
  readonly requests: ApiRequest[] = [];
  readonly watches: OpenWatch[] = [];
  /** What a request is answered with; a promise may keep it waiting. */
  answer: (request: ApiRequest) => ApiOutcome | Promise<ApiOutcome> = () => list([], '1');

  async send(request: ApiRequest): Promise<ApiOutcome> {
    this.requests.push(request);
    const stopped = new Promise<ApiOutcome>((resolve) =>
      request.signal?.addEventListener('abort', () => resolve({ kind: 'unknown', because: 'stopped' })),
    );
    return Promise.race([this.answer(request), stopped]);
  }

  stream(request: StreamRequest, sink: StreamSink): () => void {
    const watch = new OpenWatch(request.path, sink);
    this.watches.push(watch);
    return () => {
      watch.hungUp = true;
    };
  }

  /** The watch under way, opened. A list before it takes a turn a page. */
  async watching(): Promise<OpenWatch> {
    await turn();
    for (let turns = 0; turns < PAGES_MAX && this.watches.at(-1)?.hungUp !== false; turns++) await turn();
    const watch = this.watches.at(-1);
    if (watch === undefined || watch.hungUp) throw new Error('no watch is under way');
    watch.sink.opened();
    return watch;
  }
}

export const list = (items: readonly object[], resourceVersion: string, next = ''): ApiOutcome => ({
  kind: 'ok',
  status: 200,
  body: { metadata: { resourceVersion, ...(next === '' ? {} : { continue: next }) }, items },
});

export const refused = (status: number, reason = '', retryAfter: number | null = null) =>
  ({ kind: 'refused', status, reason, message: reason, retryAfter }) as const;

export const thing = (name: string, resourceVersion: string, more: object = {}): object => ({
  metadata: { name, resourceVersion, ...more },
});

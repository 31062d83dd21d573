/** A plain HTTP client for the contract, the same for both API servers. */

import { type ClientRequest, request as plain } from 'node:http';
import { Agent, request as secure } from 'node:https';
import { stretched, WAIT_LIMIT_MS } from '../support/eventually.ts';

/** An API server that the contract is run against. */
export type ServerUnderTest = {
  readonly url: string;
  readonly token?: string;
  /** PEM of the certificate authority of its certificate. */
  readonly ca?: string;
};

// biome-ignore lint/suspicious/noExplicitAny: rows read responses of all shapes, and fail on wrong ones
export type Loose = any;

export type Reply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Loose;
};

export type CallOptions = { readonly type?: string; readonly accept?: string };

export type Call = (method: string, path: string, body?: unknown, options?: CallOptions) => Promise<Reply>;

export type Event = { readonly type: string; readonly object: Loose };

export interface Watch {
  /** The next event that is not a bookmark; rejects when the watch ended, or none came in time. */
  next(): Promise<Event>;
  /** As `next`, bookmarks included. */
  nextIncludingBookmarks(): Promise<Event>;
  /** Resolves when the server ends the watch. */
  ended(): Promise<void>;
  close(): void;
}

export type Client = {
  readonly call: Call;
  readonly watch: (path: string, accept?: string) => Promise<Watch>;
  readonly stop: () => void;
};

export function createClient(server: ServerUnderTest): Client {
  const agent = server.url.startsWith('https:') ? new Agent({ keepAlive: true, ca: server.ca }) : undefined;
  const open = (method: string, path: string, headers: Record<string, string>): ClientRequest => {
    const all = {
      ...headers,
      ...(server.token === undefined ? {} : { authorization: `Bearer ${server.token}` }),
    };
    const url = new URL(path, server.url);
    return agent === undefined
      ? plain(url, { method, headers: all })
      : secure(url, { method, headers: all, agent });
  };
  return {
    call: (method, path, body, options = {}) => sendRequest(open, method, path, body, options),
    watch: (path, accept = 'application/json') =>
      openWatch(open('GET', path, { accept, 'user-agent': 'contract' })),
    stop: () => agent?.destroy(),
  };
}

type OpenRequest = (method: string, path: string, headers: Record<string, string>) => ClientRequest;

function sendRequest(
  open: OpenRequest,
  method: string,
  path: string,
  body: unknown,
  options: CallOptions,
): Promise<Reply> {
  const isRaw = typeof body === 'string' || Buffer.isBuffer(body);
  const payload = body === undefined ? '' : isRaw ? body : JSON.stringify(body);
  const type = options.type ?? (method === 'PATCH' ? 'application/merge-patch+json' : 'application/json');
  const headers: Record<string, string> = {
    accept: options.accept ?? 'application/json',
    'user-agent': 'contract/1.0 (test)',
    ...(body === undefined
      ? {}
      : { 'content-type': type, 'content-length': String(Buffer.byteLength(payload)) }),
  };
  return new Promise((resolve, reject) => {
    const request = open(method, path, headers);
    request.on('error', reject);
    request.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('error', reject);
      response.on('end', () => {
        const json = text.startsWith('{');
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: json ? JSON.parse(text) : text,
        });
      });
    });
    request.end(payload);
  });
}

function openWatch(request: ClientRequest): Promise<Watch> {
  const events: Event[] = [];
  let waiting: (() => void) | null = null;
  let isOver = false;
  const notify = (): void => {
    waiting?.();
    waiting = null;
  };
  const nextIncludingBookmarks = async (): Promise<Event> => {
    const deadline = performance.now() + stretched(WAIT_LIMIT_MS);
    for (;;) {
      const event = events.shift();
      if (event !== undefined) return event;
      if (isOver) throw new Error('the watch ended');
      const left = deadline - performance.now();
      if (left <= 0) throw new Error('no event came');
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        waiting = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };
  const watch: Watch = {
    nextIncludingBookmarks,
    next: async () => {
      for (;;) {
        const event = await nextIncludingBookmarks();
        if (event.type !== 'BOOKMARK') return event;
      }
    },
    ended: async () => {
      while (!isOver) await nextIncludingBookmarks().catch(() => undefined);
    },
    close: () => request.destroy(),
  };
  return new Promise((resolve, reject) => {
    request.on('error', (cause) => {
      isOver = true;
      notify();
      reject(cause);
    });
    request.on('response', (response) => {
      if (response.statusCode !== 200) {
        let text = '';
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () => reject(new Error(`the watch was answered ${response.statusCode}: ${text}`)));
        return;
      }
      let rest = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) if (line !== '') events.push(JSON.parse(line));
        notify();
      });
      response.on('error', () => undefined);
      response.on('close', () => {
        isOver = true;
        notify();
      });
      resolve(watch);
    });
    request.end();
  });
}

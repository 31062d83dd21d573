/**
 * A client of the API server: JSON over pooled connections, with each failure as a value. It does not retry, with two
 * exceptions: after a 401 the credentials are obtained again once, and a read on a connection that the server had
 * already closed is repeated on a new one.
 *
 * Responses are not requested in compressed form: within a cluster, decompressing a large list takes longer than
 * receiving it.
 */

import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { Clock, Millis } from '../../base/clock.ts';
import { isObject } from '../../base/json.ts';
import { failureText } from '../../base/system-error.ts';
import type { RestConfig } from '../auth/rest-config.ts';
import { type ApiOutcome, type ApiRequest, type ApiSender, readRefusal } from './api-request.ts';
import { type Agent, BULK_CONNECTIONS, ConnectionPools } from './connection-pools.ts';
import { type ApiStreamer, openStream, type StreamRequest, type StreamSink } from './stream.ts';

/** Larger responses are aborted, where the request says nothing else. It is for servers that do not know pages. */
export const RESPONSE_BYTES_MAX = 256 * 1024 * 1024;

export type KubeClientOptions = {
  readonly config: RestConfig;
  readonly clock: Clock;
  /** `berth/0.1.0 (controller)`. */
  readonly userAgent: string;
  readonly bulkConnections?: number;
};

/** The outcome of one attempt; `isStale` where a connection that had served before broke without a response. */
type Attempt = { readonly outcome: ApiOutcome; readonly isStale: boolean };

/** One attempt at a request. */
type Exchange = {
  readonly request: ApiRequest;
  readonly body: string | null;
  readonly headers: string[];
  readonly agent: Agent;
  readonly deadline: Millis;
};

/** How a response may end. */
type ResponseEnds = {
  readonly settle: (outcome: ApiOutcome) => void;
  readonly abort: (because: string) => void;
  readonly tooLarge: (because: string) => void;
};

export class KubeClient implements ApiSender, ApiStreamer {
  readonly #config: RestConfig;
  readonly #clock: Clock;
  readonly #pools: ConnectionPools;
  readonly #userAgent: string;
  readonly #request: typeof https.request;
  readonly #host: string;
  readonly #basePath: string;

  constructor({ config, clock, userAgent, bulkConnections = BULK_CONNECTIONS }: KubeClientOptions) {
    this.#config = config;
    this.#clock = clock;
    this.#userAgent = userAgent;
    this.#pools = new ConnectionPools(config, bulkConnections);
    const { protocol, hostname, pathname } = config.server;
    this.#request = protocol === 'https:' ? https.request : http.request;
    this.#host = hostname.replace(/^\[|\]$/g, '');
    this.#basePath = pathname.replace(/\/$/, '');
  }

  async send(request: ApiRequest): Promise<ApiOutcome> {
    const body = request.body === undefined ? null : JSON.stringify(request.body);
    const deadline = this.#clock.now() + request.timeout;
    let agent = (): Agent => this.#pools.agentFor(request.connectionPool ?? 'bulk');
    const first = await this.#attempt(request, body, agent, deadline);
    if (first.outcome.kind === 'refused' && first.outcome.status === 401)
      this.#config.invalidateCredentials();
    else if (first.isStale && request.method === 'GET') agent = () => this.#pools.unpooledAgent;
    else return first.outcome;
    return (await this.#attempt(request, body, agent, deadline)).outcome;
  }

  /** Starts a response without an end, such as a watch. Returns at once; the returned function cancels it. */
  stream(request: StreamRequest, sink: StreamSink): () => void {
    return openStream(
      {
        open: async () => {
          const headers = await this.#headers({ method: 'GET' }, null);
          return this.#openRequest('GET', request.path, headers, this.#pools.agentFor('watch'));
        },
        invalidateCredentials: () => this.#config.invalidateCredentials(),
        clock: this.#clock,
      },
      request,
      sink,
    );
  }

  /** Closes all connections, also those in use. */
  close(): void {
    this.#pools.close();
  }

  async #attempt(
    request: ApiRequest,
    body: string | null,
    agentNow: () => Agent,
    deadline: Millis,
  ): Promise<Attempt> {
    const headers = await this.#headersWithin(request, body, deadline);
    if (typeof headers === 'string') return { outcome: { kind: 'unsent', because: headers }, isStale: false };
    const agent = agentNow();
    return new Promise((resolve) => this.#exchange({ request, body, headers, agent, deadline }, resolve));
  }

  #exchange(
    { request, body, headers, agent, deadline }: Exchange,
    resolve: (attempt: Attempt) => void,
  ): void {
    const call = this.#tryOpenRequest(request, headers, agent);
    if (typeof call === 'string') {
      resolve({ outcome: { kind: 'unsent', because: call }, isStale: false });
      return;
    }
    let connectionState = { isEstablished: false, hasServed: false };
    let wasReused = false;
    let written = false;
    let responded = false;
    let settled = false;

    const settle = (outcome: ApiOutcome, isStale = false): void => {
      if (settled) return;
      settled = true;
      cancelTimer();
      request.signal?.removeEventListener('abort', onAbort);
      resolve({ outcome, isStale });
    };
    const fail = (because: string, isStale = false): void =>
      settle({ kind: written ? 'unknown' : 'unsent', because }, isStale);
    const abort = (because: string): void => {
      fail(because);
      call.destroy();
    };
    const onAbort = (): void => abort('stopped');
    const write = (): void => {
      if (settled) return;
      if (request.mayStillSend !== undefined && !request.mayStillSend()) {
        abort('it was no longer allowed when the connection was established');
        return;
      }
      wasReused = connectionState.hasServed;
      connectionState.hasServed = true;
      written = true;
      if (body === null) call.end();
      else call.end(body);
    };

    const cancelTimer = this.#clock.after(Math.max(0, deadline - this.#clock.now()), () =>
      abort(`no response within ${request.timeout} ms`),
    );
    request.signal?.addEventListener('abort', onAbort);
    call.on('socket', (socket: Socket) => {
      connectionState = this.#pools.stateOf(socket);
      if (connectionState.isEstablished) write();
      else socket.once(this.#config.server.protocol === 'https:' ? 'secureConnect' : 'connect', write);
    });
    call.on('error', (error) => fail(failureText(error), written && wasReused && !responded));
    call.on('response', (response) => {
      responded = true;
      const tooLarge = (because: string): void => {
        settle({ kind: 'unknown', because, isTooLarge: true });
        call.destroy();
      };
      this.#readResponse(response, request, { settle, abort, tooLarge });
    });
  }

  #readResponse(
    response: http.IncomingMessage,
    { responseBytesMax: bytesMax = RESPONSE_BYTES_MAX, isText = false }: ApiRequest,
    { settle, abort, tooLarge }: ResponseEnds,
  ): void {
    const chunks: Buffer[] = [];
    let bytes = 0;
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > bytesMax) {
        chunks.length = 0;
        tooLarge(`the response has more than ${bytesMax} bytes`);
      } else chunks.push(chunk);
    });
    response.on('error', (error) => abort(`the response broke off: ${failureText(error)}`));
    response.on('end', () => {
      if (!response.complete) abort('the response broke off');
      else
        settle(
          this.#parseResponse(response, chunks.length === 1 ? chunks[0] : Buffer.concat(chunks), isText),
        );
    });
  }

  #parseResponse(response: http.IncomingMessage, bytes: Buffer | undefined, isText: boolean): ApiOutcome {
    const text = bytes?.toString('utf8') ?? '';
    const status = response.statusCode ?? 0;
    if (status < 200 || status > 299) {
      return readRefusal({ status, retryAfter: response.headers['retry-after'], text }, this.#clock.wall());
    }
    if (isText) return { kind: 'ok', status, body: text, bytes: bytes?.length ?? 0 };
    try {
      const body: unknown = text === '' ? null : JSON.parse(text);
      if (body === null || isObject(body)) return { kind: 'ok', status, body, bytes: bytes?.length ?? 0 };
    } catch {
      // falls through: the response is not from an API server
    }
    return { kind: 'unknown', because: `a response with status ${status} that is not a JSON object` };
  }

  /** The headers; a string is the reason why there are none, such as a credential plugin that does not end in time. */
  #headersWithin(request: ApiRequest, body: string | null, deadline: Millis): Promise<string[] | string> {
    const { signal, timeout } = request;
    return new Promise((resolve) => {
      const settle = (result: string[] | string): void => {
        cancelTimer();
        signal?.removeEventListener('abort', onAbort);
        resolve(signal?.aborted ? 'stopped' : result);
      };
      const onAbort = (): void => settle('stopped');
      const cancelTimer = this.#clock.after(Math.max(0, deadline - this.#clock.now()), () =>
        settle(`no credentials within ${timeout} ms`),
      );
      signal?.addEventListener('abort', onAbort);
      this.#headers(request, body).then(settle, (error: unknown) =>
        settle(`no credentials: ${failureText(error)}`),
      );
    });
  }

  /** Name and value in turn. Node sends such a list as it is, without validating each header. */
  async #headers(
    { method, contentType, isText = false }: Pick<ApiRequest, 'method' | 'contentType' | 'isText'>,
    body: string | null,
  ): Promise<string[]> {
    const authorization = await this.#config.authorization();
    const headers = ['Host', this.#config.server.host, 'User-Agent', this.#userAgent];
    headers.push('Accept', isText ? '*/*' : 'application/json');
    if (authorization !== null) headers.push('Authorization', authorization);
    if (this.#config.headers.length > 0) headers.push(...this.#config.headers);
    if (body !== null) {
      headers.push('Content-Type', contentType ?? 'application/json');
      headers.push('Content-Length', String(Buffer.byteLength(body)));
    } else if (method !== 'GET') headers.push('Content-Length', '0');
    return headers;
  }

  /** The request; a string is the reason why Node cannot make it, such as an invalid certificate or header. */
  #tryOpenRequest(request: ApiRequest, headers: string[], agent: Agent): http.ClientRequest | string {
    try {
      return this.#openRequest(request.method, request.path, headers, agent);
    } catch (error) {
      return failureText(error);
    }
  }

  #openRequest(method: string, path: string, headers: string[], agent: Agent): http.ClientRequest {
    return this.#request({
      host: this.#host,
      port: this.#config.server.port === '' ? undefined : this.#config.server.port,
      method,
      path: this.#basePath === '' ? path : this.#basePath + path,
      headers,
      agent,
    });
  }
}

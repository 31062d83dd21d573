/** A proxy in front of an API server that answers wrongly for a while: for clients that should go on when it answers again. */
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export type ProxyMode =
  | 'pass'
  /** The token is not valid any more. */
  | 'unauthorized'
  | 'forbidden'
  | 'failing'
  /** Connections are closed without an answer. */
  | 'gone'
  /** A page to log in. */
  | 'html'
  /** JSON that ends in the middle. */
  | 'torn'
  /** Nothing comes. */
  | 'silent';

const JSON_TYPE = { 'Content-Type': 'application/json' };

export type ProxiedRequest = {
  readonly method: string | undefined;
  readonly authorization: string | undefined;
};

export class FaultyProxy {
  readonly url: string;
  /** All that have come so far. */
  readonly requests: ProxiedRequest[] = [];
  readonly #server: Server;
  #mode: ProxyMode = 'pass';
  #forbidden: string | null = null;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async inFrontOf(target: string): Promise<FaultyProxy> {
    const server = createServer((incoming, response) => {
      const { method: asked, headers: given } = incoming;
      proxy.requests.push({ method: asked, authorization: given.authorization });
      if (proxy.#mode === 'gone') return void incoming.socket.destroy();
      if (proxy.#mode === 'silent') return;
      const isForbidden = proxy.#forbidden !== null && incoming.url?.includes(`/${proxy.#forbidden}`);
      const mode = isForbidden ? 'forbidden' : proxy.#mode;
      if (mode !== 'pass') {
        const { status, type = JSON_TYPE, body } = ANSWERS[mode];
        return void response.writeHead(status, type).end(body);
      }
      const { method, headers, url = '/' } = incoming;
      const outgoing = request(`${target}${url}`, { method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      outgoing.on('error', () => response.destroy());
      response.on('close', () => outgoing.destroy());
      incoming.pipe(outgoing);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const proxy = new FaultyProxy(server);
    return proxy;
  }

  /** A resource that nobody may read, such as `services`; null for none. */
  set forbidden(resource: string | null) {
    this.#forbidden = resource;
    this.#server.closeAllConnections();
  }

  /** Watches that are open end when it changes. */
  set mode(mode: ProxyMode) {
    this.#mode = mode;
    this.#server.closeAllConnections();
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }
}

type Answer = {
  readonly status: number;
  readonly type?: Readonly<Record<string, string>>;
  readonly body: string;
};

const failure = (code: number, reason: string, message: string): Answer => ({
  status: code,
  body: JSON.stringify({
    ...{ kind: 'Status', apiVersion: 'v1', status: 'Failure' },
    ...{ code, reason, message },
  }),
});

const ANSWERS: Readonly<Record<Exclude<ProxyMode, 'pass' | 'gone' | 'silent'>, Answer>> = {
  unauthorized: failure(401, 'Unauthorized', 'Unauthorized'),
  forbidden: failure(403, 'Forbidden', 'the user has no right to it'),
  failing: failure(500, 'InternalError', 'etcdserver: leader changed'),
  html: { status: 200, type: { 'Content-Type': 'text/html' }, body: '<html><body>Log in</body></html>' },
  torn: { status: 200, body: '{"kind":"List","items":[{"metadata":{"na' },
};

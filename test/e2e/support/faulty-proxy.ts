/** A proxy in front of an API server, which refuses a token that was valid: for clients that should go on when they have another. */
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export type ProxyMode =
  | 'pass'
  /** The token is not valid any more. */
  | 'unauthorized';

const JSON_TYPE = { 'Content-Type': 'application/json' };

export class FaultyProxy {
  readonly url: string;
  readonly #server: Server;
  #mode: ProxyMode = 'pass';

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async inFrontOf(target: string): Promise<FaultyProxy> {
    const server = createServer((incoming, response) => {
      if (proxy.#mode !== 'pass') return void response.writeHead(401, JSON_TYPE).end(UNAUTHORIZED);
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

const UNAUTHORIZED = JSON.stringify({
  ...{ kind: 'Status', apiVersion: 'v1', status: 'Failure' },
  ...{ code: 401, reason: 'Unauthorized', message: 'Unauthorized' },
});

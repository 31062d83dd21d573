/**
 * A proxy in front of a real API server that records what each program requests. It can be closed for a while, and hold requests
 * back. What it passes on is not changed, but for the token, which it adds.
 */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Agent, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { ApiAccess } from '../../support/real-api/client.ts';

export type Recorded = {
  /** The program that sent it, as it names itself. */
  readonly agent: string;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Null before the answer, and where there was none. */
  status: number | null;
  /** The answer, or the first event of a watch, says that a version or a token is too old. */
  isExpired: boolean;
};

export class RecordingProxy {
  readonly #access: ApiAccess;
  readonly #agent: Agent;
  readonly #server: Server;
  #recorded: Recorded[] = [];
  #isOpen = true;
  #holds: (one: Recorded) => boolean = () => false;
  #held: (() => void)[] = [];

  private constructor(access: ApiAccess) {
    this.#access = access;
    this.#agent = new Agent({ keepAlive: true, ca: readFileSync(access.caFile) });
    this.#server = createServer((incoming, response) => this.#receive(incoming, response));
  }

  static async inFrontOf(access: ApiAccess): Promise<RecordingProxy> {
    const proxy = new RecordingProxy(access);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get recorded(): readonly Recorded[] {
    return this.#recorded;
  }

  forget(): void {
    this.#recorded = [];
  }

  /** Breaks all connections, and each further one until `open`. */
  cut(): void {
    this.#isOpen = false;
    this.#server.closeAllConnections();
  }

  open(): void {
    this.#isOpen = true;
  }

  /** Requests of this kind wait, until `release`. */
  hold(holds: (one: Recorded) => boolean): void {
    this.#holds = holds;
  }

  get heldCount(): number {
    return this.#held.length;
  }

  release(): void {
    this.#holds = () => false;
    for (const pass of this.#held.splice(0)) pass();
  }

  close(): Promise<void> {
    this.#agent.destroy();
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  #receive(incoming: IncomingMessage, response: ServerResponse): void {
    if (!this.#isOpen) return void incoming.socket.destroy();
    const { method = '', url = '/', headers } = incoming;
    const { pathname, searchParams } = new URL(url, this.#access.url);
    const one: Recorded = {
      ...{ agent: headers['user-agent'] ?? '', method, path: pathname, query: searchParams },
      ...{ status: null, isExpired: false },
    };
    this.#recorded.push(one);
    const pass = (): void => this.#pass(one, incoming, response);
    if (this.#holds(one)) this.#held.push(pass);
    else pass();
  }

  #pass(one: Recorded, incoming: IncomingMessage, response: ServerResponse): void {
    const headers = { ...incoming.headers, authorization: `Bearer ${this.#access.token}` };
    const { method, url = '/' } = incoming;
    const outgoing = request(
      new URL(url, this.#access.url),
      { method, headers, agent: this.#agent },
      (answer) => {
        one.status = answer.statusCode ?? null;
        answer.once('data', (chunk: Buffer) => {
          one.isExpired = chunk.toString().includes('"code":410');
        });
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        response.flushHeaders(); // A watch that has nothing to say is open.
        answer.on('error', () => response.destroy());
        answer.pipe(response);
      },
    );
    outgoing.on('error', () => response.destroy());
    response.on('close', () => outgoing.destroy());
    incoming.pipe(outgoing);
  }
}

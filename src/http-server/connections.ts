/**
 * Tracks the connections of a port, and makes room for new ones. When the port is full, the source address with the most
 * connections gives one up: the oldest idle one. So neither idle connections nor slow clients keep others out.
 */
import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

type Connection = {
  readonly source: string;
  readonly socket: Socket;
  /** Requests that are being answered; a connection without one is idle. */
  responses: number;
};

export class Connections {
  readonly #max: number;
  /** By remote address and port: a TLS socket and the TCP socket below it have the same. The oldest first. */
  readonly #connections = new Map<string, Connection>();

  /** Follows the connections of `server`, which must not listen yet. */
  constructor(server: HttpServer, max: number) {
    this.#max = max;
    server.on('connection', (socket: Socket) => this.#opened(socket));
    server.on('request', (request: IncomingMessage, response: ServerResponse) =>
      this.#requested(request, response),
    );
  }

  /** Closes all connections. */
  closeAll(): void {
    for (const { socket } of this.#connections.values()) socket.destroy();
  }

  #opened(socket: Socket): void {
    const key = keyOf(socket);
    if (key === null) return void socket.destroy(); // the client has left already
    const connection: Connection = { source: sourceOf(socket), socket, responses: 0 };
    socket.once('close', () => {
      if (this.#connections.get(key) === connection) this.#connections.delete(key);
    });
    if (this.#connections.size >= this.#max) this.#makeRoom();
    this.#connections.set(key, connection);
  }

  #requested({ socket }: IncomingMessage, response: ServerResponse): void {
    const connection = this.#connections.get(keyOf(socket) ?? '');
    if (connection === undefined) return;
    connection.responses++;
    response.once('close', () => connection.responses--);
  }

  #makeRoom(): void {
    const counts = new Map<string, number>();
    for (const { source } of this.#connections.values()) counts.set(source, (counts.get(source) ?? 0) + 1);
    const most = Math.max(...counts.values());
    const largest = [...this.#connections].filter(([, { source }]) => counts.get(source) === most);
    const victim = largest.find(([, { responses }]) => responses === 0) ?? largest[0];
    if (victim === undefined) return;
    const [key, { socket }] = victim;
    this.#connections.delete(key); // its close event comes later
    socket.destroy();
  }
}

/** The address of a client, for limits of each source; '' where it has left. */
export const sourceOf = ({ remoteAddress = '' }: Pick<Socket, 'remoteAddress'>): string => remoteAddress;

const keyOf = ({ remoteAddress, remotePort }: Socket): string | null =>
  remoteAddress === undefined ? null : `${remoteAddress} ${remotePort}`;

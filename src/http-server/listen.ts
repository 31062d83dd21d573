/** Opens and closes a port, with limits that keep clients from exhausting a small server. */
import type { Server as HttpServer, ServerOptions } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Millis } from '../base/clock.ts';
import { err, ok, type Result } from '../base/result.ts';
import { listenErrorText } from '../base/system-error.ts';

/** For the head of a request, and for the whole request. */
export const REQUEST_TIMEOUT: Millis = 10_000;
/** Longer than the usual 60 s between two scrapes, so that they reuse a connection. */
export const KEEP_ALIVE_TIMEOUT: Millis = 75_000;
/** Enough for a large token. */
export const HEADER_BYTES_MAX = 16 * 1024;
/** Concurrent connections; further ones are refused. */
export const CONNECTIONS_MAX = 100;

export const SERVER_LIMITS = {
  headersTimeout: REQUEST_TIMEOUT,
  requestTimeout: REQUEST_TIMEOUT,
  keepAliveTimeout: KEEP_ALIVE_TIMEOUT,
  connectionsCheckingInterval: REQUEST_TIMEOUT,
  maxHeaderSize: HEADER_BYTES_MAX,
} as const satisfies ServerOptions;

/** An open port. */
export type ListeningServer = {
  readonly port: number;
  /** Closes all connections; settles when the port is free. */
  close(): Promise<void>;
};

export type ListenOptions = {
  /** 0 takes any free port. */
  readonly port: number;
  /** Null for all addresses of both families. */
  readonly host: string | null;
  /** The flag that sets the port, for the error. */
  readonly flag: string;
};

/** The error is a sentence. */
export function listen(
  server: HttpServer,
  { port, host, flag }: ListenOptions,
): Promise<Result<ListeningServer, string>> {
  const sockets = new Set<Socket>();
  server.maxConnections = CONNECTIONS_MAX;
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return new Promise((resolve) => {
    const onListenError = (error: NodeJS.ErrnoException): void =>
      resolve(
        err(
          listenErrorText(
            error,
            { port, host },
            {
              inUse: `choose another with ${flag}, or 0 to disable it`,
              denied: `choose one above 1023 with ${flag}`,
              notAvailable: `check ${flag}`,
            },
          ),
        ),
      );
    server.once('error', onListenError);
    server.listen({ port, ...(host === null ? {} : { host }) }, () => {
      server.off('error', onListenError);
      const opened = (server.address() as AddressInfo).port;
      resolve(ok({ port: opened, close: () => close(server, sockets) }));
    });
  });
}

function close(server: HttpServer, sockets: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    for (const socket of sockets) socket.destroy();
  });
}

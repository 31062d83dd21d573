/** Opens and closes a port, with limits that keep clients from exhausting a small server. */
import { createServer, type Server as HttpServer, type RequestListener, type ServerOptions } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Millis } from '../base/clock.ts';
import { err, ok, type Result } from '../base/result.ts';
import { listenErrorText } from '../base/system-error.ts';
import { Connections } from './connections.ts';

/** For the head of a request, and for the whole request. */
export const REQUEST_TIMEOUT: Millis = 10_000;
/** For each step of a response: a client that does not read it is disconnected. */
export const STALLED_TIMEOUT: Millis = 30_000;
/** Longer than the usual 60 s between two scrapes, so that they reuse a connection. */
export const KEEP_ALIVE_TIMEOUT: Millis = 75_000;
/** For the head of a request of a short connection: its clients are close, and have nothing to send before it. */
export const SHORT_REQUEST_TIMEOUT: Millis = 2_000;
/** Enough for a large token. */
export const HEADER_BYTES_MAX = 16 * 1024;
/** Concurrent connections; a further one takes the place of another (`Connections`). */
export const CONNECTIONS_MAX = 100;

/** Connections that clients reuse. */
export const SERVER_LIMITS = {
  headersTimeout: REQUEST_TIMEOUT,
  requestTimeout: REQUEST_TIMEOUT,
  keepAliveTimeout: KEEP_ALIVE_TIMEOUT,
  connectionsCheckingInterval: REQUEST_TIMEOUT,
  maxHeaderSize: HEADER_BYTES_MAX,
} as const satisfies ServerOptions;

/** A connection for each request. */
const SHORT_CONNECTIONS = {
  headersTimeout: SHORT_REQUEST_TIMEOUT,
  requestTimeout: SHORT_REQUEST_TIMEOUT,
  connectionsCheckingInterval: SHORT_REQUEST_TIMEOUT / 2,
  maxHeaderSize: HEADER_BYTES_MAX,
} as const satisfies ServerOptions;

/** A server that closes each connection after one request. */
export function createShortServer(listener: RequestListener): HttpServer {
  const server = createServer(SHORT_CONNECTIONS, listener);
  server.maxRequestsPerSocket = 1;
  return server;
}

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
  /** The flag that sets the host, if there is one. */
  readonly hostFlag?: string;
};

/** The error is a sentence. */
export function listen(
  server: HttpServer,
  { port, host, flag, hostFlag = flag }: ListenOptions,
): Promise<Result<ListeningServer, string>> {
  server.timeout = STALLED_TIMEOUT;
  const connections = new Connections(server, CONNECTIONS_MAX);
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
              notAvailable: `check ${hostFlag}`,
            },
          ),
        ),
      );
    server.once('error', onListenError);
    server.listen({ port, ...(host === null ? {} : { host }) }, () => {
      server.off('error', onListenError);
      server.on('error', () => {}); // a failed accept: the client tries again
      const opened = (server.address() as AddressInfo).port;
      resolve(ok({ port: opened, close: () => close(server, connections) }));
    });
  });
}

function close(server: HttpServer, connections: Connections): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    connections.closeAll();
  });
}

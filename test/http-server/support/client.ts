/** A raw HTTP client for the tests of the small servers, over a real socket. */
import { request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { connect } from 'node:net';
import type { SecureContextOptions } from 'node:tls';

export type Reply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
};

export type ClientRequest = {
  readonly port: number;
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The address of the client: all of 127.0.0.0/8 are this machine. */
  readonly from?: string;
  /** HTTPS without verification of the server. */
  readonly tls?: SecureContextOptions;
};

export function sendRequest({
  port,
  path,
  method = 'GET',
  headers = {},
  body,
  from,
  tls,
}: ClientRequest): Promise<Reply> {
  const base = { host: '127.0.0.1', port, path, method, headers, agent: false as const };
  const options = from === undefined ? base : { ...base, localAddress: from };
  return new Promise((resolve, reject) => {
    const request = tls
      ? tlsRequest({ ...options, ...tls, rejectUnauthorized: false })
      : plainRequest(options);
    request.once('error', reject);
    request.once('response', (response) => {
      const chunks: Buffer[] = [];
      response.once('error', reject);
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
    request.end(body);
  });
}

/** Sends `bytes` as they are; returns what came back until the server closed the connection. */
export function sendRaw(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.on('data', (chunk) => {
      received += chunk.toString();
    });
    socket.once('error', reject);
    socket.once('close', () => resolve(received));
  });
}

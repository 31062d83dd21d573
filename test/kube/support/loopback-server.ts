/** A server on loopback whose responses the test writes, with TLS on request. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { RestConfig, RestTlsOptions } from '../../../src/kube/auth/rest-config.ts';

export type ReceivedRequest = {
  readonly method: string;
  readonly url: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
  /** The connection that it was received on, counted from 1. */
  readonly connection: number;
};

export type RequestHandler = (
  request: ReceivedRequest,
  response: http.ServerResponse,
  socket: Socket,
) => void;

export type LoopbackServer = {
  readonly url: string;
  readonly requests: ReceivedRequest[];
  /** The number of connections so far. */
  readonly connections: () => number;
  /** Sockets open now. */
  readonly sockets: ReadonlySet<Socket>;
};

export const respondJson = (
  response: http.ServerResponse,
  status: number,
  body: unknown,
  headers = {},
): void => {
  const text = JSON.stringify(body);
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  response.end(text);
};

/** A metav1.Status, the body of a refusal. */
export const statusBody = (code: number, reason: string, message: string): object => ({
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  code,
  reason,
  message,
});

export type TestCertificate = { readonly cert: string; readonly key: string; readonly dir: string };

/** A self-signed certificate for 127.0.0.1 and `berth.test`, for servers and clients. */
export function makeCertificate(t: { after(run: () => void): void }, name = 'berth.test'): TestCertificate {
  const dir = mkdtempSync(join(tmpdir(), 'berth-kube-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const [keyFile, certFile] = [join(dir, 'tls.key'), join(dir, 'tls.crt')];
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
    ].concat([
      ...['-subj', `/O=berth/CN=${name}`, '-addext', `subjectAltName=IP:127.0.0.1,DNS:${name}`],
      ...['-keyout', keyFile, '-out', certFile],
    ]),
    { stdio: 'ignore' },
  );
  return { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8'), dir };
}

export async function startLoopback(
  t: TestContext,
  handler: RequestHandler,
  tls?: https.ServerOptions,
): Promise<LoopbackServer> {
  const requests: ReceivedRequest[] = [];
  const sockets = new Set<Socket>();
  const connectionNumbers = new WeakMap<Socket, number>();
  let connections = 0;
  const listener: http.RequestListener = (request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('error', () => {});
    request.on('end', () => {
      const entry: ReceivedRequest = {
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        body,
        connection: connectionNumbers.get(request.socket) ?? 0,
      };
      requests.push(entry);
      handler(entry, response, request.socket);
    });
  };
  const server = tls ? https.createServer(tls, listener) : http.createServer(listener);
  server.keepAliveTimeout = 0;
  server.on(tls ? 'secureConnection' : 'connection', (socket: Socket) => {
    connectionNumbers.set(socket, ++connections);
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    requests,
    connections: () => connections,
    sockets,
  };
}

/** A RestConfig with a fixed token. */
export function configFor(url: string, tls: RestTlsOptions = {}, token = 'secret'): RestConfig {
  return {
    server: new URL(url),
    tls,
    authorization: async () => `Bearer ${token}`,
    invalidateCredentials: () => {},
    headers: [],
    namespace: null,
    description: url,
  };
}

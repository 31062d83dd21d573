/** Opens a connection to a server through an HTTP proxy (CONNECT, RFC 9110 section 9.3.6). */
import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { rootCertificates } from 'node:tls';
import type { Millis } from '../../base/clock.ts';
import { failureText } from '../../base/system-error.ts';
import { describeProxy } from '../auth/proxy.ts';
import type { RestTlsOptions } from '../auth/rest-config.ts';

/** A proxy that has not answered by then is given up. */
export const TUNNEL_TIMEOUT: Millis = 30_000;

export type TunnelTarget = {
  readonly proxy: URL;
  /** Host and port of the server. */
  readonly host: string;
  readonly port: number;
  /** Of the connection to the server. As with kubectl, its CA is valid for an https proxy, too. */
  readonly tls: Pick<RestTlsOptions, 'ca' | 'rejectUnauthorized'>;
};

export type TunnelCallback = (error: Error | null, socket?: Socket) => void;

/** Calls `done` once, with a socket to the server or with the reason. The returned function gives up. */
export function openTunnel({ proxy, host, port, tls }: TunnelTarget, done: TunnelCallback): () => void {
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const options = {
    host: proxy.hostname.replace(/^\[|\]$/g, ''),
    port: proxy.port === '' ? (proxy.protocol === 'https:' ? 443 : 80) : Number(proxy.port),
    method: 'CONNECT',
    path: authority,
    headers: { Host: authority, ...proxyAuthorization(proxy) },
    agent: false,
    timeout: TUNNEL_TIMEOUT,
  } as const;
  const request =
    proxy.protocol === 'https:' ? https.request({ ...options, ...proxyTls(tls) }) : http.request(options);
  let settled = false;
  const settle: TunnelCallback = (error, socket) => {
    if (settled) return;
    settled = true;
    done(error, socket);
  };
  const fail = (because: string): void => {
    settle(new Error(because));
    request.destroy();
  };
  request.on('connect', ({ statusCode }, socket: Socket, head) => {
    if (statusCode !== 200) {
      socket.destroy();
      fail(refusalText(proxy, statusCode ?? 0, authority));
    } else if (head.length > 0) {
      // The server speaks only after the client, so these octets are the proxy's own.
      socket.destroy();
      fail(`${describeProxy(proxy)} sent data before the server could`);
    } else settle(null, socket);
  });
  // A proxy that does not know CONNECT answers as a web server does.
  request.on('response', (response) => {
    response.resume();
    fail(refusalText(proxy, response.statusCode ?? 0, authority));
  });
  request.on('timeout', () =>
    fail(`${describeProxy(proxy)} has not answered within ${TUNNEL_TIMEOUT / 1000} s`),
  );
  request.on('error', (error) => fail(`${describeProxy(proxy)} cannot be used: ${failureText(error)}`));
  request.end();
  return () => fail('stopped');
}

function refusalText(proxy: URL, status: number, authority: string): string {
  const name = describeProxy(proxy);
  if (status === 407)
    return `${name} requires a user name and a password: put them into its URL, as http://USER:PASSWORD@HOST:PORT`;
  return `${name} refuses a connection to ${authority} with status ${status}: check that it allows CONNECT to that port`;
}

function proxyAuthorization({ username, password }: URL): Readonly<Record<string, string>> {
  if (username === '') return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'Proxy-Authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
}

const proxyTls = ({ ca, rejectUnauthorized }: TunnelTarget['tls']) => ({
  ...(ca === undefined ? {} : { ca: [...rootCertificates, ca] }),
  ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
});

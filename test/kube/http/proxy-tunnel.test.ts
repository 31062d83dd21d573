/** A client behind an HTTP proxy that the test runs on loopback: plain and TLS servers, refusals, credentials, an early end. */
import assert from 'node:assert/strict';
import http from 'node:http';
import https from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import type { RestConfig } from '../../../src/kube/auth/rest-config.ts';
import { anonymousConfig } from '../../../src/kube/auth/rest-config.ts';
import { KubeClient } from '../../../src/kube/http/client.ts';
import { systemClock } from '../../../src/workqueue/system-clock.ts';
import {
  makeCertificate,
  respondJson,
  startLoopback,
  type TestCertificate,
} from '../support/loopback-server.ts';

type Proxy = {
  readonly url: string;
  /** The authority of each CONNECT, with the credentials. */
  readonly connects: string[];
};

type ProxyOptions = { readonly tls?: TestCertificate; readonly status?: number; readonly mute?: true };

/** A proxy that opens tunnels; or answers each CONNECT with `status`; or does not answer. */
async function startProxy(test: TestContext, { tls, status = 200, mute }: ProxyOptions = {}): Promise<Proxy> {
  const connects: string[] = [];
  const sockets = new Set<Socket>();
  const server = tls === undefined ? http.createServer() : https.createServer(tls);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  server.on('connect', (request: http.IncomingMessage, socket: Socket) => {
    connects.push(`${request.url} ${request.headers['proxy-authorization'] ?? '-'}`);
    socket.on('error', () => {});
    if (mute) return;
    if (status !== 200) {
      socket.end(`HTTP/1.1 ${status} No\r\n\r\n`);
      return;
    }
    const [host = '', port = ''] = (request.url ?? '').split(':');
    const upstream = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    sockets.add(upstream);
    upstream.on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  test.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`, connects };
}

function clientOf(test: TestContext, server: string, proxy: string, tls: RestConfig['tls'] = {}): KubeClient {
  const config = { ...anonymousConfig(server), proxy: new URL(proxy), tls };
  const client = new KubeClient({ config, clock: systemClock, userAgent: 'berth/test' });
  test.after(() => client.close());
  return client;
}

const GET = { method: 'GET', path: '/api', timeout: 60_000 } as const;

describe('behind a proxy', { timeout: 240_000 }, () => {
  it('a server without TLS is reached through one tunnel, which serves several requests', async (test) => {
    const proxy = await startProxy(test);
    const api = await startLoopback(test, (_, response) => respondJson(response, 200, { a: 1 }));
    const client = clientOf(test, api.url, proxy.url);
    for (let count = 0; count < 3; count++) {
      const outcome = await client.send(GET);
      assert.deepEqual([outcome.kind, outcome.kind === 'ok' && outcome.body], ['ok', { a: 1 }]);
    }
    assert.deepEqual(proxy.connects, [`${new URL(api.url).host} -`]);
  });

  it('a watch arrives through a tunnel of its own, piece by piece', async (test) => {
    const proxy = await startProxy(test);
    const api = await startLoopback(test, (_, response) => {
      response.write('{"type":"ADDED"}\n', () => setImmediate(() => response.end('{"type":"DELETED"}\n')));
    });
    const client = clientOf(test, api.url, proxy.url);
    let text = '';
    const end = await new Promise((resolve) =>
      client.stream(
        { path: '/watch', timeout: 60_000 },
        { opened: () => {}, bytes: (chunk) => (text += chunk.toString()), ended: resolve },
      ),
    );
    assert.deepEqual([end, text], [{ kind: 'ended' }, '{"type":"ADDED"}\n{"type":"DELETED"}\n']);
    assert.equal(proxy.connects.length, 1);
  });

  it('a server with TLS is verified end to end, with credentials for the proxy', async (test) => {
    const certificate = makeCertificate(test);
    const proxy = await startProxy(test);
    const api = await startLoopback(test, (_, response) => respondJson(response, 200, { a: 1 }), certificate);
    const withUser = proxy.url.replace('//', '//me:p%40ss@');
    const trusting = clientOf(test, api.url, withUser, { ca: certificate.cert });
    assert.equal((await trusting.send(GET)).kind, 'ok');
    assert.deepEqual(proxy.connects, [
      `${new URL(api.url).host} Basic ${Buffer.from('me:p@ss').toString('base64')}`,
    ]);
    const outcome = await clientOf(test, api.url, proxy.url).send(GET);
    assert.equal(outcome.kind, 'unsent', 'the certificate of the server is not trusted');
  });

  it('the proxy itself may have TLS', async (test) => {
    const certificate = makeCertificate(test);
    const proxy = await startProxy(test, { tls: certificate });
    const api = await startLoopback(test, (_, response) => respondJson(response, 200, { a: 1 }), certificate);
    const client = clientOf(test, api.url, proxy.url, { ca: certificate.cert });
    assert.equal((await client.send(GET)).kind, 'ok');
    assert.equal(proxy.connects.length, 1);
  });

  const refusals: readonly [status: number, because: RegExp][] = [
    [407, /^the proxy http:\/\/127\.0\.0\.1:\d+ requires a user name and a password: put them into its URL/],
    [
      403,
      /refuses a connection to 127\.0\.0\.1:6443 with status 403: check that it allows CONNECT to that port$/,
    ],
  ];
  for (const [status, because] of refusals) {
    it(`a refusal with ${status} is told as the proxy's`, async (test) => {
      const proxy = await startProxy(test, { status });
      const outcome = await clientOf(test, 'https://127.0.0.1:6443', proxy.url).send(GET);
      assert.equal(outcome.kind, 'unsent');
      assert.match(outcome.kind === 'unsent' ? outcome.because : '', because);
    });
  }

  it('a proxy that is not there is named, without its password', async (test) => {
    const outcome = await clientOf(test, 'https://127.0.0.1:6443', 'http://me:secret@127.0.0.1:1').send(GET);
    assert.equal(outcome.kind, 'unsent');
    const because = outcome.kind === 'unsent' ? outcome.because : '';
    assert.match(
      because,
      /^the proxy http:\/\/127\.0\.0\.1:1 cannot be used: 127\.0\.0\.1 port 1 refuses the connection/,
    );
    assert.ok(!because.includes('secret'));
  });

  it('a proxy that does not answer costs no longer than the request may take, and closing gives it up', async (test) => {
    const proxy = await startProxy(test, { mute: true });
    const client = clientOf(test, 'https://127.0.0.1:6443', proxy.url);
    const outcome = await client.send({ ...GET, timeout: 300 });
    assert.deepEqual(outcome, { kind: 'unsent', because: 'no response within 300 ms' });
    client.close();
  });
});

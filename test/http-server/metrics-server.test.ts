import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { before, describe, it, type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { connect, type SecureVersion } from 'node:tls';
import { err, ok } from '../../src/base/result.ts';
import { type KeyPair, REREAD_INTERVAL } from '../../src/http-server/certificate.ts';
import { CONNECTIONS_MAX } from '../../src/http-server/listen.ts';
import {
  AUTHORIZATIONS_MAX,
  type AuthorizationResult,
  type MetricsAccess,
  serveMetrics,
  type TokenAuthorizer,
} from '../../src/http-server/metrics-server.ts';
import { generateSelfSigned } from '../../src/http-server/self-signed.ts';
import { eventuallyEqual } from '../support/eventually.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { type Reply, sendRequest } from './support/client.ts';

const METRICS = { contentType: 'text/plain; version=0.0.4', text: () => Promise.resolve('berth_leader 1\n') };

let pairs: readonly [KeyPair, KeyPair];
before(async () => {
  pairs = [await generateSelfSigned(['one'], Date.now()), await generateSelfSigned(['other'], Date.now())];
});

type Secure = Extract<MetricsAccess, { kind: 'https' }>;

/** Without a cache. */
const authorizing = (authorize: TokenAuthorizer['authorize']): TokenAuthorizer => ({
  recall: () => null,
  wasAuthorized: () => false,
  authorize,
});

const secure = (authorize: TokenAuthorizer['authorize'], rest: Partial<Secure> = {}): Secure => ({
  kind: 'https',
  certificate: () => Promise.resolve(ok(pairs[0])),
  tls: { minVersion: 'TLSv1.3' },
  authorizer: authorizing(authorize),
  ...rest,
});

async function serve(t: TestContext, access: MetricsAccess) {
  const clock = new FakeClock();
  const errors: unknown[] = [];
  const onError = (_: string, error: unknown): void => void errors.push(error);
  const opened = await serveMetrics({
    port: 0,
    host: '127.0.0.1',
    access,
    metrics: METRICS,
    clock,
    onError,
  });
  assert.ok(opened.ok);
  t.after(() => opened.value.close());
  const { port } = opened.value;
  const scrape = (headers: Record<string, string> = {}): Promise<Reply> =>
    sendRequest({ port, path: '/metrics', headers, ...(access.kind === 'https' ? { tls: {} } : {}) });
  return { port, clock, errors: errors, scrape };
}

test('over plain HTTP everyone may read', async (t) => {
  const { scrape } = await serve(t, { kind: 'http' });
  const { status, body, headers } = await scrape();
  assert.deepEqual(
    [status, body, headers['content-type']],
    [200, 'berth_leader 1\n', 'text/plain; version=0.0.4'],
  );
});

const results: readonly [result: AuthorizationResult, status: number, body: RegExp][] = [
  ['ok', 200, /^berth_leader 1$/m],
  ['unauthenticated', 401, /Authorization: Bearer/],
  ['forbidden', 403, /right to get the non-resource URL \/metrics/],
  ['unavailable', 503, /try again/],
];

for (const [result, status, body] of results) {
  test(`over HTTPS a token that is ${result} gets ${status}`, async (t) => {
    const asked: string[] = [];
    const access = secure((token) => {
      asked.push(token);
      return Promise.resolve(result);
    });
    const { scrape } = await serve(t, access);
    const reply = await scrape({ Authorization: 'Bearer abc.DEF-1_2~3+/=' });
    assert.equal(reply.status, status);
    assert.match(reply.body, body);
    assert.deepEqual(asked, ['abc.DEF-1_2~3+/=']);
    assert.equal(reply.headers['www-authenticate'], status === 401 ? 'Bearer' : undefined);
  });
}

for (const authorization of ['', 'Bearer', 'Bearer ', 'Basic abc', 'Bearer a b', 'Bearer a"b']) {
  test(`no token is reviewed for ${JSON.stringify(authorization)}`, async (t) => {
    const { scrape } = await serve(
      t,
      secure(() => assert.fail('asked')),
    );
    assert.equal((await scrape(authorization === '' ? {} : { Authorization: authorization })).status, 401);
  });
}

test('the scheme is case-insensitive', async (t) => {
  const { scrape } = await serve(
    t,
    secure(() => Promise.resolve('ok')),
  );
  assert.equal((await scrape({ Authorization: 'bearer abc' })).status, 200);
});

test('a review that throws is a 500 and is logged, and the next request is served', async (t) => {
  let breaks = true;
  const { scrape, errors } = await serve(
    t,
    secure(() => (breaks ? Promise.reject(new Error('x')) : Promise.resolve('ok'))),
  );
  assert.equal((await scrape({ Authorization: 'Bearer t' })).status, 500);
  breaks = false;
  assert.equal((await scrape({ Authorization: 'Bearer t' })).status, 200);
  assert.equal(errors.length, 1);
});

describe('made-up tokens', () => {
  /** Reviews that the test answers, by token; `good` is known once it was authorized. */
  function reviewer() {
    const waiting = new Map<string, (result: AuthorizationResult) => void>();
    const authorized = new Set<string>();
    const cache = new Map<string, Promise<AuthorizationResult>>();
    const authorizer: TokenAuthorizer = {
      recall: (token) => cache.get(token) ?? null,
      wasAuthorized: (token) => authorized.has(token),
      authorize: (token) => new Promise((resolve) => waiting.set(token, resolve)),
    };
    const answer = (token: string, result: AuthorizationResult): void => {
      const settle = waiting.get(token);
      assert.ok(settle !== undefined, token);
      waiting.delete(token);
      settle(result);
    };
    return { waiting, authorized, cache, authorizer, answer };
  }

  async function serveReviewed(t: TestContext) {
    const reviews = reviewer();
    const { port } = await serve(
      t,
      secure(() => assert.fail(), { authorizer: reviews.authorizer }),
    );
    const scrape = (token: string, from = '127.0.0.1'): Promise<Reply> =>
      sendRequest({ port, path: '/metrics', headers: { Authorization: `Bearer ${token}` }, tls: {}, from });
    /** Sends requests without waiting for their answers. */
    const flood = (from: string, count: number): void => {
      for (let at = 0; at < count; at++) scrape(`made-up-${from}-${at}`, from).catch(() => {});
    };
    return { ...reviews, scrape, flood };
  }

  it('take one place for each address, and a true token of another address has its own', async (t) => {
    const { waiting, answer, scrape, flood } = await serveReviewed(t);
    flood('127.0.0.2', 50);
    await eventuallyEqual(() => [...waiting.keys()].length, 1);
    const scraped = scrape('good');
    await eventuallyEqual(() => waiting.has('good'), true);
    assert.equal(waiting.size, 2);
    answer('good', 'ok');
    assert.equal((await scraped).status, 200);
  });

  it('load the API server with few reviews at a time, from however many addresses', async (t) => {
    const { waiting, answer, scrape, flood } = await serveReviewed(t);
    for (let host = 2; host < 12; host++) flood(`127.0.0.${host}`, 3);
    await eventuallyEqual(() => waiting.size, AUTHORIZATIONS_MAX);
    const scraped = scrape('good');
    while (!waiting.has('good')) {
      assert.ok(waiting.size <= AUTHORIZATIONS_MAX);
      const [made] = waiting.keys();
      if (made !== undefined) answer(made, 'unauthenticated');
      await setImmediate();
    }
    answer('good', 'ok');
    assert.equal((await scraped).status, 200);
  });

  it('of the same address do not delay a token that was authorized before', async (t) => {
    const { waiting, authorized, answer, scrape, flood } = await serveReviewed(t);
    authorized.add('good');
    flood('127.0.0.1', 50);
    await eventuallyEqual(() => waiting.size, 1);
    const scraped = scrape('good');
    await eventuallyEqual(() => waiting.has('good'), true);
    answer('good', 'ok');
    assert.equal((await scraped).status, 200);
  });

  it('do not delay a token with a recent review: it takes no place', async (t) => {
    const { waiting, cache, scrape, flood } = await serveReviewed(t);
    cache.set('good', Promise.resolve('ok'));
    for (let host = 2; host < 12; host++) flood(`127.0.0.${host}`, 3);
    await eventuallyEqual(() => waiting.size, AUTHORIZATIONS_MAX);
    assert.equal((await scrape('good')).status, 200);
  });

  it('on connections without end do not keep a scraper out', async (t) => {
    const { waiting, answer, scrape, flood } = await serveReviewed(t);
    flood('127.0.0.2', 3 * CONNECTIONS_MAX);
    await eventuallyEqual(() => waiting.size, 1);
    const scraped = scrape('good');
    await eventuallyEqual(() => waiting.has('good'), true);
    answer('good', 'ok');
    assert.equal((await scraped).status, 200);
  });
});

/** The TLS version and the name of the certificate of a handshake, or the code of its error. */
async function handshake(port: number, maxVersion: SecureVersion): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, maxVersion });
  try {
    await once(socket, 'secureConnect');
    const peer = new X509Certificate(socket.getPeerCertificate().raw);
    return `${socket.getProtocol()} ${peer.subject}`;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'no code';
  } finally {
    socket.destroy();
  }
}

test('an old TLS version is refused unless the flag allows it', async (t) => {
  const strict = await serve(
    t,
    secure(() => Promise.resolve('ok')),
  );
  assert.equal(await handshake(strict.port, 'TLSv1.3'), 'TLSv1.3 CN=one');
  assert.equal(await handshake(strict.port, 'TLSv1.2'), 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION');
  const lenient = await serve(
    t,
    secure(() => Promise.resolve('ok'), { tls: { minVersion: 'TLSv1.2' } }),
  );
  assert.equal(await handshake(lenient.port, 'TLSv1.2'), 'TLSv1.2 CN=one');
});

test('a renewed certificate is served without a restart, with the same TLS settings', async (t) => {
  let current = 0;
  const certificate = () => Promise.resolve(ok(pairs[current] as KeyPair));
  const { port, clock } = await serve(
    t,
    secure(() => Promise.resolve('ok'), { certificate }),
  );
  assert.equal(await handshake(port, 'TLSv1.3'), 'TLSv1.3 CN=one');
  current = 1;
  await clock.advanceAsync(REREAD_INTERVAL);
  assert.equal(await handshake(port, 'TLSv1.3'), 'TLSv1.3 CN=other');
  assert.equal(await handshake(port, 'TLSv1.2'), 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION');
});

test('plain HTTP on the TLS port gets no metrics', async (t) => {
  const { port } = await serve(
    t,
    secure(() => assert.fail('asked')),
  );
  await assert.rejects(sendRequest({ port, path: '/metrics', headers: { Authorization: 'Bearer t' } }));
});

test('without a certificate the port is not opened, and the error says why', async () => {
  const access = secure(() => Promise.resolve('ok'), {
    certificate: () => Promise.resolve(err('/certs/tls.crt does not exist')),
  });
  const options = {
    port: 0,
    host: '127.0.0.1',
    metrics: METRICS,
    clock: new FakeClock(),
    onError: () => {},
  };
  assert.deepEqual(await serveMetrics({ ...options, access }), {
    ok: false,
    error: 'the metrics port has no certificate: /certs/tls.crt does not exist',
  });
});

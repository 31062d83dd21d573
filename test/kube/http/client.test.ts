import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RestConfig } from '../../../src/kube/auth/rest-config.ts';
import { KubeClient } from '../../../src/kube/http/client.ts';
import { systemClock } from '../../../src/workqueue/system-clock.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { configFor, respondJson, startLoopback, statusBody } from '../support/loopback-server.ts';
import { createClient, GET, kindOf, PATCH, startPair } from '../support/test-client.ts';

describe('a response', () => {
  it('is a value with its body', async (t) => {
    const { client } = await startPair(t, (_, response) =>
      respondJson(response, 200, { kind: 'ServiceList', items: [] }),
    );
    assert.deepEqual(await client.send(GET), {
      kind: 'ok',
      status: 200,
      bytes: 33,
      body: { kind: 'ServiceList', items: [] },
    });
  });

  it('is refused with the reason and the message of the Status object', async (t) => {
    const { client } = await startPair(t, (_, response) =>
      respondJson(response, 409, statusBody(409, 'Conflict', 'has been modified')),
    );
    assert.deepEqual(await client.send(PATCH), {
      kind: 'refused',
      status: 409,
      reason: 'Conflict',
      message: 'has been modified',
      retryAfter: null,
    });
  });

  it('carries Retry-After, in seconds or as a date', async (t) => {
    const clock = new FakeClock();
    const date = new Date(clock.wall() + 7_000).toUTCString();
    const server = await startLoopback(t, (seen, response) =>
      respondJson(response, 429, {}, { 'Retry-After': seen.url === '/date' ? date : '3' }),
    );
    const client = createClient(t, configFor(server.url), clock);
    const waits = [];
    for (const path of ['/seconds', '/date']) {
      const outcome = await client.send({ ...GET, path });
      waits.push(outcome.kind === 'refused' && outcome.retryAfter);
    }
    assert.deepEqual(waits, [3_000, 7_000]);
  });

  it('with more bytes than the request permits is aborted, and says so', async (t) => {
    const { server, client } = await startPair(t, (_, response) =>
      respondJson(response, 200, { text: 'x'.repeat(1_000_000) }),
    );
    assert.deepEqual(await client.send({ ...GET, responseBytesMax: 100_000 }), {
      kind: 'unknown',
      because: 'the response has more than 100000 bytes',
      isTooLarge: true,
    });
    assert.equal(kindOf(await client.send({ ...GET, responseBytesMax: 1_000_011 })), 'ok');
    assert.equal(server.requests.length, 2, 'it is not repeated');
  });

  it('with status 200 that is not JSON makes the outcome unknown', async (t) => {
    const { client } = await startPair(t, (_, response) => response.end('<html>'));
    assert.equal(kindOf(await client.send(PATCH)), 'unknown');
  });

  it('of a refusal that is no Status shows its text', async (t) => {
    const { client } = await startPair(t, (_, response) => {
      response.writeHead(502);
      response.end('bad gateway\n');
    });
    const outcome = await client.send(GET);
    assert.equal(outcome.kind === 'refused' && outcome.message, 'bad gateway');
  });
});

describe('a request', () => {
  it('carries token, agent, content type and length in bytes', async (t) => {
    const { server, client } = await startPair(t, (_, response) => respondJson(response, 200, {}));
    await client.send(PATCH);
    const { headers, body, method } = server.requests[0] ?? assert.fail('nothing came');
    assert.equal(method, 'PATCH');
    assert.equal(headers.authorization, 'Bearer secret');
    assert.equal(headers['user-agent'], 'berth/test (unit)');
    assert.equal(headers['content-type'], 'application/strategic-merge-patch+json');
    assert.equal(Number(headers['content-length']), Buffer.byteLength(body));
    assert.deepEqual(JSON.parse(body), PATCH.body);
  });

  it('reuses connections, and each pool its own', async (t) => {
    const { server, client } = await startPair(t, (_, response) => respondJson(response, 200, {}));
    for (const connectionPool of ['bulk', 'bulk', 'lease', 'lease', 'bulk'] as const)
      await client.send({ ...GET, connectionPool });
    assert.deepEqual(
      server.requests.map((one) => one.connection),
      [1, 1, 2, 2, 1],
    );
  });

  it('in the pool lease does not wait for a full pool bulk', async (t) => {
    const held: (() => void)[] = [];
    const server = await startLoopback(t, (seen, response) => {
      if (seen.url === '/lease') respondJson(response, 200, {});
      else held.push(() => respondJson(response, 200, {}));
    });
    const client = new KubeClient({
      config: configFor(server.url),
      clock: systemClock,
      userAgent: 'berth/test',
      bulkConnections: 2,
    });
    t.after(() => client.close());
    const bulk = [1, 2, 3, 4].map(() => client.send(PATCH));
    assert.equal(kindOf(await client.send({ ...GET, path: '/lease', connectionPool: 'lease' })), 'ok');
    for (let answered = 0; answered < 4; ) {
      const next = held.shift();
      if (next === undefined) await new Promise((resolve) => setImmediate(resolve));
      else {
        next();
        answered++;
      }
    }
    assert.deepEqual((await Promise.all(bulk)).map(kindOf), ['ok', 'ok', 'ok', 'ok']);
  });
});

describe('a request is unsent', () => {
  it('when nothing listens', async (t) => {
    const outcome = await createClient(t, configFor('http://127.0.0.1:1')).send(PATCH);
    assert.equal(outcome.kind, 'unsent');
    assert.match(
      outcome.kind === 'unsent' ? outcome.because : '',
      /^127\.0\.0\.1 port \d+ refuses the connection: nothing listens there/,
    );
  });

  it('when it is no longer allowed once the connection is established', async (t) => {
    const { server, client } = await startPair(t, (_, response) => respondJson(response, 200, {}));
    let asked = 0;
    const mayStillSend = (): boolean => {
      asked++;
      return false;
    };
    assert.equal(kindOf(await client.send({ ...PATCH, mayStillSend })), 'unsent');
    assert.equal(asked, 1);
    assert.equal(server.connections(), 1, 'the check came after the connection');
    assert.deepEqual(server.requests, []);
  });

  it('when it is no longer allowed on a reused connection', async (t) => {
    const { server, client } = await startPair(t, (_, response) => respondJson(response, 200, {}));
    assert.equal(kindOf(await client.send({ ...PATCH, mayStillSend: () => true })), 'ok');
    assert.equal(kindOf(await client.send({ ...PATCH, mayStillSend: () => false })), 'unsent');
    assert.equal(server.requests.length, 1);
  });

  it('when it waited for a connection until it was no longer allowed', async (t) => {
    let release: () => void = () => {};
    const server = await startLoopback(t, (_, response) => {
      release = () => respondJson(response, 200, {});
    });
    const config = configFor(server.url);
    const client = new KubeClient({ config, clock: systemClock, userAgent: 'x', bulkConnections: 1 });
    t.after(() => client.close());
    let allowed = true;
    const first = client.send(PATCH);
    const second = client.send({ ...PATCH, mayStillSend: () => allowed });
    while (server.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    allowed = false;
    release();
    assert.deepEqual([(await first).kind, (await second).kind], ['ok', 'unsent']);
    assert.equal(server.requests.length, 1);
  });

  it('when it was aborted before', async (t) => {
    const { server, client } = await startPair(t, (_, response) => respondJson(response, 200, {}));
    assert.equal(kindOf(await client.send({ ...PATCH, signal: AbortSignal.abort() })), 'unsent');
    assert.equal(server.connections(), 0);
  });

  it('when the credentials cannot be obtained', async (t) => {
    const target: RestConfig = {
      ...configFor('http://127.0.0.1:1'),
      authorization: () => Promise.reject(new Error('exec plugin missing')),
    };
    assert.deepEqual(await createClient(t, target).send(PATCH), {
      kind: 'unsent',
      because: 'no credentials: exec plugin missing',
    });
  });
});

describe('the outcome of a request is unknown', () => {
  it('when the connection is reset after the request was written', async (t) => {
    const { client } = await startPair(t, (_, __, socket) => socket.resetAndDestroy());
    assert.equal(kindOf(await client.send(PATCH)), 'unknown');
  });

  it('when the response breaks off', async (t) => {
    const { client } = await startPair(t, (_, response, socket) => {
      response.writeHead(200, { 'Content-Length': '100' });
      response.write('{"kind":');
      setImmediate(() => socket.destroy());
    });
    assert.equal(kindOf(await client.send(PATCH)), 'unknown');
  });

  it('when no response comes in time', async (t) => {
    const clock = new FakeClock();
    let came: () => void = () => {};
    const arrival = new Promise<void>((resolve) => {
      came = resolve;
    });
    const server = await startLoopback(t, () => came());
    const outcome = createClient(t, configFor(server.url), clock).send(PATCH);
    await arrival;
    clock.advance(PATCH.timeout);
    assert.deepEqual(await outcome, { kind: 'unknown', because: `no response within ${PATCH.timeout} ms` });
  });

  it('when it is aborted after it was sent', async (t) => {
    const stop = new AbortController();
    const { client } = await startPair(t, () => stop.abort());
    assert.equal(kindOf(await client.send({ ...PATCH, signal: stop.signal })), 'unknown');
  });

  it('when a write used a connection that the server had closed', async (t) => {
    const { server, client } = await startPair(t, (seen, response, socket) =>
      seen.method === 'PATCH' ? socket.resetAndDestroy() : respondJson(response, 200, {}),
    );
    await client.send(GET);
    assert.equal(kindOf(await client.send(PATCH)), 'unknown');
    assert.equal(server.requests.length, 2, 'the write was sent once');
  });
});

describe('a read', () => {
  it('on a stale connection is repeated once, on a new one', async (t) => {
    let answers = 0;
    const { server, client } = await startPair(t, (_, response, socket) =>
      ++answers === 2 ? socket.resetAndDestroy() : respondJson(response, 200, { answers }),
    );
    await client.send(GET);
    assert.deepEqual(await client.send(GET), {
      kind: 'ok',
      status: 200,
      bytes: 13,
      body: { answers: 3 },
    });
    assert.deepEqual(
      server.requests.map((one) => one.connection),
      [1, 1, 2],
    );
  });

  it('that is reset on a new connection is not repeated', async (t) => {
    const { server, client } = await startPair(t, (_, __, socket) => socket.resetAndDestroy());
    assert.equal(kindOf(await client.send(GET)), 'unknown');
    assert.equal(server.requests.length, 1);
  });
});

describe('a refused token', () => {
  it('is obtained again once, and the request repeated', async (t) => {
    const server = await startLoopback(t, (seen, response) =>
      seen.headers.authorization === 'Bearer new'
        ? respondJson(response, 200, {})
        : respondJson(response, 401, statusBody(401, 'Unauthorized', 'who?')),
    );
    let token = 'old';
    let renewed = 0;
    const target: RestConfig = {
      ...configFor(server.url),
      authorization: async () => `Bearer ${token}`,
      invalidateCredentials: () => {
        renewed++;
        token = 'new';
      },
    };
    const client = createClient(t, target);
    assert.equal(kindOf(await client.send(PATCH)), 'ok');
    assert.equal(renewed, 1);
    assert.equal(server.requests.length, 2);
  });

  it('that is refused again is the outcome', async (t) => {
    const { server, client } = await startPair(t, (_, response) =>
      respondJson(response, 401, statusBody(401, 'Unauthorized', 'who?')),
    );
    const outcome = await client.send(PATCH);
    assert.equal(outcome.kind === 'refused' && outcome.status, 401);
    assert.equal(server.requests.length, 2);
  });
});

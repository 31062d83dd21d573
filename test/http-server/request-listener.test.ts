import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { HEADER_BYTES_MAX, listen, SERVER_LIMITS } from '../../src/http-server/listen.ts';
import { createRequestListener, type RouteHandler } from '../../src/http-server/request-listener.ts';
import { eventuallyEqual } from '../support/eventually.ts';
import { sendRaw, sendRequest } from './support/client.ts';

async function serve(
  t: TestContext,
  routes: Record<string, RouteHandler>,
): Promise<{ port: number; errors: unknown[] }> {
  const errors: unknown[] = [];
  const server = createServer(
    SERVER_LIMITS,
    createRequestListener(routes, (_, error) => errors.push(error)),
  );
  const opened = await listen(server, { port: 0, host: '127.0.0.1', flag: '--port' });
  assert.ok(opened.ok);
  t.after(() => opened.value.close());
  return { port: opened.value.port, errors };
}

const hello: Record<string, RouteHandler> = { '/hello': () => ({ status: 200, body: 'good day\n' }) };

test('a path is served with any query', async (t) => {
  const { port } = await serve(t, hello);
  const { status, body, headers } = await sendRequest({ port, path: '/hello?verbose=1' });
  assert.deepEqual([status, body, headers['content-type']], [200, 'good day\n', 'text/plain; charset=utf-8']);
  assert.equal(headers['x-powered-by'], undefined);
  assert.equal(headers['cache-control'], 'no-store');
});

test('HEAD returns the length of the body, and no body', async (t) => {
  const { port } = await serve(t, hello);
  const { status, body, headers } = await sendRequest({ port, path: '/hello', method: 'HEAD' });
  assert.deepEqual([status, body, headers['content-length']], [200, '', '9']);
});

for (const path of ['/', '/hello/', '/constructor', '/__proto__', '//hello', '/hello%00']) {
  test(`${path} is not found`, async (t) => {
    const { port } = await serve(t, hello);
    assert.equal((await sendRequest({ port, path })).status, 404);
  });
}

for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE']) {
  test(`${method} is refused without waiting for its body`, async (t) => {
    const { port } = await serve(t, hello);
    const response = await sendRaw(
      port,
      `${method} /hello HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nabc`,
    );
    assert.match(response, /^HTTP\/1\.1 405 /);
    assert.match(response, /\r\nAllow: GET, HEAD\r\n/);
    assert.match(response, /\r\nConnection: close\r\n/i);
  });
}

test('a handler that throws or rejects is reported, and answered without its error', async (t) => {
  const { port, errors } = await serve(t, {
    '/throws': () => {
      throw new Error('inner life');
    },
    '/rejects': () => Promise.reject(new Error('inner life')),
  });
  for (const path of ['/throws', '/rejects']) {
    const { status, body } = await sendRequest({ port, path });
    assert.deepEqual([status, body.includes('inner life')], [500, false]);
  }
  assert.equal(errors.length, 2);
});

test('a head that is too long is refused, and so is anything but HTTP', async (t) => {
  const { port } = await serve(t, hello);
  const long = await sendRaw(
    port,
    `GET /hello HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(HEADER_BYTES_MAX)}\r\n\r\n`,
  );
  assert.match(long, /^HTTP\/1\.1 431 /);
  assert.match(await sendRaw(port, '\u0016\u0003\u0001 hello TLS\r\n\r\n'), /^HTTP\/1\.1 400 /);
});

test('a body in parts ends when its client leaves while a part is made', async (t) => {
  let isEnded = false;
  const { port } = await serve(t, {
    '/parts': ({ socket }) => {
      async function* body() {
        try {
          yield 'first';
          await once(socket, 'close');
          await nextTurn();
          yield 'next';
        } finally {
          isEnded = true;
        }
      }
      return { status: 200, body: body() };
    },
  });
  const client = connect(port, '127.0.0.1');
  client.write('GET /parts HTTP/1.1\r\nHost: x\r\n\r\n');
  await once(client, 'data');
  client.destroy();
  await eventuallyEqual(() => isEnded, true);
});

/** Floods of a port over real sockets: whoever holds connections keeps nobody else out. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { CONNECTIONS_MAX, listen, SERVER_LIMITS } from '../../src/http-server/listen.ts';
import { serveProbes } from '../../src/http-server/probe-server.ts';
import { systemClock } from '../../src/workqueue/system-clock.ts';
import { eventuallyEqual } from '../support/eventually.ts';
import { sendRequest } from './support/client.ts';

const ATTACKER = '127.0.0.2';
const KUBELET = '127.0.0.3';
const OTHER = '127.0.0.4';

async function serve(t: TestContext): Promise<number> {
  const opened = await serveProbes({
    ...{ port: 0, host: '127.0.0.1', liveness: () => null, readiness: () => null },
    clock: systemClock,
    onError: (_, error) => assert.fail(String(error)),
  });
  assert.ok(opened.ok);
  t.after(() => opened.value.close());
  return opened.value.port;
}

/** Opens a connection, sends `bytes` and nothing more. */
async function hold(port: number, from: string, bytes = ''): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', localAddress: from });
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(bytes);
  socket.resume();
  return socket;
}

async function holdMany(port: number, from: string, count: number, bytes = ''): Promise<readonly Socket[]> {
  const sockets: Socket[] = [];
  for (let at = 0; at < count; at++) sockets.push(await hold(port, from, bytes));
  return sockets;
}

const openOf = (sockets: readonly Socket[]): number =>
  sockets.filter(({ closed, readableEnded }) => !closed && !readableEnded).length;

const probe = async (port: number, from: string): Promise<number> =>
  (await sendRequest({ port, path: '/healthz', from })).status;

describe('a probe is answered', () => {
  const floods: readonly (readonly [title: string, bytes: string])[] = [
    ['idle connections', ''],
    ['connections that never finish a request', 'GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: '],
    ['connections that send what is not HTTP', '\x16\x03\x01'],
  ];
  for (const [title, bytes] of floods) {
    it(`beside ${3 * CONNECTIONS_MAX} ${title} of another address`, async (t) => {
      const port = await serve(t);
      await holdMany(port, ATTACKER, 3 * CONNECTIONS_MAX, bytes);
      for (let count = 0; count < 5; count++) assert.equal(await probe(port, KUBELET), 200);
    });

    it(`beside ${3 * CONNECTIONS_MAX} ${title} of its own address`, async (t) => {
      const port = await serve(t);
      await holdMany(port, KUBELET, 3 * CONNECTIONS_MAX, bytes);
      for (let count = 0; count < 5; count++) assert.equal(await probe(port, KUBELET), 200);
    });
  }

  it('while another address opens connections without end', async (t) => {
    const port = await serve(t);
    let isOver = false;
    const flood = (async () => {
      while (!isOver) await holdMany(port, ATTACKER, 20);
    })();
    for (let count = 0; count < 50; count++) assert.equal(await probe(port, KUBELET), 200);
    isOver = true;
    await flood;
  });

  it('on a connection of its own, which ends with the answer', async (t) => {
    const port = await serve(t);
    const { headers } = await sendRequest({ port, path: '/healthz', headers: { Connection: 'keep-alive' } });
    assert.equal(headers['connection'], 'close');
  });
});

describe('of a full port', () => {
  it('the oldest idle connection goes', async (t) => {
    const port = await serve(t);
    const sockets = await holdMany(port, ATTACKER, CONNECTIONS_MAX + 3);
    await eventuallyEqual(() => openOf(sockets), CONNECTIONS_MAX);
    assert.deepEqual(
      sockets.slice(0, 4).map((socket) => openOf([socket])),
      [0, 0, 0, 1],
    );
  });

  it('the source with the most connections gives up one of its own', async (t) => {
    const port = await serve(t);
    const first = await hold(port, OTHER);
    const flood = await holdMany(port, ATTACKER, 2 * CONNECTIONS_MAX);
    await eventuallyEqual(() => openOf(flood), CONNECTIONS_MAX - 1);
    assert.equal(openOf([first]), 1);
  });

  it('a connection that is being answered stays, and an idle one of its source goes', async (t) => {
    const pending: (() => void)[] = [];
    const server = createServer(SERVER_LIMITS, (_, response) => {
      pending.push(() => response.end('done'));
    });
    const opened = await listen(server, { port: 0, host: '127.0.0.1', flag: '--port' });
    assert.ok(opened.ok);
    t.after(() => opened.value.close());
    const answer = sendRequest({ port: opened.value.port, path: '/', from: ATTACKER });
    await eventuallyEqual(() => pending.length, 1);
    const flood = await holdMany(opened.value.port, ATTACKER, 2 * CONNECTIONS_MAX);
    await eventuallyEqual(() => openOf(flood), CONNECTIONS_MAX - 1);
    for (const finish of pending) finish();
    assert.equal((await answer).body, 'done');
  });

  it('connections that are being answered make room where there are no others', async (t) => {
    const server = createServer(SERVER_LIMITS, ({ url }, response) => {
      if (url === '/now') response.end('now');
    });
    const opened = await listen(server, { port: 0, host: '127.0.0.1', flag: '--port' });
    assert.ok(opened.ok);
    t.after(() => opened.value.close());
    const { port } = opened.value;
    await holdMany(port, ATTACKER, 2 * CONNECTIONS_MAX, 'GET /never HTTP/1.1\r\nHost: x\r\n\r\n');
    assert.equal((await sendRequest({ port, path: '/now', from: KUBELET })).body, 'now');
  });
});

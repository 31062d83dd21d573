import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { test } from 'node:test';
import { listen, SERVER_LIMITS } from '../../src/http-server/listen.ts';
import { sendRaw } from './support/client.ts';

const HERE = { host: '127.0.0.1', flag: '--port' };

test('the error of a port in use names it, and the flag that chooses another', async (t) => {
  const first = await listen(createServer(), { ...HERE, port: 0 });
  assert.ok(first.ok);
  t.after(() => first.value.close());
  const second = await listen(createServer(), { ...HERE, port: first.value.port });
  assert.deepEqual(second, {
    ok: false,
    error: `port ${first.value.port} of 127.0.0.1 is already in use: choose another with --port, or 0 to disable it`,
  });
});

test('the error of an address that the machine does not have names it', async () => {
  const opened = await listen(createServer(), { port: 0, host: '192.0.2.77', flag: '--port' });
  assert.ok(!opened.ok);
  assert.match(
    opened.error,
    /192\.0\.2\.77 cannot be opened, this machine does not have the address: check --port/,
  );
});

test('close ends all connections, also those without a request, and frees the port', async () => {
  const opened = await listen(createServer(), { ...HERE, port: 0 });
  assert.ok(opened.ok);
  const socket = connect(opened.value.port, '127.0.0.1');
  await once(socket, 'connect');
  const hungUp = once(socket, 'close');
  socket.on('error', () => {});
  await opened.value.close();
  await hungUp;
  const again = await listen(createServer(), { ...HERE, port: opened.value.port });
  assert.ok(again.ok);
  await again.value.close();
});

test('a connection that cannot be accepted ends neither the process nor the port', async (t) => {
  const server = createServer((_, response) => response.end('served'));
  const opened = await listen(server, { ...HERE, port: 0 });
  assert.ok(opened.ok);
  t.after(() => opened.value.close());
  server.emit('error', Object.assign(new Error('accept EMFILE'), { code: 'EMFILE' }));
  assert.match(await sendRaw(opened.value.port, 'GET / HTTP/1.0\r\n\r\n'), /served$/);
});

test('a client that sends a request too slowly is disconnected', async (t) => {
  const impatient = {
    ...SERVER_LIMITS,
    headersTimeout: 50,
    requestTimeout: 50,
    connectionsCheckingInterval: 10,
  };
  const opened = await listen(
    createServer(impatient, () => assert.fail('no request was ever complete')),
    { ...HERE, port: 0 },
  );
  assert.ok(opened.ok);
  t.after(() => opened.value.close());
  assert.match(await sendRaw(opened.value.port, 'GET / HT'), /^HTTP\/1\.1 408 /);
});

test('without a host the server listens on all addresses', async (t) => {
  const opened = await listen(
    createServer((_, response) => response.end('here')),
    { port: 0, host: null, flag: '--port' },
  );
  assert.ok(opened.ok);
  t.after(() => opened.value.close());
  assert.match(
    await sendRaw(opened.value.port, 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'),
    /here/,
  );
});

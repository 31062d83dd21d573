import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serveProbes } from '../../src/http-server/probe-server.ts';
import { sendRequest } from './support/client.ts';

test('a probe returns the current result of its check', async (t) => {
  let missing: string | null = 'the Services have not been listed yet';
  const errors: unknown[] = [];
  const opened = await serveProbes({
    port: 0,
    host: '127.0.0.1',
    liveness: () => null,
    readiness: () => missing,
    onError: (_, error) => errors.push(error),
  });
  assert.ok(opened.ok);
  t.after(() => opened.value.close());
  const { port } = opened.value;
  const probe = async (path: string): Promise<string> => {
    const { status, body } = await sendRequest({ port, path });
    return `${status} ${body}`;
  };
  assert.equal(await probe('/healthz'), '200 ok\n');
  assert.equal(await probe('/readyz'), '503 the Services have not been listed yet\n');
  missing = null;
  assert.equal(await probe('/readyz'), '200 ok\n');
  assert.deepEqual(errors, []);
});

test('a check that throws is a 500: the kubelet then restarts the container', async (t) => {
  const errors: unknown[] = [];
  const opened = await serveProbes({
    port: 0,
    host: '127.0.0.1',
    liveness: () => {
      throw new Error('the loop is no more');
    },
    readiness: () => null,
    onError: (_, error) => errors.push(error),
  });
  assert.ok(opened.ok);
  t.after(() => opened.value.close());
  assert.equal((await sendRequest({ port: opened.value.port, path: '/healthz' })).status, 500);
  assert.equal(errors.length, 1);
});

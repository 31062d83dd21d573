import assert from 'node:assert/strict';
import { describe, it, type TestContext, test } from 'node:test';
import { serveProbes, WAIT_CHECK_INTERVAL, WAIT_MAX } from '../../src/http-server/probe-server.ts';
import { systemClock } from '../../src/workqueue/system-clock.ts';
import { eventually } from '../support/eventually.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { sendRequest } from './support/client.ts';

test('a probe returns the current result of its check', async (t) => {
  let missing: string | null = 'the Services have not been listed yet';
  const errors: unknown[] = [];
  const opened = await serveProbes({
    port: 0,
    host: '127.0.0.1',
    liveness: () => null,
    readiness: () => missing,
    clock: systemClock,
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
    clock: systemClock,
    onError: (_, error) => errors.push(error),
  });
  assert.ok(opened.ok);
  t.after(() => opened.value.close());
  assert.equal((await sendRequest({ port: opened.value.port, path: '/healthz' })).status, 500);
  assert.equal(errors.length, 1);
});

describe('a probe that waits', () => {
  /** A server that is not ready until told, and a probe of it that has begun to wait. */
  async function waiting(t: TestContext, path: string) {
    const clock = new FakeClock();
    const state = { missing: 'the Services have not been listed yet' as string | null };
    const opened = await serveProbes({
      ...{ port: 0, host: '127.0.0.1', liveness: () => null, readiness: () => state.missing },
      clock,
      onError: (_, error) => assert.fail(String(error)),
    });
    assert.ok(opened.ok);
    t.after(() => opened.value.close());
    const answer = sendRequest({ port: opened.value.port, path });
    await eventually(() => assert.equal(clock.pending, 1));
    return { answer, clock, state };
  }

  it('is answered as soon as the program is ready', async (t) => {
    const { answer, clock, state } = await waiting(t, '/readyz?wait=8');
    state.missing = null;
    clock.advance(WAIT_CHECK_INTERVAL);
    assert.equal((await answer).status, 200);
    assert.equal(clock.pending, 0);
  });

  const limits = [
    { path: '/readyz?wait=8', milliseconds: 8000 },
    { path: '/readyz?wait=9999', milliseconds: WAIT_MAX },
  ];
  for (const { path, milliseconds } of limits)
    it(`says what is missing when its time is up: ${path}`, async (t) => {
      const { answer, clock } = await waiting(t, path);
      while (clock.now() < milliseconds - WAIT_CHECK_INTERVAL) {
        clock.advance(WAIT_CHECK_INTERVAL);
        await eventually(() => assert.equal(clock.pending, 1));
      }
      clock.advance(WAIT_CHECK_INTERVAL);
      const { status, body } = await answer;
      assert.equal(`${status} ${body}`, '503 the Services have not been listed yet\n');
    });
});

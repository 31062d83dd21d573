/** What the pages of a dashboard receive: whatever a cluster holds, no text has a character that hides another one. */
import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { ok } from '../../src/base/result.ts';
import { serveDashboard } from '../../src/http-server/dashboard-server.ts';
import { sendRaw } from './support/client.ts';

const HOSTILE = 'a\u202eb\u001b[2J';
const SHOWN = 'a\\u202eb\\u001b[2J';

/** A dashboard whose every event and answer is the same. Returns its port. */
async function serve(test: TestContext): Promise<number> {
  const served = await serveDashboard({
    ...{ port: 0, host: '127.0.0.1', flag: '--port', keyPair: null, files: new Map() },
    ...{ refusePage: () => null, refuseData: () => null, onError: () => assert.fail('an error') },
    questions: new Map([['/api/slow', async () => ok({ text: HOSTILE })]]),
    quickQuestions: new Map([['/api/quick', () => ok({ text: HOSTILE })]]),
    follow: (_, send) => {
      send({ text: HOSTILE });
      return () => {};
    },
  });
  assert.ok(served.ok);
  test.after(() => served.value.close());
  return served.value.port;
}

it('events and answers show control characters and hidden marks as text', {
  timeout: 60_000,
}, async (test) => {
  const url = `http://127.0.0.1:${await serve(test)}`;
  const stop = new AbortController();
  const events = await fetch(`${url}/api/events`, { signal: stop.signal });
  const first = await events.body?.getReader().read();
  stop.abort();
  const data = /^data: (.*)\n/.exec(new TextDecoder().decode(first?.value))?.[1] ?? '';
  assert.deepEqual(JSON.parse(data), { text: SHOWN });
  for (const path of ['/api/slow', '/api/quick']) {
    const answer = await fetch(url + path, {
      ...{ method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } },
    });
    assert.deepEqual(await answer.json(), { text: SHOWN });
  }
});

it('a HEAD of the events is answered, and the next request of the connection too', async (test) => {
  const port = await serve(test);
  const head = 'HEAD /api/events HTTP/1.1\r\nHost: x\r\n\r\n';
  const next = 'GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
  assert.match(await sendRaw(port, head + next), /^HTTP\/1\.1 200 .*HTTP\/1\.1 404 /s);
});

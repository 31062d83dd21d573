/** Questions of a page over a real socket: who may ask, what is refused, and that each refusal has a sentence. */
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { err, ok } from '../../src/base/result.ts';
import { serveDashboard } from '../../src/http-server/dashboard-server.ts';
import { QUESTION_BYTES_MAX, QUESTIONS_WAITING_MAX, type Question } from '../../src/http-server/questions.ts';
import { eventually } from '../support/eventually.ts';

const TOKEN = 'Bearer secret';

async function serve(t: TestContext, question: Question) {
  const bugs: unknown[] = [];
  const sockets: Socket[] = [];
  const opened = await serveDashboard({
    ...{ port: 0, host: '127.0.0.1', flag: '--port', files: new Map(), keyPair: null },
    refusePage: ({ headers }) => (headers['x-foreign'] === undefined ? null : 'foreign'),
    refuseData: ({ headers, socket }) => {
      sockets.push(socket);
      return headers.authorization === TOKEN ? null : 'no token';
    },
    follow: () => () => {},
    questions: new Map([['/api/plan', question]]),
    quickQuestions: new Map([['/api/quick', (body: unknown) => ok(body)]]),
    onError: (_, error) => bugs.push(error),
  });
  assert.ok(opened.ok);
  t.after(() => opened.value.close());
  const ask = async (body: string, init: RequestInit = {}, path = '/api/plan') => {
    const response = await fetch(`http://127.0.0.1:${opened.value.port}${path}`, {
      method: 'POST',
      body,
      ...init,
      headers: { Authorization: TOKEN, 'Content-Type': 'application/json', ...init.headers },
    });
    return { status: response.status, text: await response.text() };
  };
  return { ask, bugs, sockets };
}

const echo: Question = async (body) => ok(body);

describe('a question', () => {
  it('is answered with a document', async (t) => {
    const { ask } = await serve(t, echo);
    assert.deepEqual(await ask('{"a":1}'), { status: 200, text: '{"a":1}' });
  });

  const refusals: readonly [says: string, init: RequestInit, body: string, status: number, want: RegExp][] = [
    ['without the token', { headers: { Authorization: '' } }, '{}', 403, /no token/],
    ['of a foreign page', { headers: { 'x-foreign': '1' } }, '{}', 403, /foreign/],
    ['as a form', { headers: { 'Content-Type': 'text/plain' } }, '{}', 415, /application\/json/],
    ['that is no JSON', {}, '{', 400, /no JSON/],
    ['that is too large', {}, JSON.stringify('x'.repeat(QUESTION_BYTES_MAX)), 413, /too large: 1024 KiB/],
    ['by another method', { method: 'PUT' }, '{}', 405, /POST to ask/],
  ];
  for (const [says, init, body, status, want] of refusals)
    it(`${says} is refused, and not read`, async (t) => {
      let asked = 0;
      const { ask } = await serve(t, async () => ok(asked++));
      const answer = await ask(body, init);
      assert.equal(answer.status, status);
      assert.match(answer.text, want);
      assert.equal(asked, 0);
    });

  it('is accepted at its own path only', async (t) => {
    const { ask } = await serve(t, echo);
    assert.equal((await ask('{}', {}, '/api/events')).status, 405);
  });

  it('that cannot be answered gets all sentences', async (t) => {
    const { ask } = await serve(t, async () => err(['one', 'two']));
    assert.deepEqual(await ask('{}'), { status: 422, text: '{"errors":["one","two"]}' });
  });

  it('that meets a bug gets a sentence, and the terminal the bug', async (t) => {
    const { ask, bugs } = await serve(t, async () => {
      throw new Error('bug');
    });
    const { status, text } = await ask('{}');
    assert.equal(status, 500);
    assert.match(text, /terminal of the dashboard/);
    assert.equal(bugs.length, 1);
  });

  it('waits for its turn, and of too many the last are refused', async (t) => {
    let [running, most] = [0, 0];
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { ask } = await serve(t, async () => {
      most = Math.max(most, ++running);
      await held;
      running--;
      return ok(null);
    });
    const statuses: number[] = [];
    const asked = Array.from({ length: QUESTIONS_WAITING_MAX + 3 }, async () =>
      statuses.push((await ask('{}')).status),
    );
    await eventually(() => assert.ok(statuses.includes(503), 'one is refused while the first is answered'));
    release();
    await Promise.all(asked);
    assert.equal(most, 1);
    assert.ok(statuses.filter((status) => status === 200).length >= QUESTIONS_WAITING_MAX);
  });

  it('whose asker has gone is left out, and a quick one overtakes those that wait', async (t) => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const answered: unknown[] = [];
    const { ask, sockets } = await serve(t, async (body) => {
      await held;
      answered.push(body);
      return ok(body);
    });
    const first = ask('{"ask":"first"}');
    await eventually(() => assert.equal(sockets.length, 1));
    const abort = new AbortController();
    const second = ask('{"ask":"second"}', { signal: abort.signal }).catch(() => null);
    await eventually(() => assert.equal(sockets.length, 2));
    abort.abort();
    await second;
    await eventually(() => assert.ok(sockets[1]?.destroyed, 'the server sees that the asker has gone'));
    const third = ask('{"ask":"third"}');
    assert.equal((await ask('{"ask":"quick"}', {}, '/api/quick')).text, '{"ask":"quick"}');
    assert.deepEqual(answered, []);
    release();
    assert.deepEqual([(await first).text, (await third).text], ['{"ask":"first"}', '{"ask":"third"}']);
    assert.deepEqual(answered, [{ ask: 'first' }, { ask: 'third' }]);
  });
});

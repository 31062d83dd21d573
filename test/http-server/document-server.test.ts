/** Documents that are made in parts, over real sockets. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { err, ok } from '../../src/base/result.ts';
import { type DocumentHandler, serveDocuments } from '../../src/http-server/document-server.ts';
import { eventually, eventuallyEqual } from '../support/eventually.ts';
import { sendRequest } from './support/client.ts';

const PARTS = 500;
const LARGE_PART = 'x'.repeat(64 * 1024);

async function serve(t: TestContext, documents: Readonly<Record<string, DocumentHandler>>) {
  const errors: unknown[] = [];
  const opened = await serveDocuments({
    ...{ port: 0, host: '127.0.0.1', flag: '--view-port', documents },
    onError: (_, error) => errors.push(error),
  });
  assert.ok(opened.ok);
  t.after(() => opened.value.close());
  const { port } = opened.value;
  return { port, errors, ask: (path: string, from = '127.0.0.1') => sendRequest({ port, path, from }) };
}

/** A document of many parts that counts how many were made. */
function countedParts(part: string | null, count = PARTS) {
  const made = { count: 0, closed: false };
  const document: DocumentHandler = () => {
    function* parts() {
      try {
        for (; made.count < count; made.count++) yield part;
      } finally {
        made.closed = true;
      }
    }
    return ok(parts());
  };
  return { made, document };
}

describe('a document', () => {
  it('is sent whole, and pauses are not part of it', async (t) => {
    const { ask } = await serve(t, { '/a': () => ok(['{"a":', null, '1', null, '}']) });
    const { status, body, headers } = await ask('/a');
    assert.deepEqual([status, body, headers['content-type']], [200, '{"a":1}\n', 'application/json']);
  });

  it('has the same value, and no character that steers a terminal', async (t) => {
    const value = { error: 'no route\u001b]0;x\u0007 \u009b31m \u202e', lines: 'a\nb' };
    const { ask } = await serve(t, {
      '/value': () => ok([JSON.stringify(value)]),
      '/refused': (query) => err(`there is no ${query.get('peer')}`),
    });
    const document = await ask('/value');
    assert.deepEqual(JSON.parse(document.body), value);
    const refused = await ask('/refused?peer=%1b%5b2J');
    assert.equal(refused.status, 400);
    for (const { body } of [document, refused]) assert.doesNotMatch(body, /(?!\n)[\p{Cc}\p{Cf}]/u);
  });

  it('is sent on a connection of its own', async (t) => {
    const { ask } = await serve(t, { '/a': () => ok(['{}']) });
    assert.equal((await ask('/a')).headers['connection'], 'close');
  });

  it('that the query does not allow is refused with the sentence', async (t) => {
    const { ask } = await serve(t, { '/a': (query) => err(`no ${query.get('b')}`) });
    const { status, body } = await ask('/a?b=c');
    assert.deepEqual([status, body], [400, 'no c\n']);
  });

  it('leaves a turn of the event loop to others between any two of its parts', async (t) => {
    const { made, document } = countedParts('x');
    const { ask } = await serve(t, { '/long': document });
    let turns = 0;
    let isOver = false;
    const count = (): void => {
      turns++;
      if (!isOver) setImmediate(count);
    };
    count();
    await ask('/long');
    isOver = true;
    assert.equal(made.count, PARTS);
    assert.ok(turns >= PARTS, `${turns} turns`);
  });

  it('that is long does not keep that of another client waiting', async (t) => {
    let isOver = false;
    let parts = 0;
    const endless: DocumentHandler = () =>
      ok(
        (function* () {
          for (; !isOver; parts++) yield 'x';
        })(),
      );
    const { ask } = await serve(t, { '/long': endless, '/short': () => ok(['{}']) });
    const long = Promise.all(Array.from({ length: 20 }, () => ask('/long', '127.0.0.2')));
    await eventually(() => assert.ok(parts > 100, `${parts} parts`));
    assert.equal((await ask('/short')).status, 200);
    isOver = true;
    await long;
  });

  it('is made no further than its client reads, and not at all after it has left', async (t) => {
    const { made, document } = countedParts(LARGE_PART, 100_000);
    const { port, ask, errors } = await serve(t, { '/large': document, '/short': () => ok(['{}']) });
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.pause();
    socket.write('GET /large HTTP/1.1\r\nHost: x\r\n\r\n');
    await eventually(() => assert.ok(made.count > 0, 'none is made yet'));
    let before = -1;
    await eventually(() => {
      const last = before;
      before = made.count;
      assert.equal(made.count, last);
    });
    assert.ok(made.count < 10_000, `${made.count} parts for a client that reads nothing`);
    socket.destroy();
    await eventuallyEqual(() => made.closed, true);
    assert.equal((await ask('/short')).status, 200);
    assert.deepEqual(errors, []);
  });

  it('that fails on the way is cut, with the error in the log, and the next one is served', async (t) => {
    const { ask, errors } = await serve(t, {
      '/fails': () =>
        ok(
          (function* () {
            yield '{';
            throw new Error('x');
          })(),
        ),
      '/short': () => ok(['{}']),
    });
    await assert.rejects(ask('/fails'));
    assert.equal(errors.length, 1);
    assert.equal((await ask('/short')).status, 200);
  });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { err, ok } from '../../src/base/result.ts';
import { serveDocuments } from '../../src/http-server/document-server.ts';
import { sendRequest } from './support/client.ts';

test('a document has the same value and no character that steers a terminal', async (t) => {
  const value = { error: 'no route\u001b]0;x\u0007 \u009b31m \u202e', lines: 'a\nb' };
  const opened = await serveDocuments({
    flag: '--view-port',
    port: 0,
    host: '127.0.0.1',
    documents: {
      '/value': () => ok(JSON.stringify(value)),
      '/refused': (query) => err(`there is no ${query.get('peer')}`),
    },
    onError: () => {},
  });
  assert.ok(opened.ok);
  t.after(() => opened.value.close());
  const { port } = opened.value;
  const document = await sendRequest({ port, path: '/value' });
  assert.deepEqual(JSON.parse(document.body), value);
  const refused = await sendRequest({ port, path: '/refused?peer=%1b%5b2J' });
  assert.equal(refused.status, 400);
  for (const { body } of [document, refused]) assert.doesNotMatch(body, /(?!\n)[\p{Cc}\p{Cf}]/u);
});

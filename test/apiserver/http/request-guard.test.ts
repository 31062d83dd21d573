/** Tests which requests the API server in memory refuses since only web pages send them. */
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { foreignRequest } from '../../../src/apiserver/http/request-guard.ts';
import { type ApiServer, startApiServer } from '../../../src/apiserver/server.ts';
import { systemClock } from '../../../src/workqueue/system-clock.ts';

describe('the Host header', () => {
  const HOSTS: readonly (readonly [host: string | undefined, ownHost: string, isAccepted: boolean])[] = [
    ['127.0.0.1:6443', '127.0.0.1', true],
    ['127.0.0.1', '127.0.0.1', true],
    ['127.8.9.10:80', '127.0.0.1', true],
    ['localhost:6443', '127.0.0.1', true],
    ['LocalHost:6443', '127.0.0.1', true],
    ['[::1]:6443', '127.0.0.1', true],
    ['[::ffff:127.0.0.1]:6443', '127.0.0.1', true],
    ['192.0.2.1:6443', '192.0.2.1', true],
    ['[2001:db8::1]:6443', '2001:db8::1', true],
    ['192.0.2.1:6443', '127.0.0.1', false],
    ['[2001:db8::1]:6443', '127.0.0.1', false],
    ['evil.example:6443', '127.0.0.1', false],
    ['localhost.evil.example', '127.0.0.1', false],
    ['127.0.0.1.evil.example:6443', '127.0.0.1', false],
    ['localhost@evil.example', '127.0.0.1', false],
    ['0.0.0.0:6443', '127.0.0.1', false],
    ['', '127.0.0.1', false],
    [undefined, '127.0.0.1', false],
  ];
  for (const [host, ownHost, isAccepted] of HOSTS) {
    it(`${isAccepted ? 'accepts' : 'refuses'} ${host ?? 'none'} on ${ownHost}`, () => {
      const error = foreignRequest(host === undefined ? {} : { host }, ownHost);
      assert.equal(error?.code, isAccepted ? undefined : 403);
      if (!isAccepted)
        assert.match(error?.message ?? '', /^the Host header ".*" does not name this server: use /);
    });
  }
});

describe('the Origin header', () => {
  const host = '127.0.0.1:6443';
  for (const origin of ['http://evil.example', 'http://localhost:3000', 'null', 'http://127.0.0.1:64430']) {
    it(`refuses ${origin}`, () =>
      assert.match(
        foreignRequest({ host, origin }, '127.0.0.1')?.message ?? '',
        /^requests of web pages are not served/,
      ));
  }
  it('accepts the own one, and none', () => {
    assert.equal(foreignRequest({ host, origin: `http://${host}` }, '127.0.0.1'), null);
    assert.equal(foreignRequest({ host }, '127.0.0.1'), null);
  });
});

describe('a server refuses', () => {
  let server: ApiServer;
  before(async () => {
    server = await startApiServer({ clock: systemClock });
  });
  after(() => server.stop());

  const BODY = '{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"planted"}}';

  const post = (
    path: string,
    headers: Readonly<Record<string, string>>,
  ): Promise<readonly [number, string]> =>
    new Promise((resolve, reject) => {
      const sent = request(new URL(path, server.url), { method: 'POST', headers }, (response) => {
        let text = '';
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () => resolve([response.statusCode ?? 0, text]));
      });
      sent.on('error', reject);
      sent.end(BODY);
    });

  const JSON_TYPE = { 'content-type': 'application/json' };
  const REFUSED: readonly (readonly [string, Readonly<Record<string, string>>, number])[] = [
    ['a name of somebody else', { ...JSON_TYPE, host: 'evil.example' }, 403],
    ['another origin', { ...JSON_TYPE, origin: 'http://evil.example' }, 403],
    ['a body without a type', {}, 415],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['plain text', { 'content-type': 'text/plain' }, 415],
  ];
  for (const [what, headers, code] of REFUSED) {
    it(what, async () => {
      const [status, text] = await post('/api/v1/namespaces', headers);
      assert.equal(status, code, text);
      assert.equal(JSON.parse(text).kind, 'Status');
      assert.equal(server.objects.get('namespaces', '', 'planted'), undefined);
    });
  }

  it('the proxy to Pods, discovery and watches, by another name', async () => {
    for (const path of ['/api/v1/namespaces/default/pods/a/proxy', '/apis', '/api/v1/services?watch=1']) {
      assert.equal((await post(path, { ...JSON_TYPE, host: 'evil.example' }))[0], 403, path);
    }
  });
});

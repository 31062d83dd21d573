/** Tests the proxy to Pods of the API server in memory. */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { type ApiServer, startApiServer } from '../../../src/apiserver/server.ts';
import { systemClock } from '../../../src/workqueue/system-clock.ts';

describe('the proxy to Pods', () => {
  let server: ApiServer;
  let pod: Server;
  let port: number;
  before(async () => {
    server = await startApiServer({ clock: systemClock });
    pod = createServer(({ url }, response) => {
      response.writeHead(url === '/gone' ? 410 : 200, { 'content-type': 'text/plain' });
      response.end(`you asked for ${url}`);
    });
    await new Promise<void>((resolve) => pod.listen(0, '127.0.0.1', resolve));
    ({ port } = pod.address() as AddressInfo);
    put('there', { podIP: '127.0.0.1' });
    put('new', {});
  });
  after(async () => {
    await server.stop();
    pod.close();
  });

  const put = (name: string, status: { podIP?: string }): void => {
    server.objects.put({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default' }, status });
  };

  const ask = async (reference: string, path = ''): Promise<readonly [number, string]> => {
    const answer = await fetch(`${server.url}/api/v1/namespaces/default/pods/${reference}/proxy${path}`);
    return [answer.status, await answer.text()];
  };

  it('passes on path, query and status', async () => {
    assert.deepEqual(await ask(`http:there:${port}`, '/bgp/routes?peer=tor'), [
      200,
      'you asked for /bgp/routes?peer=tor',
    ]);
    assert.deepEqual(await ask(`there:${port}`), [200, 'you asked for /']);
    assert.deepEqual(await ask(`http:there:${port}`, '/gone'), [410, 'you asked for /gone']);
  });

  const FAILURES = [
    ['a Pod that does not exist', 'http:nobody:80', 404, /pods \\"nobody\\" not found/],
    ['a Pod without an address', 'http:new:80', 503, /has no address/],
    ['a port without a listener', 'http:there:1', 503, /error trying to reach service/],
  ] as const;
  for (const [title, reference, status, text] of FAILURES)
    it(`refuses ${title}`, async () => {
      const [code, body] = await ask(reference);
      assert.equal(code, status);
      assert.match(body, text);
    });
});

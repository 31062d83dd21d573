/** The port of the status API, over a real socket. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { createLog } from '../../../src/observe/log.ts';
import {
  cachedNodeInterfaces,
  INTERFACES_MAX_AGE,
  nodeInterfaces,
  serveStatusApi,
} from '../../../src/speaker/main/status-server.ts';
import { StatusApi } from '../../../src/speaker/status-api/status-api.ts';
import { sendRequest } from '../../http-server/support/client.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { oneService, settledHarness } from '../support/speaker-harness.ts';

async function startServer(
  test: TestContext,
): Promise<(path: string, method?: string) => ReturnType<typeof sendRequest>> {
  const { clock, speaker, model, history } = await settledHarness(...oneService());
  const view = new StatusApi({
    ...{ node: 'n1', clock, speaker, model, history },
    ...{ notReady: () => null, interfaces: nodeInterfaces },
  });
  const log = createLog({ level: 'none', sink: () => {}, format: 'json', clock });
  const port = await serveStatusApi(view, { port: 0, host: '127.0.0.1', log });
  assert.ok(port.ok);
  test.after(() => port.value.close());
  return (path, method = 'GET') => sendRequest({ port: port.value.port, path, method });
}

describe('the view port', () => {
  const documents: readonly (readonly [path: string, says: RegExp])[] = [
    ['/bgp/peers', /"name":"r1","address":"10\.213\.0\.1:179","state":"Established"/],
    ['/bgp/routes', /"prefix":"10\.20\.1\.1\/32","status":"told"/],
    ['/bgp/routes?peer=r1', /"prefix":"10\.20\.1\.1\/32","status":"told"/],
    ['/bgp/routes?peer=other', /"peers":\[\]/],
    ['/bgp/services?service=web/a', /"service":"web\/a".*"announced":true/],
    ['/bgp/services?service=web%2Fa', /"service":"web\/a".*"announced":true/],
  ];
  for (const [path, says] of documents) {
    it(`answers ${path} with an object`, async (test) => {
      const { status, headers, body } = await (await startServer(test))(path);
      assert.deepEqual([status, headers['content-type']], [200, 'application/json']);
      assert.equal(typeof JSON.parse(body), 'object');
      assert.match(body, says);
    });
  }

  const refusals: readonly (readonly [method: string, path: string, status: number, says: RegExp])[] = [
    ['GET', '/bgp/services', 400, /say which Service: \?service=NAMESPACE\/NAME/],
    ['GET', '/bgp/services?service=web', 400, /say which Service/],
    ['GET', '/', 404, /not found; there is \/bgp\/peers, \/bgp\/routes, \/bgp\/services/],
    ['POST', '/bgp/peers', 405, /only GET and HEAD/],
  ];
  for (const [method, path, expected, says] of refusals) {
    it(`refuses ${method} ${path}`, async (test) => {
      const { status, body } = await (await startServer(test))(path, method);
      assert.equal(status, expected);
      assert.match(body, says);
    });
  }

  it('reports in a sentence that its port is in use', async (test) => {
    const ask = await startServer(test);
    assert.equal((await ask('/bgp/peers')).status, 200);
    const view = new StatusApi({
      ...{ node: 'n1', notReady: () => null, interfaces: () => [] },
      ...(await settledHarness(...oneService())),
    });
    const log = createLog({
      level: 'none',
      sink: () => {},
      format: 'json',
      clock: (await settledHarness()).clock,
    });
    const first = await serveStatusApi(view, { port: 0, host: '127.0.0.1', log });
    assert.ok(first.ok);
    test.after(() => first.value.close());
    const second = await serveStatusApi(view, { port: first.value.port, host: '127.0.0.1', log });
    assert.ok(!second.ok);
    assert.match(second.error, /already in use: choose another with --view-port/);
  });
});

it('the interfaces of this machine have networks', () => {
  const loopback = nodeInterfaces().find(({ network }) => network.family === 4 && network.length === 8);
  assert.equal(loopback?.name, 'lo');
});

it('the interfaces are read once in a while, however often they are asked for', () => {
  const clock = new FakeClock();
  let reads = 0;
  const interfaces = cachedNodeInterfaces(clock, () => {
    reads++;
    return [];
  });
  for (let count = 0; count < 5; count++) interfaces();
  assert.equal(reads, 1);
  clock.advance(INTERFACES_MAX_AGE);
  interfaces();
  assert.equal(reads, 2);
});

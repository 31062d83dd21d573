/**
 * The token and the CA of a Pod are rotated while it lists and watches: requests go on with the new ones, and a reflector
 * recovers without a restart.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { it, type TestContext } from 'node:test';
import { CREDENTIAL_REFRESH_INTERVAL } from '../../../src/kube/auth/credential-file.ts';
import { inClusterConfig } from '../../../src/kube/auth/rest-config.ts';
import { KubeClient } from '../../../src/kube/http/client.ts';
import { Reflector } from '../../../src/kube/informer/reflector.ts';
import { NAMESPACES } from '../../../src/kube/resource.ts';
import { decodeNamespace, type Namespace } from '../../../src/objects/namespace.ts';
import { systemClock } from '../../../src/workqueue/system-clock.ts';
import { eventually } from '../../support/eventually.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import {
  makeCertificate,
  respondJson,
  statusBody,
  type TestCertificate,
} from '../support/loopback-server.ts';
import { REQUEST_TIMEOUT } from '../support/test-client.ts';

/** An API server with a certificate and the one token that it accepts, which both can be replaced. */
class RotatingServer {
  token = 'first';
  /** Names of the objects that a list returns. */
  names = ['a'];
  refused = 0;
  port = 0;
  #server: https.Server | null = null;
  readonly #sockets = new Set<Duplex>();

  async listen({ cert, key }: TestCertificate): Promise<void> {
    const server = https.createServer({ cert, key }, (request, response) => {
      if (request.headers.authorization !== `Bearer ${this.token}`) {
        this.refused++;
        respondJson(response, 401, statusBody(401, 'Unauthorized', 'Unauthorized'));
      } else if (request.url?.includes('watch=true')) {
        response.writeHead(200).write('\n'); // it stays open
      } else {
        const items = this.names.map((name) => ({ metadata: { name, resourceVersion: '1' } }));
        respondJson(response, 200, { metadata: { resourceVersion: '1' }, items });
      }
    });
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => this.#sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  /** Every connection is cut. */
  close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    return new Promise((resolve) => this.#server?.close(() => resolve()) ?? resolve());
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

async function startPod(test: TestContext) {
  const server = new RotatingServer();
  const first = makeCertificate(test);
  await server.listen(first);
  test.after(() => server.close());
  const folder = mkdtempSync(join(tmpdir(), 'berth-pod-'));
  test.after(() => rmSync(folder, { recursive: true, force: true }));
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  write('token', server.token);
  write('ca.crt', first.cert);
  write('namespace', 'metallb-system');
  // The files are read again after a minute, and the token after a 401: here no minute passes unless a story says so.
  const fileClock = new FakeClock();
  const config = await inClusterConfig(
    { serviceAccountDir: folder, host: '127.0.0.1', port: String(server.port) },
    fileClock,
  );
  if (!config.ok) assert.fail(config.error);
  const client = new KubeClient({ config: config.value, clock: systemClock, userAgent: 'berth/test' });
  test.after(() => client.close());
  const lists: string[] = [];
  const reflector = new Reflector<Namespace>({
    ...{ client, resource: NAMESPACES, clock: systemClock, random: () => 0 },
    ...{ decode: decodeNamespace, keyOf: ({ name }) => name },
    handler: {
      replaced: (items) => lists.push(items.map(({ name }) => name).join()),
      changed: () => {},
      deleted: () => {},
      stateChanged: () => {},
    },
  });
  const stop = new AbortController();
  const running = reflector.run(stop.signal);
  test.after(() => {
    stop.abort();
    return running;
  });
  await eventually(() => assert.deepEqual(lists, ['a']));
  const aMinutePasses = (): void => fileClock.advance(CREDENTIAL_REFRESH_INTERVAL);
  return { server, client, reflector, lists, write, aMinutePasses };
}

const GET = { method: 'GET', path: '/api/v1/namespaces?limit=1', timeout: REQUEST_TIMEOUT } as const;

it('a rotated token is used as soon as the old one is refused, by requests and by watches', async (test) => {
  const { server, client, reflector, lists, write } = await startPod(test);
  server.token = 'second';
  write('token', 'second');
  server.names = ['a', 'b'];
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => client.send(GET)));
  assert.deepEqual(new Set(outcomes.map(({ kind }) => kind)), new Set(['ok']));
  server.cut();
  assert.equal(await reflector.relist(), true);
  assert.deepEqual(lists.at(-1), 'a,b');
  assert.ok(server.refused > 0, 'the old token was refused, no minute had passed');
});

it('a token that is refused before the file has the new one: requests fail as values, then go on', async (test) => {
  const { server, client, write } = await startPod(test);
  server.token = 'second';
  const early = await client.send(GET);
  assert.equal(early.kind === 'refused' && early.status, 401);
  write('token', 'second');
  assert.equal((await client.send(GET)).kind, 'ok');
});

it('a server whose CA was replaced is trusted once the file has it, and not before', async (test) => {
  const { server, client, lists, write, reflector, aMinutePasses } = await startPod(test);
  const second = makeCertificate(test, 'second.test');
  await server.close();
  server.names = ['a', 'c'];
  await server.listen(second);
  const early = await client.send(GET);
  assert.equal(early.kind, 'unsent', JSON.stringify(early));
  assert.deepEqual(lists, ['a'], 'nothing of an untrusted server is taken');
  write('ca.crt', second.cert);
  aMinutePasses();
  assert.equal((await client.send(GET)).kind, 'ok');
  assert.equal(await reflector.relist(), true);
  assert.deepEqual(lists.at(-1), 'a,c');
});

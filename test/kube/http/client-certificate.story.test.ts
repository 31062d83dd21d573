/**
 * The client certificate of a kubeconfig is replaced while a client uses it: as files, and by a credential plugin. The server
 * judges the certificate of a connection at each request, as kube-apiserver does.
 */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { restConfigFromKubeconfig } from '../../../src/kube/auth/kubeconfig.ts';
import { KubeClient } from '../../../src/kube/http/client.ts';
import { systemClock } from '../../../src/workqueue/system-clock.ts';
import {
  makeCertificate,
  respondJson,
  statusBody,
  type TestCertificate,
} from '../support/loopback-server.ts';
import { REQUEST_TIMEOUT } from '../support/test-client.ts';

const fingerprintOf = ({ cert }: TestCertificate): string => new X509Certificate(cert).fingerprint256;

class Cluster {
  readonly folder: string;
  readonly first: TestCertificate;
  readonly second: TestCertificate;
  /** The only certificate that is valid now. */
  valid: string;
  refused = 0;
  connections = 0;
  #url = '';
  readonly #test: TestContext;
  readonly #ca: TestCertificate;

  constructor(test: TestContext) {
    this.#test = test;
    this.folder = mkdtempSync(join(tmpdir(), 'berth-cert-'));
    test.after(() => rmSync(this.folder, { recursive: true, force: true }));
    this.#ca = makeCertificate(test);
    [this.first, this.second] = [makeCertificate(test, 'first'), makeCertificate(test, 'second')];
    this.valid = fingerprintOf(this.first);
  }

  async listen(): Promise<void> {
    const { cert, key } = this.#ca;
    const options = { cert, key, requestCert: true, rejectUnauthorized: false };
    const server = https.createServer(options, (request, response) => {
      const shown = (request.socket as TLSSocket).getPeerCertificate().fingerprint256;
      if (shown === this.valid) respondJson(response, 200, {});
      else {
        this.refused++;
        respondJson(response, 401, statusBody(401, 'Unauthorized', 'certificate has expired'));
      }
    });
    const sockets = new Set<Socket>();
    server.on('connection', (socket: Socket) => {
      this.connections++;
      sockets.add(socket);
      socket.on('error', () => {});
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.#url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.#test.after(() => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(resolve));
    });
  }

  write(name: string, text: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, text);
    return path;
  }

  async client(user: object): Promise<KubeClient> {
    const kubeconfig = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'c',
      clusters: [
        {
          name: 'c',
          cluster: { server: this.#url, 'certificate-authority': this.write('ca', this.#ca.cert) },
        },
      ],
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
      users: [{ name: 'u', user }],
    };
    const paths = [this.write('kubeconfig', JSON.stringify(kubeconfig))];
    const config = await restConfigFromKubeconfig({ paths, clock: systemClock });
    if (!config.ok) assert.fail(config.error);
    const client = new KubeClient({ config: config.value, clock: systemClock, userAgent: 'berth/test' });
    this.#test.after(() => client.close());
    return client;
  }
}

async function get(client: KubeClient): Promise<string> {
  const outcome = await client.send({ method: 'GET', path: '/', timeout: REQUEST_TIMEOUT });
  return outcome.kind === 'refused' ? `refused ${outcome.status}` : outcome.kind;
}

it('files: after a 401 the new pair is read, and every later request has a connection with it', async (test) => {
  const cluster = new Cluster(test);
  await cluster.listen();
  const { first, second } = cluster;
  const client = await cluster.client({
    'client-certificate': cluster.write('tls.crt', first.cert),
    'client-key': cluster.write('tls.key', first.key),
  });
  assert.equal(await get(client), 'ok');
  assert.equal(await get(client), 'ok');
  assert.equal(cluster.connections, 1, 'connections are kept');
  cluster.write('tls.crt', second.cert);
  cluster.write('tls.key', second.key);
  cluster.valid = fingerprintOf(second);
  for (let request = 0; request < 3; request++) assert.equal(await get(client), 'ok');
  assert.deepEqual([cluster.refused, cluster.connections], [1, 2]);
});

it('files: while only one of the two is replaced, the last pair is used', async (test) => {
  const cluster = new Cluster(test);
  await cluster.listen();
  const { first, second } = cluster;
  const client = await cluster.client({
    'client-certificate': cluster.write('tls.crt', first.cert),
    'client-key': cluster.write('tls.key', first.key),
  });
  assert.equal(await get(client), 'ok');
  cluster.write('tls.crt', second.cert);
  cluster.valid = 'none, for a moment';
  assert.equal(await get(client), 'refused 401', 'and not a TLS error');
  cluster.valid = fingerprintOf(first);
  assert.equal(await get(client), 'ok');
  cluster.write('tls.key', second.key);
  cluster.valid = fingerprintOf(second);
  assert.equal(await get(client), 'ok');
});

it('plugin: after a 401 it is run again, and its new certificate is used', async (test) => {
  const cluster = new Cluster(test);
  await cluster.listen();
  const { first, second } = cluster;
  const show = ({ cert, key }: TestCertificate): void => {
    const status = { clientCertificateData: cert, clientKeyData: key };
    const credential = { apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status };
    cluster.write('credential.json', JSON.stringify(credential));
  };
  show(first);
  const plugin = cluster.write('plugin', '#!/bin/sh\nexec cat "$(dirname "$0")/credential.json"\n');
  chmodSync(plugin, 0o755);
  const client = await cluster.client({
    exec: {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: plugin,
      interactiveMode: 'Never',
    },
  });
  assert.equal(await get(client), 'ok');
  show(second);
  cluster.valid = fingerprintOf(second);
  for (let request = 0; request < 3; request++) assert.equal(await get(client), 'ok');
  assert.deepEqual([cluster.refused, cluster.connections], [1, 2]);
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RestConfig } from '../../../src/kube/auth/rest-config.ts';
import { configFor, makeCertificate, respondJson, startLoopback } from '../support/loopback-server.ts';
import { createClient, GET, kindOf, PATCH } from '../support/test-client.ts';

describe('a client with TLS', () => {
  it('trusts its certificate authority, and calls mayStillSend after the handshake', async (t) => {
    const certificate = makeCertificate(t);
    const server = await startLoopback(t, (_, response) => respondJson(response, 200, {}), certificate);
    const client = createClient(t, configFor(server.url, { ca: certificate.cert }));
    let asked = false;
    const outcome = await client.send({
      ...PATCH,
      mayStillSend: () => {
        asked = true;
        return true;
      },
    });
    assert.equal(outcome.kind, 'ok');
    assert.ok(asked);
    await client.send(PATCH);
    assert.equal(server.connections(), 1);
  });

  it('sends nothing to a server that it does not trust', async (t) => {
    const server = await startLoopback(
      t,
      (_, response) => respondJson(response, 200, {}),
      makeCertificate(t),
    );
    const other = makeCertificate(t);
    const outcome = await createClient(t, configFor(server.url, { ca: other.cert })).send(PATCH);
    assert.equal(outcome.kind, 'unsent');
    assert.match(outcome.kind === 'unsent' ? outcome.because : '', /certificate/);
    assert.deepEqual(server.requests, []);
  });

  it('presents its client certificate', async (t) => {
    const certificate = makeCertificate(t);
    let name = '';
    const server = await startLoopback(
      t,
      (_, response, socket) => {
        name = String((socket as import('node:tls').TLSSocket).getPeerCertificate().subject.CN);
        respondJson(response, 200, {});
      },
      { ...certificate, ca: certificate.cert, requestCert: true, rejectUnauthorized: true },
    );
    const client = createClient(
      t,
      configFor(server.url, { ca: certificate.cert, cert: certificate.cert, key: certificate.key }),
    );
    assert.equal(kindOf(await client.send(GET)), 'ok');
    assert.equal(name, 'berth.test');
  });

  it('reads the certificate authority for each connection', async (t) => {
    const [old, fresh] = [makeCertificate(t), makeCertificate(t)];
    const server = await startLoopback(t, (_, response) => respondJson(response, 200, {}), fresh);
    let ca = old.cert;
    const plain = configFor(server.url);
    const target: RestConfig = {
      ...plain,
      get tls() {
        return { ca };
      },
    };
    const client = createClient(t, target);
    assert.equal(kindOf(await client.send(GET)), 'unsent');
    ca = fresh.cert;
    assert.equal(kindOf(await client.send(GET)), 'ok');
  });

  it('sends nothing with an invalid client certificate', async (t) => {
    const server = await startLoopback(
      t,
      (_, response) => respondJson(response, 200, {}),
      makeCertificate(t),
    );
    const outcome = await createClient(t, configFor(server.url, { cert: 'rubbish', key: 'rubbish' })).send(
      GET,
    );
    assert.equal(outcome.kind, 'unsent');
  });
});

import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { RestConfig } from '../../../src/kube/auth/rest-config.ts';
import type { ApiOutcome, ApiRequest } from '../../../src/kube/http/api-request.ts';
import { KubeClient } from '../../../src/kube/http/client.ts';
import { systemClock } from '../../../src/workqueue/system-clock.ts';
import { configFor, makeCertificate, respondJson, startLoopback } from '../support/loopback-server.ts';

const GET: ApiRequest = { method: 'GET', path: '/api/v1/services?limit=500', timeout: 5_000 };
const PATCH: ApiRequest = {
  method: 'PATCH',
  path: '/api/v1/namespaces/default/services/web/status',
  body: { status: { text: 'größer' } },
  contentType: 'application/strategic-merge-patch+json',
  timeout: 5_000,
};

function createClient(t: TestContext, config: RestConfig, clock = systemClock): KubeClient {
  const client = new KubeClient({ config, clock, userAgent: 'berth/test (unit)' });
  t.after(() => client.close());
  return client;
}

const kindOf = (outcome: ApiOutcome): string => outcome.kind;

describe('by TLS', () => {
  it('trusts the authority it was given, and asks only when the handshake is over', async (t) => {
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

  it('sends nothing to a server it does not trust', async (t) => {
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

  it('shows its own certificate', async (t) => {
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

  it('reads the authority anew for each connection', async (t) => {
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

  it('says what is wrong with a certificate of ours that cannot be read', async (t) => {
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
